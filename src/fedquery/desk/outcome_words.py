"""What an outcome is called, its shape, and the sentences that explain it.

The words are those of `ask.outcome`, and a possible hit has one of its own: whoever reads "hit"
must not have to look for the doubt. Each has a shape, so that none is told by its colour alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from fedquery.ask.outcome import Outcome
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.voice import Voice
from fedquery.desk.why_words import why_and_what_to_do

Shape: TypeAlias = Literal[
    "hit", "possible", "refused", "unavailable", "stale", "no-hit", "waiting"
]

# In the order in which they count where several datasets of a nation say different things.
WORDS: Final[Mapping[Shape, str]] = MappingProxyType(
    {
        "hit": N_("hit"),
        "possible": N_("possible hit"),
        "refused": N_("refused"),
        "unavailable": N_("unavailable"),
        "stale": N_("stale"),
        "no-hit": N_("no hit"),
        "waiting": N_("waiting"),
    }
)
_ORDER: Final = tuple(WORDS)
LEAD: Final = N_("A lead, not evidence: confirm with %(desk)s before acting.")
_ALARM: Final = N_("Stop. What %(nation)s showed is false. Do not ask it again.")
_KEEP: Final = N_("Keep the receipt, and tell the operator of this desk.")
_HIT: Final = N_("%(nation)s holds a record of it.")
_POSSIBLE: Final = N_("%(nation)s holds a record of a less exact form: it may be another one.")
_OVERDUE: Final = N_("The data are past their time: they are of %(moment)s.")
_NO_HIT: Final = N_("Not recorded in what %(nation)s had released at %(moment)s.")
_OTHER_RULES: Final = N_(
    "It reads such identifiers by other rules, so it may be written otherwise."
)
_UPDATE: Final = N_("Ask again when both have the same version. Tell the operator of this desk.")
_LATER: Final = N_("Ask again when it has published anew.")
_RENEWS: Final = N_("Ask again after %(moment)s.")


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be said of an outcome, in the language of the visitor.

    Attributes:
        what: what it means, a sentence or more.
        do: what to do about it; "" where there is nothing.
        rules: the rules of the nation's policy that decided, each with its title or id.
        reasons: the public texts of the policy, as the nation wrote them.
    """

    what: tuple[str, ...]
    do: str = ""
    rules: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def shape_of(outcome: Outcome) -> Shape:
    """Give the shape of an outcome."""
    if outcome.word == "hit":
        return "possible" if outcome.weak else "hit"
    return "no-hit" if outcome.word == "no hit" else outcome.word


def shape_of_all(outcomes: Iterable[Outcome]) -> Shape:
    """Give the shape of what all datasets of a nation said of one identifier.

    An exact hit comes before a possible one, also beside something that is false: what was verified
    is not hidden by it. Else the worst counts, so that "no hit" stands only where every dataset
    said it, and what is false before everything.
    """
    found = tuple(outcomes)
    shape: Shape = min((shape_of(one) for one in found), key=_ORDER.index, default="waiting")
    if any(one.alarm for one in found) and shape not in {"hit", "possible"}:
        return "unavailable"
    return shape


def word_of(shape: Shape, voice: Voice) -> str:
    """Name a shape in the language of the visitor."""
    return voice.say(WORDS[shape])


def said_of(
    outcome: Outcome, asked_ms: int, voice: Voice, titles: Mapping[str, str] | None = None
) -> Said:
    """Say what an outcome means, and what to do.

    Args:
        outcome: the outcome.
        asked_ms: when it was asked: what renews is counted from there.
        voice: of the visitor.
        titles: by the id of a rule of the nation's policy its public title.
    """
    say, nation = voice.say, nation_name(outcome.nation, voice.say)
    if outcome.word == "hit":
        return _of_hit(outcome, nation, voice)
    if outcome.alarm:
        return Said((say(_ALARM, nation=nation),), say(_KEEP))
    if outcome.word == "no hit":
        moment = _moment(outcome.as_of_ms, voice)
        return Said((say(_NO_HIT, nation=nation, moment=moment),))
    if outcome.word == "stale":
        return _of_stale(outcome, voice)
    what, do = map(say, why_and_what_to_do(outcome.why))
    if outcome.retry_after_s:
        moment = voice.moment(asked_ms + 1000 * outcome.retry_after_s)
        do = say(_RENEWS, moment=moment)
    known = titles or {}
    rules = tuple(f"{known[one]} [{one}]" if one in known else one for one in outcome.policy_ids)
    return Said((what,), do, rules, outcome.reasons)


def _of_hit(outcome: Outcome, nation: str, voice: Voice) -> Said:
    what = [voice.say(_POSSIBLE if outcome.weak else _HIT, nation=nation)]
    if outcome.overdue:
        what.append(voice.say(_OVERDUE, moment=_moment(outcome.as_of_ms, voice)))
    do = voice.say(LEAD, desk=nation)
    if outcome.alarm:
        # What is false is about another form of it.
        what.append(voice.say(_ALARM, nation=nation))
        do = f"{do} {voice.say(_KEEP)}"
    return Said(tuple(what), do)


def _of_stale(outcome: Outcome, voice: Voice) -> Said:
    if outcome.why == "rules-differ":
        return Said((voice.say(_OTHER_RULES),), voice.say(_UPDATE))
    moment = _moment(outcome.as_of_ms, voice)
    return Said((voice.say(_OVERDUE, moment=moment),), voice.say(_LATER))


def _moment(time_ms: int | None, voice: Voice) -> str:
    return "" if time_ms is None else voice.moment(time_ms)
