"""The comparison as one SVG picture: bars on logarithmic scales, written without a library."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

_COLOURS = {"fedquery": "#1b6ca8", "spu": "#d9822b", "openmined-psi": "#7a7f87"}
_WIDTH, _BAR, _GAP, _LEFT, _RIGHT, _HEAD = 760, 16, 10, 250, 90, 34
_FONT = "font-family='sans-serif' font-size='12'"

Bar = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure of all contenders.

    Attributes:
        title: what it is, and which way is better.
        unit: how a value is written.
        bars: label, contender and value.
    """

    title: str
    unit: Callable[[float], str]
    bars: list[Bar]


def svg(document: Mapping[str, Any]) -> str:
    """Draw the comparison.

    Args:
        document: the results, as they are written as JSON.
    """
    rows = document["rows"]
    longest = max((one["count"] for one in _asked(rows)), default=1)
    panels = [
        Panel(
            "Set-up, microseconds a row (logarithmic, less is better)",
            "{:,.1f}".format,
            _bars(rows, "setup_us_per_row"),
        ),
        Panel(
            "Set-up, us of processor a row (logarithmic, less is better)",
            "{:,.1f}".format,
            _bars(rows, "setup_cpu_us_per_row"),
        ),
        Panel("One identifier, ms (logarithmic, less is better)", "{:,.1f}".format, _latency(rows)),
        Panel(
            f"{longest:,} identifiers, a second (logarithmic, more is better)",
            "{:,.0f}".format,
            _rates(rows, longest),
        ),
        Panel(
            f"{longest:,} identifiers, us of processor each, all processes "
            "(logarithmic, less is better)",
            "{:,.0f}".format,
            _processor(rows, longest),
        ),
    ]
    drawn, top = [], 8
    for panel in panels:
        part, height = _draw(panel, top)
        drawn.append(part)
        top += height
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {top}' "
        f"width='{_WIDTH}' height='{top}' role='img'>\n"
        f"<title>fedquery beside its peers, {escape(str(document['machine']['date']))}</title>\n"
        f"<rect width='{_WIDTH}' height='{top}' fill='white'/>\n{''.join(drawn)}</svg>\n"
    )


def _found(rows: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for count, contenders in rows.items():
        for name, found in contenders.items():
            if "skipped" not in found:
                yield f"{int(count):,} rows, {name}", name, found


def _asked(rows: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for _label, _name, found in _found(rows):
        yield from found["asked"]


def _bars(rows: Mapping[str, Any], figure: str) -> list[Bar]:
    return [(label, name, found[figure]) for label, name, found in _found(rows)]


def _latency(rows: Mapping[str, Any]) -> list[Bar]:
    return [
        (label, name, one["wall_s"] * 1000)
        for label, name, found in _found(rows)
        for one in found["asked"]
        if one["count"] == 1
    ]


def _rates(rows: Mapping[str, Any], count: int) -> list[Bar]:
    return [
        (f"{label}, {one['way']}", name, one["per_s"])
        for label, name, found in _found(rows)
        for one in found["asked"]
        if one["count"] == count
    ]


def _processor(rows: Mapping[str, Any], count: int) -> list[Bar]:
    return [
        (f"{label}, {one['way']}", name, sum(one["cpu_us_each"].values()))
        for label, name, found in _found(rows)
        for one in found["asked"]
        if one["count"] == count
    ]


def _draw(panel: Panel, top: int) -> tuple[str, int]:
    """Draw a panel below `top`, and say how high it is."""
    lines = [
        f"<text x='8' y='{top + 16}' {_FONT} font-weight='bold'>{escape(panel.title)}</text>\n"
    ]
    values = [value for _label, _name, value in panel.bars if value > 0]
    # From a power of ten below the least, so that the shortest bar is seen too.
    low = 10 ** math.floor(math.log10(min(values, default=1)) - 0.3)
    span = math.log10(max(values, default=1) / low) or 1
    for place, (label, name, value) in enumerate(panel.bars):
        y = top + _HEAD + place * (_BAR + _GAP)
        length = (_WIDTH - _LEFT - _RIGHT) * math.log10(max(value, low) / low) / span
        text = f"y='{y + _BAR - 4}' {_FONT}"
        lines.append(
            f"<text x='{_LEFT - 8}' {text} text-anchor='end'>{escape(label)}</text>"
            f"<rect x='{_LEFT}' y='{y}' width='{length:.1f}' height='{_BAR}' "
            f"fill='{_COLOURS.get(name, '#444444')}'/>"
            f"<text x='{_LEFT + length + 6:.1f}' {text}>{escape(panel.unit(value))}</text>\n"
        )
    return "".join(lines), _HEAD + len(panel.bars) * (_BAR + _GAP) + 12
