"""What supervisors see of the questions of all officers: counts, runs, repeats; numbers masked.

Nothing here shows an identifier. Whoever has to see one opens the case, which the case tells.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.desk.asked_identifier import AskedIdentifier
from fedquery.desk.brief_question import BriefQuestion
from fedquery.desk.kind_names import kind_name
from fedquery.desk.language import N_
from fedquery.desk.repeats import Repeat, repeats
from fedquery.desk.runs import Run, runs
from fedquery.desk.voice import Voice
from fedquery.policy.vocabulary import BREAK_GLASS

MOST_LINES: Final = 50
MOST_LINKS: Final = 20
GONE: Final = N_("an account that is gone")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerLine:
    """What one officer asked.

    Attributes:
        name: the name of the account.
        questions: how many questions.
        identifiers: about how many different identifiers.
        largest: how many the largest question had.
        cases: in how many cases.
        hits: how many identifiers a nation had, counted once for each nation and question.
        claims: how many hits were claimed.
        urgent: how many questions were asked under a threat to life.
    """

    name: str
    questions: str
    identifiers: str
    largest: str
    cases: str
    hits: str
    claims: str
    urgent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A question that a line is about.

    Attributes:
        question_id: its id.
        who: who asked.
        asked_ms: when.
    """

    question_id: str
    who: str
    asked_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run of neighbouring numbers.

    Attributes:
        kind: what they are.
        first: the lowest, masked.
        last: the highest, masked.
        count: how many.
        links: the newest questions.
        more: how many more there are than are told; "" for none.
    """

    kind: str
    first: str
    last: str
    count: int
    links: tuple[Link, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatLine:
    """An identifier that was asked about again.

    Attributes:
        kind: what it is.
        masked: the identifier, masked.
        times: how often.
        officers: by how many officers.
        cases: in how many cases.
        links: the newest questions.
        more: how many more there are than are told; "" for none.
    """

    kind: str
    masked: str
    times: str
    officers: str
    cases: str
    links: tuple[Link, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversight:
    """What supervisors see of a period.

    Attributes:
        officers: what each officer asked, most questions first.
        runs: runs of neighbouring numbers, the longest first.
        more_runs: how many more there are than are told; "" for none.
        repeats: what was asked about again.
        more_repeats: how many more there are than are told; "" for none.
    """

    officers: tuple[OfficerLine, ...]
    runs: tuple[RunLine, ...]
    more_runs: str
    repeats: tuple[RepeatLine, ...]
    more_repeats: str


def oversight(
    asked: Sequence[BriefQuestion],
    claims: Mapping[str, int],
    names: Mapping[str, str],
    voice: Voice,
) -> Oversight:
    """Look over the questions of a period.

    Args:
        asked: the questions, the oldest first.
        claims: how many hits each account has claimed.
        names: the name of each account.
        voice: of the visitor.
    """
    found_runs, found_repeats = runs(asked), repeats(asked)
    return Oversight(
        officers=tuple(_officers(asked, claims, names, voice)),
        runs=tuple(_run(one, names, voice) for one in found_runs[:MOST_LINES]),
        more_runs=_more(found_runs, voice),
        repeats=tuple(_repeat(one, names, voice) for one in found_repeats[:MOST_LINES]),
        more_repeats=_more(found_repeats, voice),
    )


def link_of(question: BriefQuestion, names: Mapping[str, str], voice: Voice) -> Link:
    """Name a question by who asked it and when."""
    return Link(
        question_id=question.question_id,
        who=names.get(question.account_id) or voice.say(GONE),
        asked_ms=question.asked_ms,
    )


def _officers(
    asked: Iterable[BriefQuestion],
    claims: Mapping[str, int],
    names: Mapping[str, str],
    voice: Voice,
) -> Iterable[OfficerLine]:
    by_officer: dict[str, list[BriefQuestion]] = {account_id: [] for account_id in claims}
    for one in asked:
        by_officer.setdefault(one.account_id, []).append(one)
    most_first = sorted(by_officer.items(), key=lambda found: (-len(found[1]), found[0]))
    for account_id, own in most_first:
        numbers = {
            "questions": len(own),
            "identifiers": len({each.encoded for one in own for each in one.asked}),
            "largest": max((len(one.asked) for one in own), default=0),
            "cases": len({one.case_id for one in own}),
            "hits": sum(one.hits for one in own),
            "claims": claims.get(account_id, 0),
            "urgent": sum(one.purpose == BREAK_GLASS for one in own),
        }
        yield OfficerLine(
            name=names.get(account_id) or voice.say(GONE),
            **{name: voice.number(number) for name, number in numbers.items()},
        )


def _run(one: Run, names: Mapping[str, str], voice: Voice) -> RunLine:
    return RunLine(
        kind=_kind(one.first, voice),
        first=one.first.masked,
        last=one.last.masked,
        count=one.count,
        links=tuple(link_of(each, names, voice) for each in one.questions[-MOST_LINKS:]),
        more=_more(one.questions, voice, MOST_LINKS),
    )


def _repeat(one: Repeat, names: Mapping[str, str], voice: Voice) -> RepeatLine:
    return RepeatLine(
        kind=_kind(one.identifier, voice),
        masked=one.identifier.masked,
        times=voice.number(len(one.questions)),
        officers=voice.number(len(one.officers)),
        cases=voice.number(len(one.cases)),
        links=tuple(link_of(each, names, voice) for each in one.questions[-MOST_LINKS:]),
        more=_more(one.questions, voice, MOST_LINKS),
    )


def _kind(one: AskedIdentifier, voice: Voice) -> str:
    return kind_name(one.kind, voice.say)


def _more(found: Sequence[object], voice: Voice, most: int = MOST_LINES) -> str:
    return voice.number(len(found) - most) if len(found) > most else ""
