"""The lines by which a page follows its answers: cells and tiles as they come, then an end.

Each line is a JSON object with words in the visitor's language; the script of the page puts them in
as texts and class names, never as HTML. No identifier is in a line: the page has them.
"""

from typing import Final

from fedquery.desk.language import N_
from fedquery.desk.matrix import Cell
from fedquery.desk.tiles import Tile
from fedquery.desk.voice import Voice
from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json

MEDIA_TYPE: Final = "application/x-ndjson"
# The template of the page writes the same.
OLD: Final = N_("%(age)s old")


def cell_line(cell: Cell, voice: Voice) -> bytes:
    """Write a cell that has changed, for the voice of the visitor."""
    return _line(
        {
            "type": "cell",
            "place": cell.place,
            "nation": cell.nation,
            "shape": cell.shape,
            "word": cell.word,
            "age": voice.say(OLD, age=cell.age) if cell.age else "",
            "alarm": cell.is_alarm,
            # For whoever hears the page: the nation, and what it said.
            "text": f"{cell.name}: {cell.word}",
        }
    )


def tile_line(tile: Tile) -> bytes:
    """Write a tile that has changed."""
    return _line(
        {
            "type": "tile",
            "nation": tile.nation,
            "shape": tile.shape or "",
            "word": tile.word,
            "counts": tile.counts,
        }
    )


def end_line(text: str) -> bytes:
    """Write the last line.

    Args:
        text: what the page says of it, such as that all have answered.
    """
    return _line({"type": "end", "text": text})


def _line(document: dict[str, Json]) -> bytes:
    return canonical_json.dump(document) + b"\n"
