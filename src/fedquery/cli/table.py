"""The result of a lookup for people: a table of words, and under it what they mean."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fedquery.ask.outcome import Lookup, Outcome
from fedquery.cli.reading import Asked
from fedquery.cli.wording import LEAD, STYLES, SYMBOLS, sentence, witness_lines

_WIDTH = 100


def console() -> Console:
    """Make the console: colours and width of the terminal, plain and 100 columns elsewhere."""
    made = Console(highlight=False, soft_wrap=False)
    return made if made.is_terminal else Console(highlight=False, width=_WIDTH, no_color=True)


def print_lookup(
    out: Console, lookup: Lookup, asked: Sequence[Asked], asker: str, *, show: bool
) -> None:
    """Print a lookup.

    Args:
        out: where to.
        lookup: the lookup.
        asked: what was asked, by place.
        asker: the asking nation.
        show: whether identifiers are written in full.
    """
    folded = lookup.nations()
    nations = sorted({one.nation for one in folded})
    words = {(one.place, one.nation): one.word for one in folded}
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for nation in nations:
        table.add_column(nation)
    for place in sorted({one.place for one in folded}):
        cells = []
        for nation in nations:
            word = words.get((place, nation))
            cell = f"{SYMBOLS[word]} {word}" if word else ""
            cells.append(Text(cell, style=STYLES[word] if word else ""))
        table.add_row(Text(name_of(place, asked, show=show)), *cells)
    out.print(table)
    out.print()
    for place in sorted({one.place for one in folded}):
        out.print(Text(name_of(place, asked, show=show), style="bold"))
        told = [one for one in lookup.outcomes if one.place == place and not _alike(one)]
        for outcome in told:
            _print_outcome(out, outcome, asker)
        if not told:
            out.print("  nobody said anything of it")
    _print_end(out, lookup, asker)


def _print_end(out: Console, lookup: Lookup, asker: str) -> None:
    general = _once([one for one in lookup.outcomes if _alike(one)])
    if general:
        out.print(Text("Not answered", style="bold"))
        for outcome in general:
            _print_outcome(out, outcome, asker)
    if any(outcome.word == "hit" for outcome in lookup.outcomes):
        out.print()
        out.print(Text(LEAD, style="bold"))
    for line in witness_lines(lookup.outcomes):
        out.print(Text(line))
    out.print(Text(f"lookup {lookup.lookup_id}; every answer has a receipt", style="dim"))


def name_of(place: int, asked: Sequence[Asked], *, show: bool) -> str:
    """Name an identifier: masked, unless it is to be shown."""
    if place >= len(asked):
        return f"identifier {place + 1}"
    identifier = asked[place].parsed.identifier
    return asked[place].text if show else f"{identifier.kind} {identifier.masked()}"


def _print_outcome(out: Console, outcome: Outcome, asker: str) -> None:
    head = f"{outcome.nation} {outcome.dataset or outcome.kind}"
    line = Text.assemble(
        f"  {head:<14}",
        (f"{SYMBOLS[outcome.word]} {outcome.word:<12}", STYLES[outcome.word]),
    )
    grid = Table.grid(padding=0)
    grid.add_column(width=line.cell_len, no_wrap=True)
    grid.add_column()
    grid.add_row(line, Text(sentence(outcome, asker)))
    # Whoever has shown something false is not to be asked again, for a record either.
    if outcome.claim_id and not outcome.alarm:
        grid.add_row("", Text(f"fedquery claim {outcome.claim_id}", style="dim"))
    if outcome.false_receipt:
        grid.add_row("", Text(f"what is false: receipt {outcome.false_receipt}", style="dim"))
    out.print(grid)


def _alike(outcome: Outcome) -> bool:
    """Tell whether a nation says this of every identifier of the kind alike."""
    return outcome.word not in {"hit", "no hit"}


def _once(outcomes: Sequence[Outcome]) -> list[Outcome]:
    found: dict[tuple[str, str, str, str], Outcome] = {}
    for outcome in outcomes:
        named = outcome.dataset or outcome.kind
        found.setdefault((outcome.nation, named, outcome.word, outcome.why), outcome)
    return list(found.values())
