"""What a question would cost, as a person reads it before they ask: of each nation, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fedquery.ask.allowance import Window
from fedquery.ask.estimating import NationEstimate
from fedquery.desk.kind_names import kind_name
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.voice import Voice
from fedquery.desk.why_words import why_and_what_to_do

_LEFT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hour": N_("%(left)s left this hour"),
        "day": N_("%(left)s left today"),
        "year": N_("%(left)s left this year"),
        "case": N_("%(left)s left for this case"),
    }
)
_RENEWS: Final = N_("renews %(moment)s")
_GRANTED: Final = N_("%(left)s of grants")
_NOT_TOLD: Final = N_("It tells with its first answer what is left.")
_MISSING: Final = N_("It offers nothing of: %(kinds)s.")
_TOO_MUCH: Final = N_("It needs %(needs)s, and there are %(left)s.")


@dataclass(frozen=True, slots=True)
class NationCost:
    """What a question would cost at one nation, in the language of the visitor.

    Attributes:
        nation: its code.
        name: its name.
        elements: how many elements are charged.
        bits: how many bits it would learn.
        left: what is left of its quota, one line for each ceiling.
        remarks: why it cannot be asked, or what it has not.
        too_much: under which ceilings the question does not fit; none where it does.
        is_reachable: whether it can be asked now.
    """

    nation: str
    name: str
    elements: str
    bits: str
    left: tuple[str, ...]
    remarks: tuple[str, ...]
    too_much: tuple[str, ...]
    is_reachable: bool


def costs_of(estimates: Iterable[NationEstimate], voice: Voice) -> tuple[NationCost, ...]:
    """Say what a question would cost.

    Args:
        estimates: of each nation.
        voice: of the visitor.
    """
    return tuple(_cost_of(one, voice) for one in estimates)


def renews_in_s(estimates: Iterable[NationEstimate], now_ms: int) -> int:
    """Say after how many seconds every ceiling that is too low has renewed; 0 where it is unknown.

    Args:
        estimates: of each nation.
        now_ms: the time.
    """
    renewals = [each.renews_ms or 0 for one in estimates for each in one.exceeded]
    return max(0, -(-(max(renewals, default=0) - now_ms) // 1000))


def _cost_of(one: NationEstimate, voice: Voice) -> NationCost:
    say = voice.say
    remarks = list(map(say, why_and_what_to_do(one.why))) if one.why else []
    if one.missing:
        kinds = ", ".join(kind_name(kind, say) for kind in one.missing)
        remarks.append(say(_MISSING, kinds=kinds))
    return NationCost(
        nation=one.nation,
        name=nation_name(one.nation, say),
        elements=voice.number(one.elements),
        bits=voice.number(one.bits_told),
        left=_left(one, voice),
        remarks=tuple(remarks),
        too_much=tuple(
            say(_TOO_MUCH, needs=voice.number(each.needs), left=voice.number(each.left))
            for each in one.exceeded
        ),
        is_reachable=not one.why,
    )


def _left(one: NationEstimate, voice: Voice) -> tuple[str, ...]:
    if one.why:
        return ()
    if one.allowance is None:
        return (voice.say(_NOT_TOLD),)
    lines = [window_line(each, voice) for each in one.allowance.windows]
    if one.allowance.granted:
        lines.append(voice.say(_GRANTED, left=voice.number(one.allowance.granted)))
    return tuple(lines)


def window_line(window: Window, voice: Voice) -> str:
    """Say what is left under one ceiling, and when it renews."""
    left = voice.say(_LEFT[window.name], left=voice.number(window.left))
    if window.renews_ms is None:
        return left
    return f"{left}; {voice.say(_RENEWS, moment=voice.moment(window.renews_ms))}"
