"""What changes between two policy files in every situation, as its page tells it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from fedquery.desk.language import N_
from fedquery.desk.voice import Voice
from fedquery.policy.study import Studied

MOST: Final = 50
"""How many changes of a sort a page shows; the files have all."""
_HEADS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "widened": N_("Wider: somebody may learn more"),
        "narrowed": N_("Stricter: somebody may learn less"),
        "reason": N_("The same, by other rules"),
    }
)
_MARKS: Final = {"widened": "▲", "narrowed": "▼", "reason": "="}
_NO_RULE: Final = N_("no rule permits it")
_FAULT: Final = N_("some of it cannot be evaluated, and nothing is answered")
_NO_DIFFERENCE: Final = N_("Nobody may learn more or less.")
_STRICTER: Final = N_("Stricter: nobody may learn more.")
_WIDER: Final = N_("Wider: somebody may learn more than before.")
_BOTH: Final = N_("Wider and stricter: some may learn more, and some less.")
_PARTLY: Final = N_("This holds as far as was covered; see below what was not.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One change.

    Attributes:
        sentence: what changes for whom, in English.
        where: the conditions under which it does, in English.
        before: the rules that made it so before.
        after: the rules that make it so now.
    """

    sentence: str
    where: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeGroup:
    """Changes of one sort.

    Attributes:
        kind: "widened", "narrowed" or "reason".
        mark: the sign of the sort.
        head: what they are.
        count: how many there are.
        lines: those that are shown.
        more: how many more there are; "" for none.
    """

    kind: str
    mark: str
    head: str
    count: str
    lines: tuple[ChangeLine, ...]
    more: str


def change_groups(studied: Studied, voice: Voice) -> tuple[ChangeGroup, ...]:
    """Tell the changes between two files; none for one file.

    Args:
        studied: what came of the files.
        voice: of the visitor.
    """
    return tuple(
        _group(kind, changes, studied.rules, voice)
        for kind in _HEADS
        if (changes := [one for one in _changes(studied) if one["kind"] == kind])
    )


def verdict(studied: Studied, voice: Voice) -> tuple[str, ...]:
    """Say in a sentence or two what the second file is beside the first.

    Args:
        studied: what came of two files.
        voice: of the visitor.
    """
    kinds = {one["kind"] for one in _changes(studied)}
    wider, stricter = "widened" in kinds, "narrowed" in kinds
    texts = {
        (False, False): _NO_DIFFERENCE,
        (False, True): _STRICTER,
        (True, False): _WIDER,
        (True, True): _BOTH,
    }
    said = [voice.say(texts[wider, stricter])]
    if not_covered(studied) or studied.left_out:
        said.append(voice.say(_PARTLY))
    return tuple(said)


def is_wider(studied: Studied) -> bool:
    """Tell whether by the second file somebody may learn more."""
    return any(one["kind"] == "widened" for one in _changes(studied))


def not_covered(studied: Studied) -> Sequence[str]:
    """List what was not compared, in English."""
    found: list[str] = [] if studied.difference is None else _nation(studied)["not_covered"]
    return found


def reworded(studied: Studied) -> Sequence[Mapping[str, str]]:
    """List the rules whose title or law is told in other words."""
    found: list[Mapping[str, str]] = (
        [] if studied.difference is None else _nation(studied)["reworded"]
    )
    return found


def situations(studied: Studied) -> tuple[int, int]:
    """Say how many sorts of situations were compared, and how many the engine decided whole."""
    nation = _nation(studied)
    return nation["situations"], nation["checked"]


def _group(
    kind: str,
    changes: Sequence[Mapping[str, Any]],
    rules: Sequence[Mapping[str, Mapping[str, str]]],
    voice: Voice,
) -> ChangeGroup:
    more = len(changes) - MOST
    return ChangeGroup(
        kind=kind,
        mark=_MARKS[kind],
        head=voice.say(_HEADS[kind]),
        count=voice.number(len(changes)),
        lines=tuple(_line(one, rules, voice) for one in changes[:MOST]),
        more=voice.number(more) if more > 0 else "",
    )


def _line(
    one: Mapping[str, Any], rules: Sequence[Mapping[str, Mapping[str, str]]], voice: Voice
) -> ChangeLine:
    old, new = rules
    return ChangeLine(
        sentence=one["sentence"],
        where=tuple(one["where"]),
        before="; ".join(_cited(one["rules_before"], old, voice, fault=one["fault_before"])),
        after="; ".join(_cited(one["rules_after"], new, voice, fault=one["fault_after"])),
    )


def _cited(
    ids: Sequence[str], rules: Mapping[str, Mapping[str, str]], voice: Voice, *, fault: bool
) -> Iterable[str]:
    if not ids:
        yield voice.say(_NO_RULE)
    for policy_id in ids:
        yield f"{policy_id} “{rules[policy_id]['title']}”"
    if fault:
        yield voice.say(_FAULT)


def _changes(studied: Studied) -> Sequence[Mapping[str, Any]]:
    changes: list[Mapping[str, Any]] = (
        [] if studied.difference is None else _nation(studied)["changes"]
    )
    return changes


def _nation(studied: Studied) -> Mapping[str, Any]:
    if studied.difference is None:
        raise ValueError("one file has no difference")
    (nation,) = studied.difference["nations"]
    found: Mapping[str, Any] = nation
    return found
