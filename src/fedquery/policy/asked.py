"""One situation of an asker, of which all but a few things are usual, and what is asked in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from fedquery.encoding.canonical_json import Json
from fedquery.policy import phrases, vocabulary
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used

_DAY_MS: Final = 86_400_000
# Its nation stands for any: each file is asked as a nation of its own.
_ANY: Final = "TH"
DATASETS: Final = (
    Dataset(_ANY, "phones", "phone", sensitive=False),
    Dataset(_ANY, "accounts", "account", sensitive=False),
    Dataset(_ANY, "wallets", "wallet", sensitive=False),
    Dataset(_ANY, "sources", "phone", sensitive=True),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked.

    Attributes:
        situation: the situation; its dataset and purpose stand for all.
        datasets: the datasets to show; their nation stands for any.
        purposes: the purposes to show.
    """

    situation: Situation
    datasets: tuple[Dataset, ...]
    purposes: tuple[str, ...]

    def facts(self) -> Iterator[tuple[str, str]]:
        """Write the situation as names and values."""
        asked, case = self.situation, self.situation.case
        yield "Asker", f"{asked.asker.agency} ({asked.asker.sort})"
        yield "Joint teams", phrases.listed(sorted(asked.asker.teams), "and") or "none"
        yield "Maximum penalty", f"{case.maximum_penalty_years} years"
        yield "Transnational", "yes" if case.transnational else "no"
        yield "Signed by", phrases.listed(sorted(case.signed_by), "and") or "nobody"
        yield "Case opened", f"{(asked.now_ms - case.opened_ms) // _DAY_MS} days ago"
        yield "Person looked for", f"{asked.person_role}, to {asked.aim}"
        yield "Record found", f"{asked.handling}"
        yield "Time", phrases.moment(asked.now_ms)
        yield "Elements asked", f"{asked.elements}"
        yield "Used before", phrases.listed(list(_used_words(asked.used)), "and") or "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual of a situation, to be replaced in part.

    Attributes:
        agency: who asks.
        sort: what sort of agency it is.
        teams: the joint teams that it belongs to.
        penalty_years: the highest penalty; 99 stands for life.
        transnational: whether the case concerns more than one nation.
        signed_by: who has signed the case.
        opened_days: how many days ago it was opened.
        role: whom is looked for.
        aim: what for.
        handling: the handling code of the record that is found.
        elements: the size class of the question.
        used: what was asked before.
    """

    agency: str = "VN/crime-police"
    sort: str = "police"
    teams: frozenset[str] = frozenset()
    penalty_years: int = 5
    transnational: bool = True
    signed_by: frozenset[str] = frozenset()
    opened_days: int = 10
    role: str = "suspect"
    aim: str = "identify"
    handling: str = "open"
    elements: int = 1
    used: Used = field(default_factory=Used)

    def to_json(self) -> Json:
        """Write it for another process of ours."""
        return {
            "agency": self.agency,
            "sort": self.sort,
            "penalty_years": self.penalty_years,
            "transnational": self.transnational,
            "signed_by": [*sorted(self.signed_by)],
            "opened_days": self.opened_days,
            "role": self.role,
            "aim": self.aim,
            "handling": self.handling,
            "elements": self.elements,
        }

    @staticmethod
    def from_json(value: Any) -> "Usual":  # noqa: ANN401  of our own; each value is checked when asked
        """Read what another process of ours wrote; teams and what was asked before are usual."""
        return Usual(**{**value, "signed_by": frozenset(value["signed_by"])})

    def asked(
        self, now_ms: int, datasets: tuple[Dataset, ...] = (), purposes: tuple[str, ...] = ()
    ) -> Asked:
        """Make the situation.

        Args:
            now_ms: the time.
            datasets: the datasets to show; none for those that are usual.
            purposes: the purposes to show; none for all.

        Raises:
            InputError: if a value is out of form or out of range.
        """
        shown = purposes or tuple(sorted(vocabulary.PURPOSES))
        case = CaseCard(
            pseudonym="-",
            maximum_penalty_years=self.penalty_years,
            transnational=self.transnational,
            opened_ms=now_ms - self.opened_days * _DAY_MS,
            signed_by=self.signed_by,
        )
        situation = Situation(
            asker=Asker(self.agency, self.agency[:2], self.sort, self.teams),
            dataset=DATASETS[0],
            case=case,
            purpose=shown[0],
            person_role=self.role,
            aim=self.aim,
            elements=self.elements,
            used=self.used,
            now_ms=now_ms,
            handling=self.handling,
        )
        return Asked(situation, datasets or DATASETS, shown)


def _used_words(used: Used) -> Iterator[str]:
    for name in Used.__slots__:
        count = getattr(used, name)
        if count:
            yield f"{count:,} {name.replace('_', ' ')}"
