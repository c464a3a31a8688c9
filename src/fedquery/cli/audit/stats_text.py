"""Statistics for the terminal: one table under the other."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fedquery.cli.audit import stats_words as words
from fedquery.cli.audit.stats_view import Grid, Part, View


def print_view(out: Console, view: View) -> None:
    """Print statistics.

    Args:
        out: where to.
        view: the statistics.
    """
    out.print(Text(f"{view.heading}, {view.month}", style="bold"))
    for party, log in view.logs:
        out.print(Text(f"  {party}: {log.origin}, {log.size:,} entries"))
        out.print(Text(f"  root {log.root}", style="dim"))
    if view.missing:
        out.print(Text(f"  {words.MISSING}: {', '.join(view.missing)}", style="bold yellow"))
    for name, text in view.facts:
        out.print(Text(f"  {name} {text}"))
    for part in view.parts:
        out.print()
        _print_part(out, part)


def print_signs(out: Console, *, joint: bool) -> None:
    """Print what signs mean."""
    out.print()
    for sign, meaning in words.RANGES if joint else words.SIGNS:
        out.print(Text(f"{sign}: {meaning}", style="dim"))


def _print_part(out: Console, part: Part) -> None:
    out.print(Text(f"{part.title}: {part.total}", style="bold"))
    if part.note:
        out.print(Text(f"  {part.note}"))
    for grid in part.grids:
        out.print(Padding(Text(grid.caption, style="underline"), (0, 0, 0, 2), expand=False))
        if grid.lines:
            out.print(Padding(_table(grid), (0, 0, 0, 4), expand=False))
        if grid.note:
            out.print(Padding(Text(grid.note, style="dim"), (0, 0, 0, 4), expand=False))


def _table(grid: Grid) -> Table:
    table = Table(box=None, pad_edge=False, show_header=len(grid.heads) > 1, header_style="dim")
    table.add_column("")
    for head in grid.heads:
        table.add_column(head, justify="right")
    for line in grid.lines:
        label = Text(f"{'  ' * line.depth}{line.label}")
        table.add_row(label, *(Text(value) for value in line.values))
    return table
