"""The situation of one question or claim: everything that a decision depends on, and nothing else.

Identifiers, elements and prefixes are no part of it, so nobody is refused for whom they asked
about. The canonical form holds all of it and goes to the log: from it, the policy file and the
schema, the decision can be made again.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from fedquery.encoding import canonical_json
from fedquery.errors import InputError
from fedquery.policy import vocabulary

MAX_CONTEXT_BYTES = 4096
MAX_COUNT = 2**53 - 1
MAX_PENALTY_YEARS = 99
MAX_TIME_MS = 253_402_300_799_999  # 9999-12-31, the last day that the engine can write
MAX_ELEMENTS = 4096
MAX_TEAMS = 16
MAX_PSEUDONYM = 64

_NATION = re.compile(r"[A-Z]{2}")
_AGENCY = re.compile(r"[A-Z]{2}/[a-z0-9-]{1,40}")
_NAME = re.compile(r"[a-z0-9-]{1,40}")
_TEAM = re.compile(r"[A-Za-z0-9 ./-]{1,40}")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _require(holds: bool, what: str) -> None:  # noqa: FBT001  the condition is the subject
    if not holds:
        raise InputError(what)


def _require_count(value: int, most: int, what: str) -> None:
    # A counter above 2^53 could overflow a sum in a policy, and an overflowing forbid is skipped.
    _require(type(value) is int and 0 <= value <= most, f"{what} is out of range")


@dataclass(frozen=True, slots=True)
class Asker:
    """The agency that asks.

    Attributes:
        agency: its name, such as "TH/cyber-police".
        nation: its nation.
        sort: "police", "fiu", "prosecution" or "regulator".
        teams: the joint teams that it belongs to.
    """

    agency: str
    nation: str
    sort: str
    teams: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what is out of form."""
        _require(_AGENCY.fullmatch(self.agency) is not None, "the agency's name is out of form")
        _require(self.agency[:2] == self.nation, "the agency is not of the nation named")
        _require(self.sort in vocabulary.SORTS, "unknown sort of agency")
        _require(len(self.teams) <= MAX_TEAMS, "too many teams")
        _require(all(_TEAM.fullmatch(team) for team in self.teams), "a team's name is out of form")

    def entity(self) -> dict[str, Any]:
        """Write the agency as a Cedar JSON entity."""
        parents = [_uid("Nation", self.nation), *(_uid("Team", t) for t in sorted(self.teams))]
        return {
            "uid": _uid("Agency", self.agency),
            "attrs": {"sort": _uid("Sort", self.sort)},
            "parents": parents,
        }


@dataclass(frozen=True, slots=True)
class Dataset:
    """The dataset that is asked.

    Attributes:
        nation: the holder.
        name: its name within the nation, such as "phones".
        kind: the kind of its identifiers.
        sensitive: whether a hit alone would endanger a source or an operation.
    """

    nation: str
    name: str
    kind: str
    sensitive: bool

    def __post_init__(self) -> None:
        """Refuse what is out of form."""
        _require(_NATION.fullmatch(self.nation) is not None, "the holder's nation is out of form")
        _require(_NAME.fullmatch(self.name) is not None, "the dataset's name is out of form")
        _require(_NAME.fullmatch(self.kind) is not None, "the kind is out of form")
        _require(type(self.sensitive) is bool, "sensitive is yes or no")

    def entity(self) -> dict[str, Any]:
        """Write the dataset as a Cedar JSON entity."""
        return {
            "uid": _uid("Dataset", f"{self.nation}/{self.name}"),
            "attrs": {"kind": _uid("Kind", self.kind), "sensitive": self.sensitive},
            "parents": [_uid("Nation", self.nation)],
        }


@dataclass(frozen=True, slots=True)
class CaseCard:
    """What the asker says of its case.

    Attributes:
        pseudonym: the case's name towards this holder, 1 to 64 printable characters.
        maximum_penalty_years: of the gravest offence, 0 to 99, where 99 stands for life.
        transnational: whether the case concerns more than one nation.
        opened_ms: when it was opened, in milliseconds since 1970.
        signed_by: the roles whose signatures the holder has verified.
    """

    pseudonym: str = field(repr=False)
    maximum_penalty_years: int
    transnational: bool
    opened_ms: int
    signed_by: frozenset[str]

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        _require(
            1 <= len(self.pseudonym) <= MAX_PSEUDONYM and self.pseudonym.isprintable(),
            "the case's pseudonym is out of form",
        )
        _require_count(self.maximum_penalty_years, MAX_PENALTY_YEARS, "the maximum penalty")
        _require(type(self.transnational) is bool, "transnational is yes or no")
        _require_count(self.opened_ms, MAX_TIME_MS, "the day of opening")
        _require(self.signed_by <= vocabulary.SIGNERS, "unknown role of a signer")


@dataclass(frozen=True, slots=True)
class Used:
    """What the answering node has counted before this question, all charges included.

    Attributes:
        elements_this_hour: elements evaluated for the agency.
        elements_today: the same, this day.
        elements_this_year: the same, this year.
        elements_this_case: elements evaluated for the agency in this case.
        elements_of_nation_today: elements evaluated for all agencies of its nation this day.
        questions_today: questions of the agency that were answered this day; claims are none.
        questions_this_case: the same, in this case.
        rows_shown_today: rows that the agency has claimed this day.
    """

    elements_this_hour: int = 0
    elements_today: int = 0
    elements_this_year: int = 0
    elements_this_case: int = 0
    elements_of_nation_today: int = 0
    questions_today: int = 0
    questions_this_case: int = 0
    rows_shown_today: int = 0

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        for name in self.__slots__:
            _require_count(getattr(self, name), MAX_COUNT, "a counter")


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a decision depends on.

    Attributes:
        asker: who asks.
        dataset: what is asked.
        case: the case card.
        purpose: why; one of the purposes of the vocabulary.
        person_role: the part in the case of the person looked for.
        aim: "identify" an unknown person, or learn more of a "known" one.
        elements: the size class of the question; 0 for a claim.
        used: what the node has counted before.
        now_ms: the node's time, in milliseconds since 1970.
        handling: the handling code of the record claimed; None for a question.
    """

    asker: Asker
    dataset: Dataset
    case: CaseCard
    purpose: str
    person_role: str
    aim: str
    elements: int
    used: Used
    now_ms: int
    handling: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        _require(self.purpose in vocabulary.PURPOSES, "unknown purpose")
        _require(self.person_role in vocabulary.PERSON_ROLES, "unknown role of a person")
        _require(self.aim in vocabulary.AIMS, "unknown aim")
        _require(
            self.handling is None or self.handling in vocabulary.HANDLINGS, "unknown handling code"
        )
        _require_count(self.elements, MAX_ELEMENTS, "the number of elements")
        _require_count(self.now_ms, MAX_TIME_MS, "the time")

    def cedar_context(self) -> dict[str, Any]:
        """Write the context of a Cedar request: a Question, or with a handling code a Claim."""
        context: dict[str, Any] = {
            "purpose": _uid("Purpose", self.purpose),
            "personRole": _uid("PersonRole", self.person_role),
            "aim": _uid("Aim", self.aim),
            "case": {
                "pseudonym": self.case.pseudonym,
                "maximumPenaltyYears": self.case.maximum_penalty_years,
                "transnational": self.case.transnational,
                "opened": _datetime(self.case.opened_ms),
                "signedBy": [_uid("Role", role) for role in sorted(self.case.signed_by)],
            },
            "elements": self.elements,
            "used": {
                "elementsThisHour": self.used.elements_this_hour,
                "elementsToday": self.used.elements_today,
                "elementsThisYear": self.used.elements_this_year,
                "elementsThisCase": self.used.elements_this_case,
                "elementsOfNationToday": self.used.elements_of_nation_today,
                "questionsToday": self.used.questions_today,
                "questionsThisCase": self.used.questions_this_case,
                "rowsShownToday": self.used.rows_shown_today,
            },
            "now": _datetime(self.now_ms),
        }
        if self.handling is not None:
            context["record"] = {"handling": _uid("Handling", self.handling)}
        return context

    def to_context_json(self) -> bytes:
        """Write all of the situation in its one canonical form."""
        return canonical_json.dump(
            {
                "principal": self.asker.entity(),
                "resource": self.dataset.entity(),
                "context": self.cedar_context(),
            }
        )


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}


def _datetime(time_ms: int) -> str:
    moment = _EPOCH + dt.timedelta(milliseconds=time_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time_ms % 1000:03d}Z"
