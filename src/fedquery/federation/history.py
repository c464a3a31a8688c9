"""Whether two checkpoints of one log are one history."""

from fedquery.errors import ConsistencyError, EncodingError, EquivocationError, RollbackError
from fedquery.tlog.append import consistency_proof
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.proofs import verify_consistency
from fedquery.tlog.tile import Tile, TileReader
from fedquery.tlog.tile_hashes import tiles_needed_for_consistency


def tiles_between(one: Checkpoint, other: Checkpoint) -> list[Tile]:
    """List the tiles of the larger log that `require_one_history` will read."""
    smaller, larger = sorted((one.size, other.size))
    if not 0 < smaller < larger:
        return []
    return tiles_needed_for_consistency(smaller, larger)


def require_not_smaller(kept: Checkpoint, newest: Checkpoint) -> None:
    """Require that a log is not smaller than it was; this needs no tiles.

    Raises:
        RollbackError: if it is.
    """
    if newest.size < kept.size and newest.origin == kept.origin:
        raise RollbackError("the log of this nation is smaller than it was")


def require_one_history(one: Checkpoint, other: Checkpoint, tiles: TileReader) -> None:
    """Require that of two checkpoints, whichever came first, one is a beginning of the other.

    Args:
        one: a checkpoint.
        other: another one.
        tiles: gives the tiles of the log that `tiles_between` lists.

    Raises:
        EquivocationError: if they have one size and two roots.
        ConsistencyError: if they are not shown to be one history.
    """
    if one.origin != other.origin:
        raise ConsistencyError("the kept checkpoint is another log's")
    if one.size == other.size and one.root != other.root:
        raise EquivocationError("the log of this nation showed two roots of one size")
    smaller, larger = sorted((one, other), key=lambda checkpoint: checkpoint.size)
    proof: tuple[bytes, ...] = ()
    if 0 < smaller.size < larger.size:
        try:
            proof = consistency_proof(smaller.size, larger.size, tiles)
        except EncodingError:
            raise ConsistencyError("the tiles of this log cannot be read") from None
    verify_consistency(smaller.size, larger.size, smaller.root, larger.root, proof)
