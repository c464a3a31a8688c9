"""What a list would cost, as a person reads it before it is asked: of each nation, pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fedquery.ask.allowance import Exceeded
from fedquery.ask.screening.values import Cost, NationCost
from fedquery.desk.cost import window_line
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.voice import Voice
from fedquery.desk.why_words import why_and_what_to_do

_UNITS: Final = ("B", "kB", "MB", "GB", "TB")
_GRANTED: Final = N_("%(left)s of grants")
_NOT_TOLD: Final = N_("It tells with its first answer what is left.")
_TOO_MUCH: Final = N_("It needs %(needs)s, and there are %(left)s.")
_RENEWS: Final = N_("renews %(moment)s")
_ANSWERED: Final = N_("%(count)s answered before, and not asked again")
_WHOLE_VIEW: Final = N_("It learns how many identifiers are asked, and not which ones.")


@dataclass(frozen=True, slots=True)
class NationLine:
    """What a list would cost at one nation, in the language of the visitor.

    Attributes:
        name: the name of the nation.
        elements: how many elements are charged.
        octets: how much is carried, both ways.
        bits: how many bits it would learn.
        left: what is left of its quota, one line for each ceiling.
        remarks: why it cannot be asked, or what is to be known.
        too_much: under which ceilings the list does not fit, with when they renew.
        is_reachable: whether it can be asked now.
    """

    name: str
    elements: str
    octets: str
    bits: str
    left: tuple[str, ...]
    remarks: tuple[str, ...]
    too_much: tuple[str, ...]
    is_reachable: bool


def costs_of(cost: Cost, voice: Voice) -> tuple[NationLine, ...]:
    """Say what a list would cost.

    Args:
        cost: the numbers.
        voice: of the visitor.
    """
    return tuple(_line(one, voice) for one in cost.nations)


def is_hopeless(cost: Cost) -> bool:
    """Tell whether no nation can be asked now."""
    return all(one.why for one in cost.nations)


def renews_in_s(cost: Cost, now_ms: int) -> int:
    """Say after how many seconds every ceiling that is too low has renewed; 0 where unknown."""
    renewals = [each.renews_ms or 0 for one in cost.exceeding for each in one.exceeded]
    return max(0, -(-(max(renewals, default=0) - now_ms) // 1000))


def size_text(octets: int, voice: Voice) -> str:
    """Write a number of octets in the unit in which it has few digits."""
    amount, unit = octets, 0
    while amount >= 10_000 and unit < len(_UNITS) - 1:  # noqa: PLR2004 -- four digits are read at once
        amount, unit = (amount + 500) // 1_000, unit + 1
    return f"{voice.number(amount)} {_UNITS[unit]}"


def _line(one: NationCost, voice: Voice) -> NationLine:
    return NationLine(
        name=nation_name(one.nation, voice.say),
        elements=voice.number(one.elements),
        octets=size_text(one.octets, voice),
        bits=voice.number(one.bits_told),
        left=tuple(_left(one, voice)),
        remarks=tuple(_remarks(one, voice)),
        too_much=tuple(_too_much(each, voice) for each in one.exceeded),
        is_reachable=not one.why,
    )


def _left(one: NationCost, voice: Voice) -> Iterable[str]:
    if one.why:
        return
    if one.allowance is None:
        yield voice.say(_NOT_TOLD)
        return
    yield from (window_line(each, voice) for each in one.allowance.windows)
    if one.allowance.granted:
        yield voice.say(_GRANTED, left=voice.number(one.allowance.granted))


def _remarks(one: NationCost, voice: Voice) -> Iterable[str]:
    if one.why:
        yield from map(voice.say, why_and_what_to_do(one.why))
    answered = sum(each.kept for each in one.datasets)
    if answered:
        yield voice.say(_ANSWERED, count=voice.number(answered))
    if any(each.whole_view for each in one.datasets):
        yield voice.say(_WHOLE_VIEW)


def _too_much(one: Exceeded, voice: Voice) -> str:
    said = voice.say(_TOO_MUCH, needs=voice.number(one.needs), left=voice.number(one.left))
    if one.renews_ms is None:
        return said
    return f"{said} {voice.say(_RENEWS, moment=voice.moment(one.renews_ms))}"
