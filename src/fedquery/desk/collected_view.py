"""What holding answers against the logs of their nations has found, as its page tells it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from fedquery.ask.collecting import Collected, State
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.proof import FORMER_KEY
from fedquery.desk.voice import Voice

MOST: Final = 100
"""How many receipts a page names."""
_STATES: Final[Mapping[State, str]] = MappingProxyType(
    {
        "broken": N_("Broken: the nation's log does not have what the answer promised."),
        "false": N_("False: the receipt itself does not verify."),
        "late": N_("Late: more than an hour old, and not in the log that witnesses have seen."),
        "unavailable": N_("Not looked at: the nation or its log could not be had."),
        "former": FORMER_KEY,
        "pending": N_("Too new: the nation has not signed so far yet."),
        "proved": N_("Proved now."),
        "kept": N_("Proved before."),
        "unlogged": N_("Refusals that nations do not log."),
    }
)
_ALARMS: Final = frozenset[State]({"broken", "false"})
_NAMED: Final = frozenset[State]({"broken", "false", "late"})
_STOP: Final = N_(
    "Answers do not stand in the logs as promised. Keep the receipts and the evidence."
)
_WAIT: Final = N_(
    "Nothing is wrong as far as the logs could be had. Do it again later for the rest."
)
_NONE: Final = N_("No receipt is kept.")
_GOOD: Final = N_("Each answer that promised an entry has it in the log of its nation.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedView:
    """What was found.

    Attributes:
        verdict: what it comes to.
        weight: how much it weighs.
        counts: how many receipts are how.
        named: the receipts that are not as they must be: nation, file and what is wrong.
        more: how many more of them there are; "" for none.
    """

    verdict: str
    weight: Literal["note", "warning", "alarm"]
    counts: tuple[tuple[str, str], ...]
    named: tuple[tuple[str, str, str], ...]
    more: str


def collected_view(found: Sequence[Collected], voice: Voice) -> CollectedView:
    """Tell what was found.

    Args:
        found: what there is to say of each receipt.
        voice: of the visitor.
    """
    counts = Counter(one.state for one in found)
    named = sorted(
        (one for one in found if one.state in _NAMED),
        key=lambda one: (one.state not in _ALARMS, one.nation, one.receipt),
    )
    more = len(named) - MOST
    weight: Literal["note", "warning", "alarm"] = "note"
    verdict = _GOOD if found else _NONE
    if counts["broken"] or counts["false"]:
        weight, verdict = "alarm", _STOP
    elif counts["late"] or counts["unavailable"] or counts["pending"] or counts["former"]:
        weight, verdict = "warning", _WAIT
    return CollectedView(
        verdict=voice.say(verdict),
        weight=weight,
        counts=tuple(
            (voice.number(counts[state]), voice.say(text))
            for state, text in _STATES.items()
            if counts[state]
        ),
        named=tuple(
            (
                nation_name(one.nation, voice.say) if one.nation else "",
                one.receipt,
                voice.say(_STATES[one.state]),
            )
            for one in named[:MOST]
        ),
        more=voice.number(more) if more > 0 else "",
    )
