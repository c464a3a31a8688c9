"""Collect the proofs that holders have logged what they answered, and name each broken promise.

Proofs are made here, from the hash tiles of the holder's log, and lead to the checkpoint that this
asker has accepted. Nothing that a coordinator or a node says in passing is believed.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from fedquery.ask import evidence, receipts, shown
from fedquery.ask.place import keep_proof, proved_size
from fedquery.ask.receipt import Shown, verify
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.trust import Trusted
from fedquery.errors import (
    EncodingError,
    FormerKeyError,
    InclusionError,
    PeerError,
    ProofError,
    SignatureError,
)
from fedquery.seal.envelope import read_request
from fedquery.tlog.append import inclusion_proof, leaf_hash_at
from fedquery.tlog.proof_file import ProofFile
from fedquery.tlog.proofs import verify_inclusion
from fedquery.tlog.tile import TILE_WIDTH, tile_in
from fedquery.tlog.tile_hashes import tiles_needed_for_inclusion
from fedquery.transport.head import Receipt as Promised

State = Literal[
    "kept", "proved", "pending", "late", "unavailable", "unlogged", "former", "false", "broken"
]

# A node signs at least each hour, and its witnesses follow within minutes.
LATE_MS: Final = 3_600_000 + 600_000
# A manifest that was made a day later offers a key to seal to that was logged after the answer, and
# its checkpoint covers that key (protocol.md 5): so it covers the answer too, witnesses or not.
BROKEN_MS: Final = 25 * 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What there is to say of one receipt.

    Attributes:
        receipt: the name of its file.
        nation: who answered; "" where that cannot be said.
        state: "kept" (the proof was there already, and verifies), "proved" (it was made now),
            "pending" (the log has not signed so far yet), "late" (it should have), "unavailable"
            (the nation or its tiles cannot be had), "unlogged" (a refusal that is not logged and
            promises nothing), "former" (signed under a key that the member list does not name now,
            and not looked at), "false" (the receipt itself does not verify), or "broken": the
            promise is.
        index: the promised place, where there is one.
        why: a word on it, for the last six.
    """

    receipt: str
    nation: str
    state: State
    index: int | None = None
    why: str = ""


async def collect(
    session: Session, on_each: Callable[[Collected], None] = lambda _collected: None
) -> list[Collected]:
    """Collect what is missing beside the receipts of a home.

    Args:
        session: the open session.
        on_each: told of each receipt as it comes.

    Raises:
        PeerError: if no coordinator answers.
        StorageError: if a proof cannot be written.
    """
    await session.freshen(force=True)
    found = []
    directory = session.home.receipts
    for path in sorted(directory.glob(f"[!.]*{receipts.SUFFIX}")):
        # Verifying is arithmetic: between two receipts others of this process have their turn.
        await asyncio.sleep(0)
        try:
            one = await _of_receipt(session, path.name)
        except FileNotFoundError:
            # It was removed meanwhile, because its time was over.
            continue
        found.append(one)
        on_each(one)
    return found


async def _of_receipt(session: Session, name: str) -> Collected:
    path = session.home.receipts / name
    try:
        kept = receipts.read(path)
    except EncodingError as error:
        return _false(name, error)
    try:
        read = verify(kept, session.trust)
    except FormerKeyError as error:
        # An honest nation is not accused for having replaced a key.
        nation = read_request(kept.request).header.fields.nation
        return Collected(receipt=name, nation=nation, state="former", why=error.what)
    except (ProofError, EncodingError) as error:
        return _false(name, error)
    found = await _of_promise(session, name, read)
    if found.state == "broken":
        evidence.keep_receipt(session.home.path, read.nation, path)
    return found


def _false(name: str, error: ProofError | EncodingError) -> Collected:
    return Collected(receipt=name, nation="", state="false", why=error.what)


async def _of_promise(session: Session, name: str, read: Shown) -> Collected:
    nation, promised = read.nation, read.head.receipt
    if promised is None:
        # What is answered is logged first; some refusals are not, such as that of a used id.
        state: State = "broken" if read.head.refusal is None else "unlogged"
        return Collected(receipt=name, nation=nation, state=state, why="it names no place in a log")
    kept: State = "kept"
    state, why = kept, ""
    if not _has_proof(session, name, read):
        state, why = await _kept_promise(session, name, nation, promised, read.answered_ms)
    return Collected(receipt=name, nation=nation, state=state, index=promised.index, why=why)


def _has_proof(session: Session, name: str, read: Shown) -> bool:
    """Tell whether the proof is there already; a file that proves nothing is fetched anew."""
    node = session.federation.nodes[read.nation]
    try:
        return proved_size(session.home.receipts, name, read, node) > 0
    except (EncodingError, InclusionError, SignatureError):
        # Of another log it is none either: the receipt was verified under the key of this one.
        return False


async def _kept_promise(
    session: Session, name: str, nation: str, promised: Promised, answered_ms: int
) -> tuple[State, str]:
    trusted = session.nations.get(nation, Distrusted("node-down"))
    if isinstance(trusted, Distrusted):
        return "unavailable", trusted.why
    if promised.log_origin != trusted.node.log_vkey.name:
        return "broken", "it names the log of somebody else"
    size = trusted.cosigned.opened.checkpoint.size
    if promised.index >= size:
        state, why = _not_there(trusted, answered_ms, session.clock())
        if state == "broken":
            error = InclusionError(why)
            manifests = shown.manifests(session.connection, nation)
            evidence.keep(session.home.path, nation, error, *manifests)
        return state, why
    return await _prove(session, name, trusted, promised)


async def _prove(
    session: Session, name: str, trusted: Trusted, promised: Promised
) -> tuple[State, str]:
    try:
        proof = await _proof(session, trusted, promised)
    except (PeerError, EncodingError):
        return "unavailable", "the tiles of its log could not be fetched"
    except _OtherLeafError as other:
        nation = trusted.node.nation
        evidence.keep(session.home.path, nation, other, trusted.manifest.checkpoint)
        return "broken", "another entry stands at the place in the log that it names"
    except InclusionError:
        return "unavailable", "the tiles that came are not those of the signed log"
    keep_proof(session.home.receipts, name, proof)
    return "proved", ""


class _OtherLeafError(InclusionError):
    """Another entry is shown to be where an answer promised its own."""


def _not_there(trusted: Trusted, answered_ms: int, now_ms: int) -> tuple[State, str]:
    # By the node's own word on the time, which it has signed: an old manifest that a coordinator
    # shows again is not the node's fault.
    if trusted.manifest.created_ms - answered_ms >= BROKEN_MS:
        return "broken", "a day later the log that the nation has signed does not reach so far"
    if now_ms - answered_ms >= LATE_MS:
        return "late", "the log that witnesses have seen does not reach so far yet"
    return "pending", "the log that witnesses have seen does not reach so far yet"


async def _proof(session: Session, trusted: Trusted, promised: Promised) -> ProofFile:
    """Make the proof from tiles, and verify it.

    Raises:
        _OtherLeafError: if another leaf is proved to be there.
        InclusionError: if the tiles prove nothing under the signed root.
        EncodingError, PeerError: if there are no such tiles.
    """
    checkpoint, nation = trusted.cosigned.opened.checkpoint, trusted.node.nation
    index, size = promised.index, checkpoint.size
    needed = {*tiles_needed_for_inclusion(index, size), tile_in(0, index // TILE_WIDTH, size)}
    tiles = {tile: await session.coordinators.tile(nation, tile) for tile in needed}
    proof = inclusion_proof(index, size, tiles.__getitem__)
    try:
        verify_inclusion(promised.leaf_hash, index, size, proof, checkpoint.root)
    except InclusionError:
        # The same tiles show what stands there instead, or they show nothing.
        other = leaf_hash_at(index, size, tiles.__getitem__)
        verify_inclusion(other, index, size, proof, checkpoint.root)
        raise _OtherLeafError("another entry is in the log where this one was promised") from None
    return ProofFile(index, proof, trusted.manifest.checkpoint)
