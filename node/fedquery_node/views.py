"""To whom a record is released: nations and joint teams, by the names in its release list.

A nation sees what is released to it. An agency of a joint team sees, besides, what is released to
the team, and so has a view of its own: otherwise every agency of its nation would see that too.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from fedquery.encoding import canonical_json
from fedquery.errors import StorageError
from fedquery.federation.names import nation_of

ALL = "*"

# Nation or agency to the names in release lists that let it see a row.
Viewers = Mapping[str, frozenset[str]]


def viewers_of(nations: Collection[str], teams: Viewers = MappingProxyType({})) -> Viewers:
    """Say by which names of release lists each nation and each agency of a team sees rows.

    Args:
        nations: every other member nation.
        teams: for each agency of these nations that is in a team, the names of its teams.
    """
    alone = {nation: frozenset({nation}) for nation in nations}
    return alone | {
        agency: frozenset({nation_of(agency)}) | named
        for agency, named in teams.items()
        if nation_of(agency) in alone
    }


def released_to(octets: str) -> frozenset[str]:
    """Read the nations and teams that a record is released to.

    Raises:
        StorageError: if the database holds something else.
    """
    value = canonical_json.load(octets.encode(), cap=4096, what="release list")
    if not isinstance(value, list):
        raise StorageError("a record does not say to whom it is released")
    return frozenset(str(item) for item in value)
