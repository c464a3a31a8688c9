"""The page of the federation: who belongs to it, what they offer, and how they may be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.nation_view import NationView
from fedquery.desk.voice import Voice
from fedquery.federation.members import Federation

_DAY_MS: Final = 86_400_000
_SOON_DAYS: Final = 3
SORTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "police": N_("police"),
        "fiu": N_("financial intelligence unit"),
        "prosecution": N_("prosecution"),
        "regulator": N_("regulator"),
    }
)
_SOON: Final = N_("The member list ends soon. Tell the operator of this desk.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """An agency that may ask.

    Attributes:
        name: its name in the member list.
        nation: the name of its nation.
        sort: what sort of agency it is.
    """

    name: str
    nation: str
    sort: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationView:
    """The federation.

    Attributes:
        name: its name.
        number: the number of the member list.
        expires_ms: until when the list may be used.
        quorum: how many of its nations must sign it.
        of: how many nations there are.
        signed_by: the names of the nations that have signed it.
        warning: what is to be said of the list; "" for nothing.
        nations: the nations, by their codes.
        agencies: the agencies, by their names.
        coordinators: the names of the coordinators, in the order in which they are tried.
    """

    name: str
    number: str
    expires_ms: int
    quorum: str
    of: str
    signed_by: tuple[str, ...]
    warning: str
    nations: tuple[NationView, ...]
    agencies: tuple[MemberLine, ...]
    coordinators: tuple[str, ...]


def federation_view(
    known: Federation,
    signed_by: tuple[str, ...],
    nations: tuple[NationView, ...],
    now_ms: int,
    voice: Voice,
) -> FederationView:
    """Tell the federation.

    Args:
        known: its members, by the list in force.
        signed_by: the names on the signatures of the list, whose quorum was verified.
        nations: its nations.
        now_ms: the time.
        voice: of the visitor.
    """
    soon = known.expires_ms - now_ms <= _SOON_DAYS * _DAY_MS
    return FederationView(
        name=known.name,
        number=voice.number(known.number),
        expires_ms=known.expires_ms,
        quorum=voice.number(known.quorum),
        of=voice.number(len(known.nations)),
        signed_by=tuple(
            nation_name(code, voice.say)
            for code, nation in sorted(known.nations.items())
            if nation.root_vkey.name in signed_by
        ),
        warning=voice.say(_SOON) if soon else "",
        nations=nations,
        agencies=tuple(
            MemberLine(
                name=name,
                nation=nation_name(agency.nation, voice.say),
                sort=voice.say(SORTS.get(agency.sort, agency.sort)),
            )
            for name, agency in sorted(known.agencies.items())
        ),
        coordinators=tuple(entry.name for entry in known.coordinators),
    )
