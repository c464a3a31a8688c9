"""What is said to a person about an outcome: the same few sentences everywhere."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

from fedquery.ask.outcome import RULES_DIFFER, NationOutcome, Outcome, Witnesses, Word
from fedquery.ask.why import in_words
from fedquery.config.exit_codes import ExitCode

SYMBOLS: Final[dict[Word, str]] = {
    "hit": "●",
    "no hit": "○",
    "refused": "✕",
    "unavailable": "?",
    "stale": "~",
}
STYLES: Final[dict[Word, str]] = {
    "hit": "bold red",
    "no hit": "green",
    "refused": "yellow",
    "unavailable": "magenta",
    "stale": "yellow",
}
LEAD: Final = "A hit is a lead, not evidence: confirm it by a formal request."

UNKEPT: Final = (
    "error: receipts of these answers are missing, or the lookup itself: the disk could not be"
    " written\n  do: Copy what is shown; it cannot be verified or shown again. Free the disk, then"
    " ask again for what is to be claimed."
)
OTHER_FORMS: Final = "other spelling rules than here: other forms of it could not be asked about"
_ALARM: Final = "STOP: what it showed is false. Do not retry; keep the receipt, tell its operator."


def clock_time(time_ms: int | None) -> str:
    """Write a time of day, with its day where that is not today's."""
    if time_ms is None:
        return "an unknown time"
    moment = datetime.fromtimestamp(time_ms / 1000, UTC)
    today = datetime.now(UTC).date() == moment.date()
    return moment.strftime("%H:%M UTC" if today else "%Y-%m-%d %H:%M UTC")


def sentence(outcome: Outcome, asker: str) -> str:
    """Say what an outcome means.

    Args:
        outcome: the outcome.
        asker: the asking nation.
    """
    alarm = f"{_ALARM} ({outcome.why})" if outcome.alarm else ""
    if alarm and outcome.word != "hit":
        return alarm
    told = _SENTENCES[outcome.word](outcome, asker)
    # What was verified is told beside what is false about another form of it.
    return f"{told}. Another form of it: {alarm}" if alarm else told


def _hit(outcome: Outcome, asker: str) -> str:
    what = "possible hit (less exact form)" if outcome.weak else "recorded"
    late = ", in a publication past its time" if outcome.overdue else ""
    differ = f"; {OTHER_FORMS}" if outcome.why == RULES_DIFFER else ""
    return f"{what} in what {outcome.nation} had released to {asker}{late}{differ}"


def _no_hit(outcome: Outcome, asker: str) -> str:
    at = clock_time(outcome.as_of_ms)
    return f"not recorded in what {outcome.nation} had released to {asker} at {at}"


def _refused(outcome: Outcome, _asker: str) -> str:
    rules = f" [{', '.join(outcome.policy_ids)}]" if outcome.policy_ids else ""
    return f"{'; '.join(outcome.reasons) or outcome.why}{rules}{_again(outcome.retry_after_s)}"


def _stale(outcome: Outcome, _asker: str) -> str:
    if outcome.why == RULES_DIFFER:
        return (
            "other spelling rules than here, by which it may be written otherwise: install the same"
            " version (`fedquery doctor` says whose is older)"
        )
    return f"its publication of {clock_time(outcome.as_of_ms)} is past its time"


def _unavailable(outcome: Outcome, _asker: str) -> str:
    what, do = in_words(outcome.why)
    return f"{what}. {do}{_again(outcome.retry_after_s)}"


_SENTENCES: Final[dict[Word, Callable[[Outcome, str], str]]] = {
    "hit": _hit,
    "no hit": _no_hit,
    "refused": _refused,
    "stale": _stale,
    "unavailable": _unavailable,
}


def _again(retry_after_s: int) -> str:
    if not retry_after_s:
        return ""
    minutes = -(-retry_after_s // 60)
    return f"; again in {minutes} min" if minutes < 120 else f"; again in {minutes // 60} h"  # noqa: PLR2004 -- two hours


def witness_lines(outcomes: Iterable[Outcome]) -> list[str]:
    """Say who has seen the logs that a lookup rests on, nations of one count in one line."""
    nations: dict[str, dict[str, None]] = {}
    for outcome in outcomes:
        if outcome.witnesses is not None:
            nations.setdefault(_witnesses(outcome.witnesses), {})[outcome.nation] = None
    return [
        told.format(nations=", ".join(sorted(codes))) for told, codes in sorted(nations.items())
    ]


def _witnesses(found: Witnesses) -> str:
    if not found.needed:
        counted = f"{found.cosigned} of {found.of}" if found.of else "none"
        return f"witnesses: {counted} ({{nations}}; none is asked for)"
    told = f"witnesses: {found.cosigned} of {found.of} ({{nations}})"
    if found.cosigned < found.needed:
        return f"{told}, fewer than the {found.needed} that are a quorum"
    if not found.newest:
        return f"{told}, of what was accepted last: something newer waits for witnesses"
    return told


def exit_of(nations: Iterable[NationOutcome], *, kept: bool = True) -> ExitCode:
    """Choose the exit code of a lookup.

    A false proof comes before everything, then that not all could be kept on the disk. Where all
    nations answered it is 0, where some did 3; where none did, a spent quota, then a refusal, then
    4.
    """
    found = list(nations)
    outcomes = [outcome for nation in found for outcome in nation.outcomes]
    if any(outcome.alarm for outcome in outcomes):
        return ExitCode.PROOF
    if not kept:
        return ExitCode.IO
    if any(outcome.why == "outcome-unknown" for outcome in outcomes):
        return ExitCode.UNKNOWN
    answered = [nation.word in {"hit", "no hit"} for nation in found]
    if any(answered):
        return ExitCode.OK if all(answered) else ExitCode.SOME
    if any(outcome.why == "quota" for outcome in outcomes):
        return ExitCode.QUOTA
    refused = any(outcome.word == "refused" for outcome in outcomes)
    return ExitCode.REFUSED if refused else ExitCode.NONE
