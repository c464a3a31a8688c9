"""What came of an audit, in a line: what was done, the verdict, how much it weighs, and when."""

from dataclasses import dataclass
from typing import Final, Literal

from fedquery.audit.kept_result import KeptResult, Result
from fedquery.audit.reconciled import Reconciled
from fedquery.audit.verified import Verified
from fedquery.desk.language import N_
from fedquery.desk.voice import Voice

Weight = Literal["note", "warning", "alarm"]

_COMPARED: Final = N_("Comparison of logs")
_VERIFIED: Final = N_("Verification of a log")
_FITS: Final = N_("Every question stands where it must, as far as these logs reach.")
_MISFITS: Final = N_("Things that do not fit: %(number)s. Keep all the logs; speak to the parties.")
_TRUE: Final = N_("The log is what it claims to be: signature, tree and entries.")
_UNSIGNED: Final = N_("Not verified: no key was given, and anybody may have written this log.")
_FALSE: Final = N_("The log is not what it claims to be. Keep it, and speak to the party it is of.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSummary:
    """A result in a line.

    Attributes:
        title: what was done.
        verdict: what came of it, in a sentence.
        weight: how much it weighs.
        at_ms: when; None where that is not said.
    """

    title: str
    verdict: str
    weight: Weight
    at_ms: int | None


def result_summary(kept: KeptResult, voice: Voice) -> ResultSummary:
    """Tell what came of an audit.

    Args:
        kept: the result.
        voice: of the visitor.
    """
    title = _COMPARED if isinstance(kept.result, Reconciled) else _VERIFIED
    verdict, weight = _verdict(kept.result, voice)
    return ResultSummary(title=voice.say(title), verdict=verdict, weight=weight, at_ms=kept.at_ms)


def _verdict(result: Result, voice: Voice) -> tuple[str, Weight]:
    if isinstance(result, Reconciled):
        if not result.found:
            return voice.say(_FITS), "note"
        return voice.say(_MISFITS, number=voice.number(result.found)), "alarm"
    if not isinstance(result, Verified):
        return voice.say(_FALSE), "alarm"
    return (voice.say(_TRUE), "note") if result.is_signed else (voice.say(_UNSIGNED), "warning")
