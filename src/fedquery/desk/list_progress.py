"""How far a list is, nation by nation, with its rate and what time is left: pure.

A rate is told once there is something to divide; what was answered before this run makes it no
faster. Lines for the script of the page hold numbers and words alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask.screening.values import NationProgress, Progress
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.voice import Voice
from fedquery.desk.why_words import why_and_what_to_do
from fedquery.encoding import canonical_json

_SETTLED_MS: Final = 1_000  # before that a rate says nothing
_MINUTE_S: Final = 60
_RATE: Final = N_("%(rate)s a second")
_SECONDS: Final = N_("less than a minute left")
_MINUTES: Final = N_("about %(minutes)s min left")
_WAITS: Final = N_("it waits until %(moment)s")
_ALL: Final = N_("all answered")
ENDED: Final = N_("Nothing more comes.")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a list is asked in this run.

    Attributes:
        began_ms: since when; 0 where it is not being asked.
        before: how much was answered before it, by nation.
    """

    began_ms: int = 0
    before: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NationLine:
    """How far one nation is.

    Attributes:
        nation: its code.
        name: its name.
        answered: how much of the list is answered.
        of: how much there is to answer.
        share: the same in hundredths, 0 to 100.
        hits: how many were found.
        told: its rate and the time that is left, or what holds it up; "" where nobody knows.
    """

    nation: str
    name: str
    answered: str
    of: str
    share: int
    hits: str
    told: str


def lines_of(progress: Progress, pace: Pace, now_ms: int, voice: Voice) -> tuple[NationLine, ...]:
    """Say how far each nation is.

    Args:
        progress: the numbers.
        pace: of this run.
        now_ms: the time.
        voice: of the visitor.
    """
    return tuple(
        NationLine(
            nation=one.nation,
            name=nation_name(one.nation, voice.say),
            answered=voice.number(one.answered),
            of=voice.number(one.forms),
            share=share_of(one.answered, one.forms),
            hits=voice.number(one.hits),
            told=_told(one, pace, now_ms, voice),
        )
        for one in progress.nations
    )


def share_of(answered: int, forms: int) -> int:
    """Give a share in hundredths; a hundred only where nothing is left."""
    return 100 * answered // forms if forms else 0


def whole_share(progress: Progress) -> int:
    """Give the share of all nations together, in hundredths."""
    return share_of(
        sum(one.answered for one in progress.nations), sum(one.forms for one in progress.nations)
    )


def json_line(line: NationLine) -> bytes:
    """Write how far a nation is, for the script of the page."""
    document = {
        "type": "nation",
        "nation": line.nation,
        "answered": line.answered,
        "of": line.of,
        "share": line.share,
        "hits": line.hits,
        "told": line.told,
    }
    return canonical_json.dump(document) + b"\n"


def end_line(text: str) -> bytes:
    """Write the last line, with what the page says of it."""
    return canonical_json.dump({"type": "end", "text": text}) + b"\n"


def _told(one: NationProgress, pace: Pace, now_ms: int, voice: Voice) -> str:
    if one.why:
        return voice.say(why_and_what_to_do(one.why)[0])
    if one.forms and one.answered == one.forms:
        return voice.say(_ALL)
    if one.waiting_until_ms > now_ms:
        return voice.say(_WAITS, moment=voice.moment(one.waiting_until_ms))
    done, took_ms = one.answered - pace.before.get(one.nation, 0), now_ms - pace.began_ms
    if not pace.began_ms or done <= 0 or took_ms < _SETTLED_MS:
        return ""
    left_s = (one.forms - one.answered) * took_ms // (done * 1_000)
    if left_s < _MINUTE_S:
        left = voice.say(_SECONDS)
    else:
        left = voice.say(_MINUTES, minutes=voice.number(-(-left_s // _MINUTE_S)))
    rate = voice.say(_RATE, rate=voice.number(done * 1_000 // took_ms))
    return f"{rate}, {left}"
