"""What supervisors see of the lists of all officers: counts by officer; no identifier; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fedquery.desk.kept_list import KeptList
from fedquery.desk.oversight import GONE
from fedquery.desk.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerLine:
    """What lists one officer asked.

    Attributes:
        name: the name of the account.
        lists: how many.
        identifiers: how many identifiers in all of them, each list counted for itself.
        largest: how many the largest one had.
        cases: in how many cases.
        urgent: how many were asked under a threat to life.
    """

    name: str
    lists: str
    identifiers: str
    largest: str
    cases: str
    urgent: str


def officers_of(
    asked: Iterable[KeptList], names: Mapping[str, str], voice: Voice
) -> tuple[OfficerLine, ...]:
    """Count the lists of a period, those who asked about most first.

    Args:
        asked: the lists.
        names: the name of each account.
        voice: of the visitor.
    """
    by_officer: dict[str, list[KeptList]] = {}
    for one in asked:
        by_officer.setdefault(one.account_id, []).append(one)
    most_first = sorted(by_officer.items(), key=lambda found: (-_identifiers(found[1]), found[0]))
    return tuple(
        OfficerLine(
            name=names.get(account_id) or voice.say(GONE),
            lists=voice.number(len(own)),
            identifiers=voice.number(_identifiers(own)),
            largest=voice.number(max(one.new.distinct for one in own)),
            cases=voice.number(len({one.case_id for one in own})),
            urgent=voice.number(sum(one.new.is_urgent for one in own)),
        )
        for account_id, own in most_first
    )


def _identifiers(own: Sequence[KeptList]) -> int:
    return sum(one.new.distinct for one in own)
