"""What happens at a nation and at its asker between two looks: versions, tiles, another process."""

from unit.ask import nation as made
from unit.psi.holding import publish

from fedquery.ask import schema
from fedquery.ask.home import open_home
from fedquery.ask.session import Session
from fedquery.errors import PeerError


def publish_next(vn, version=4, *, witnesses=("TH",)):
    """Let VN publish another version, which too few have seen."""
    vn.log.witnesses = witnesses
    vn.publish(made.current(publish(made.rows(), version=version)))


def again(session):
    """Make another process of the same home."""
    return Session(
        open_home(session.home.path),
        schema.connect(session.home.path),
        session.clock,
        session.federation,
        session.coordinators,
    )


async def no_tile(_nation, _tile):
    """Have no tile."""
    raise PeerError("the log has no such tile", why="tile-unknown")


async def tile_of(nation, tile):
    """Give a tile, where the log is as large."""
    if (tile.index + 1) * 256 - (256 - tile.octets // 32) > nation.log.size:
        raise PeerError("the log has no such tile", why="tile-unknown")
    return nation.log.read(tile)


def version_of(found):
    """Give the version that would be asked about."""
    return found.datasets["phones"].publication.version
