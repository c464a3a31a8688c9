"""A result of an audit as its page tells it: what it rests on, what does not fit, what is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fedquery.audit.kept_result import KeptResult
from fedquery.audit.reconciled import Misfit, Reconciled
from fedquery.audit.result_fields import LATEST_MS
from fedquery.audit.verified import Faulty, Verified
from fedquery.desk.audit_result_summary import ResultSummary, result_summary
from fedquery.desk.audit_result_words import (
    KINDS,
    QUESTIONS,
    SIGNERS,
    found_words,
    not_looked_words,
)
from fedquery.desk.language import N_
from fedquery.desk.voice import Voice

MOST: Final = 100
"""How many findings a page shows; the files have all that are kept."""

_AT_ENTRY: Final = N_("At entry %(index)s of %(file)s: %(what)s")
_IN_FILE: Final = N_("In %(file)s: %(what)s")
_WITNESSES: Final = N_("%(count)s of %(of)s witnesses; %(needed)s are needed")
_BEHIND: Final = N_("%(count)s of %(of)s witnesses at %(size)s entries; %(needed)s are needed")
_NO_WITNESSES: Final = N_("which witnesses saw it: no trust policy was given")
_NO_OLDER: Final = N_("whether it goes on from an older checkpoint: none was given")
_NOT_SIGNED_YET: Final = N_("entries that were not signed yet: %(number)s")
_LEFT_OUT: Final = N_("findings that are not listed here: %(number)s")
_TOO_NEW: Final = N_("questions that are newer than one of the logs: %(number)s")
_CLOCK: Final = N_("The clock went back by up to %(seconds)s s, first at entry %(index)s.")
_OPEN: Final = N_("Questions without an outcome in the log: %(number)s")
_NOTHING: Final = N_("nothing is in it")
_BEYOND: Final = N_("a time beyond the calendar")
_LOG: Final = N_("Log")
_ENTRIES: Final = N_("Entries")
_ROOT: Final = N_("Root")
_COSIGNED: Final = N_("Cosigned by")
_MISSING: Final = N_("Not cosigned by")
_SINCE: Final = N_("Goes on from entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One of the logs that were compared.

    Attributes:
        origin: its name.
        kind: of whom.
        size: how many entries.
        until: until when it reaches.
    """

    origin: str
    kind: str
    size: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not fit.

    Attributes:
        what: what is wrong.
        digest: of the question.
        at: its earliest time.
        parties: who asked, and who was asked.
        lacking: the logs that lack it.
        having: the logs that have it, with the places of their entries.
    """

    what: str
    digest: str
    at: str
    parties: str
    lacking: tuple[str, ...]
    having: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """A result in full.

    Attributes:
        summary: what came of it.
        facts: what it rests on, one line each: what, value, and whether it is a digest.
        logs: the logs that were compared.
        counts: how many of what there are.
        findings: what does not fit.
        remarks: what is not wrong, and may matter.
        not_looked: what was not looked at.
    """

    summary: ResultSummary
    facts: tuple[tuple[str, str, bool], ...] = ()
    logs: tuple[LogRow, ...] = ()
    counts: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()
    not_looked: tuple[str, ...] = ()


def result_view(kept: KeptResult, voice: Voice) -> ResultView:
    """Tell a result in full.

    Args:
        kept: the result.
        voice: of the visitor.
    """
    summary = result_summary(kept, voice)
    match kept.result:
        case Reconciled():
            return _reconciled(kept.result, summary, voice)
        case Verified():
            return _verified(kept.result, summary, voice)
        case Faulty():
            where = _where(kept.result, voice)
            return ResultView(summary=summary, remarks=(where,))


def _reconciled(one: Reconciled, summary: ResultSummary, voice: Voice) -> ResultView:
    not_looked = [voice.say(SIGNERS)]
    shown = one.findings[:MOST]
    too_new, more = one.questions.get("too new", 0), one.found - len(shown)
    if too_new:
        not_looked.append(voice.say(_TOO_NEW, number=voice.number(too_new)))
    if more:
        not_looked.append(voice.say(_LEFT_OUT, number=voice.number(more)))
    return ResultView(
        summary=summary,
        logs=tuple(
            LogRow(
                origin=log.origin,
                kind=voice.say(KINDS[log.kind]),
                size=voice.number(log.size),
                until=_moment(log.until_ms, voice) if log.until_ms else voice.say(_NOTHING),
            )
            for log in one.logs
        ),
        counts=tuple(
            (voice.number(count), voice.say(QUESTIONS[name]) if name in QUESTIONS else name)
            for name, count in one.questions.items()
            if count
        ),
        findings=tuple(_finding(finding, voice) for finding in shown),
        not_looked=tuple(not_looked),
    )


def _finding(one: Misfit, voice: Voice) -> Finding:
    return Finding(
        what=found_words(one.what, voice.say),
        digest=one.request_digest,
        at=_moment(one.at_ms, voice),
        parties=f"{one.agency or '?'} → {one.nation or '?'}",
        lacking=one.lacking,
        having=tuple(
            (origin, ", ".join(map(voice.number, places))) for origin, places in one.having.items()
        ),
    )


def _moment(at_ms: int, voice: Voice) -> str:
    # An entry says its own time, and a false log any.
    return voice.moment(at_ms) if at_ms <= LATEST_MS else voice.say(_BEYOND)


def _verified(one: Verified, summary: ResultSummary, voice: Voice) -> ResultView:
    return ResultView(
        summary=summary,
        facts=tuple(_facts(one, voice)),
        counts=tuple((voice.number(count), name) for name, count in one.entries.items()),
        remarks=tuple(_remarks(one, voice)),
        not_looked=tuple(_not_looked(one, voice)),
    )


def _facts(one: Verified, voice: Voice) -> Iterable[tuple[str, str, bool]]:
    yield voice.say(_LOG), one.origin, True
    yield voice.say(_ENTRIES), voice.number(one.size), False
    yield voice.say(_ROOT), one.root, True
    seen = one.witnesses
    if seen is not None:
        numbers = {"count": len(seen.cosigned), "of": seen.of, "needed": seen.needed}
        # The newest that has cosignatures may be a smaller one.
        text = _WITNESSES if seen.size == one.size else _BEHIND
        told = {name: voice.number(number) for name, number in numbers.items()}
        if seen.size != one.size:
            told["size"] = voice.number(seen.size)
        yield voice.say(_COSIGNED), voice.say(text, **told), False
        if seen.missing:
            yield voice.say(_MISSING), ", ".join(seen.missing), False
    if one.since is not None:
        yield voice.say(_SINCE), voice.number(one.since), False


def _remarks(one: Verified, voice: Voice) -> Iterable[str]:
    remarks = one.remarks
    if remarks.clock_back_at is not None:
        seconds = voice.number(-(-remarks.clock_back_ms // 1_000))
        yield voice.say(_CLOCK, seconds=seconds, index=voice.number(remarks.clock_back_at))
    if remarks.without_outcome:
        yield voice.say(_OPEN, number=voice.number(remarks.without_outcome))


def _not_looked(one: Verified, voice: Voice) -> Iterable[str]:
    if one.witnesses is None:
        yield voice.say(_NO_WITNESSES)
    if one.since is None:
        yield voice.say(_NO_OLDER)
    if one.unsigned:
        yield voice.say(_NOT_SIGNED_YET, number=voice.number(one.unsigned))
    for what in one.not_checked:
        yield not_looked_words(what, voice.say)


def _where(one: Faulty, voice: Voice) -> str:
    if one.index is None:
        return voice.say(_IN_FILE, file=one.file, what=one.what)
    return voice.say(_AT_ENTRY, index=voice.number(one.index), file=one.file, what=one.what)
