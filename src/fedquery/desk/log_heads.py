"""The heads of the nations' logs, and who has cosigned them, as this agency has verified them."""

from dataclasses import dataclass
from typing import Final

from fedquery.ask.session import Distrusted
from fedquery.ask.shown import Before
from fedquery.ask.trust import Trusted
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.voice import Voice
from fedquery.desk.why_words import why_and_what_to_do
from fedquery.tlog.checkpoint import Checkpoint

_NEVER: Final = N_("Nothing of its log was accepted yet.")
_FALSE: Final = N_("What it showed is false. Keep the evidence, and speak to the party.")
_KEPT: Final = N_("This is what was accepted last. What it shows now is not used.")
_WAITS: Final = N_("A newer head waits for witnesses: %(size)s entries.")
_QUORUM: Final = N_("%(count)s of %(of)s witnesses; %(needed)s are needed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """A witness that has cosigned a head.

    Attributes:
        name: its name in the trust policy.
        at_ms: when, by its own clock.
    """

    name: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """The head of a nation's log.

    Attributes:
        nation: the name of the nation.
        origin: the name of the log; "" where none was accepted.
        size: how many entries it has.
        root: the root of its tree, in hexadecimal.
        quorum: how many witnesses have cosigned it, in words; "" where that is not known now.
        cosigned: which have, and when.
        missing: which others could have.
        remarks: what else there is to say.
        is_alarm: whether something that it showed is false.
    """

    nation: str
    origin: str = ""
    size: str = ""
    root: str = ""
    quorum: str = ""
    cosigned: tuple[Cosignature, ...] = ()
    missing: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    is_alarm: bool = False


def log_head(
    nation: str, state: Trusted | Distrusted | None, before: Before, voice: Voice
) -> LogHead:
    """Tell the head of a nation's log.

    Args:
        nation: its code.
        state: what its manifest is worth now; None where none was fetched.
        before: what it has shown before.
        voice: of the visitor.
    """
    remarks = []
    if before.waiting is not None:
        size = voice.number(before.waiting.checkpoint.size)
        remarks.append(voice.say(_WAITS, size=size))
    if isinstance(state, Trusted):
        return _trusted(nation, state, tuple(remarks), voice)
    is_alarm = state is not None and state.alarm
    if state is not None:
        why = (_FALSE,) if is_alarm else why_and_what_to_do(state.why)
        remarks = [*map(voice.say, why), *remarks]
    if before.accepted is None:
        return LogHead(
            nation=nation_name(nation, voice.say),
            remarks=(voice.say(_NEVER), *remarks),
            is_alarm=is_alarm,
        )
    origin, size, root = _head(before.accepted.checkpoint, voice)
    return LogHead(
        nation=nation_name(nation, voice.say),
        origin=origin,
        size=size,
        root=root,
        remarks=(voice.say(_KEPT), *remarks),
        is_alarm=is_alarm,
    )


def _trusted(nation: str, state: Trusted, remarks: tuple[str, ...], voice: Voice) -> LogHead:
    seen = state.cosigned
    origin, size, root = _head(seen.opened.checkpoint, voice)
    numbers = {"count": seen.count, "of": seen.of, "needed": seen.needed}
    return LogHead(
        nation=nation_name(nation, voice.say),
        origin=origin,
        size=size,
        root=root,
        quorum=voice.say(_QUORUM, **{name: voice.number(one) for name, one in numbers.items()}),
        cosigned=tuple(
            Cosignature(name=name, at_ms=at_s * 1_000)
            for name, at_s in sorted(seen.times_s.items())
        ),
        missing=tuple(sorted(seen.missing)),
        remarks=remarks,
    )


def _head(checkpoint: Checkpoint, voice: Voice) -> tuple[str, str, str]:
    return checkpoint.origin, voice.number(checkpoint.size), checkpoint.root.hex()
