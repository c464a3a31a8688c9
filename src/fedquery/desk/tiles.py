"""The picture of the nations: a tile for each, roughly where it lies, without borders or flags.

It says at a glance who has answered and how; the table beside it says it in full.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fedquery.desk.language import N_
from fedquery.desk.matrix import Matrix
from fedquery.desk.nation_names import nation_name
from fedquery.desk.outcome_words import WORDS, Shape, word_of
from fedquery.desk.voice import Voice

WIDTH: Final = 132
HEIGHT: Final = 60
GAP: Final = 8
COLUMNS: Final = 3
# Column and row of each of the six; others follow below, from the left.
_PLACES: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"CN": (1, 0), "MM": (0, 1), "LA": (1, 1), "VN": (2, 1), "TH": (0, 2), "KH": (1, 2)}
)
_ROWS: Final = 3
_ORDER: Final = tuple(WORDS)
ASKS: Final = N_("asks")


@dataclass(frozen=True, slots=True)
class Tile:
    """One nation of the picture.

    Attributes:
        nation: its code.
        name: its name.
        x: its left edge, in units of the picture.
        y: its upper edge.
        shape: what it has answered, at its most important; None where it is not asked.
        word: the same in a word.
        counts: how often it said what, as "2 hit, 3 no hit"; "" while it has said nothing.
    """

    nation: str
    name: str
    x: int
    y: int
    shape: Shape | None
    word: str
    counts: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """All tiles.

    Attributes:
        width: of the picture, in its units.
        height: of the picture.
        tiles: from the north on, which is also the order in which they are read out.
    """

    width: int
    height: int
    tiles: tuple[Tile, ...]


def picture(members: Sequence[str], own: str, found: Matrix | None, voice: Voice) -> Picture:
    """Draw the nations of a federation.

    Args:
        members: their codes.
        own: the nation that asks.
        found: what has come, or None before anything is asked.
        voice: of the visitor.
    """
    places = dict(_PLACES)
    others = sorted(set(members) - places.keys())
    for number, nation in enumerate(others):
        places[nation] = (number % COLUMNS, _ROWS + number // COLUMNS)
    ordered = sorted(members, key=lambda one: (places[one][1], places[one][0]))
    rows = max((places[nation][1] for nation in members), default=0) + 1
    return Picture(
        COLUMNS * (WIDTH + GAP) - GAP,
        rows * (HEIGHT + GAP) - GAP,
        tuple(_tile(nation, own, places[nation], found, voice) for nation in ordered),
    )


def _tile(
    nation: str, own: str, place: tuple[int, int], found: Matrix | None, voice: Voice
) -> Tile:
    column, row = place
    shapes = [cell.shape for cell in found.cells() if cell.nation == nation] if found else []
    shape = _most_important(shapes)
    word = voice.say(ASKS) if nation == own else word_of(shape, voice) if shape else ""
    return Tile(
        nation,
        nation_name(nation, voice.say),
        column * (WIDTH + GAP),
        row * (HEIGHT + GAP),
        shape,
        word,
        _counts(shapes, voice),
    )


def _most_important(shapes: Sequence[Shape]) -> Shape | None:
    """Choose a hit at once, else nothing before all of it is there, and then the worst."""
    if not shapes:
        return None
    first = min(shapes, key=_ORDER.index)
    return "waiting" if "waiting" in shapes and first not in {"hit", "possible"} else first


def _counts(shapes: Sequence[Shape], voice: Voice) -> str:
    came = [shape for shape in _ORDER if shape in shapes and shape != "waiting"]
    return ", ".join(f"{voice.number(shapes.count(one))} {word_of(one, voice)}" for one in came)
