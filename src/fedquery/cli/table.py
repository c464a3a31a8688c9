"""The result of a lookup for people: a table of words, and under it what they mean."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fedquery.ask.outcome import Lookup, Outcome
from fedquery.cli.reading import Asked
from fedquery.cli.wording import LEAD, STYLES, SYMBOLS, sentence

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
    for outcome in _told(lookup.outcomes):
        head = f"{outcome.nation} {outcome.dataset}".strip()
        named = name_of(outcome.place, asked, show=show)
        out.print(
            Text.assemble((f"{head}: ", "bold"), (outcome.word, STYLES[outcome.word]), f"  {named}")
        )
        out.print(Padding(Text(sentence(outcome, asker)), (0, 0, 0, 4), expand=False))
        if outcome.claim_id:
            out.print(
                Padding(
                    Text(f"fedquery claim {outcome.claim_id}", style="dim"),
                    (0, 0, 0, 4),
                    expand=False,
                )
            )
    if any(outcome.word == "hit" for outcome in lookup.outcomes):
        out.print()
        out.print(Text(LEAD, style="bold"))
    out.print(Text(f"lookup {lookup.lookup_id}; every answer has a receipt", style="dim"))


def name_of(place: int, asked: Sequence[Asked], *, show: bool) -> str:
    """Name an identifier: masked, unless it is to be shown."""
    if place >= len(asked):
        return f"identifier {place + 1}"
    identifier = asked[place].parsed.identifier
    return asked[place].text if show else f"{identifier.kind} {identifier.masked()}"


def _told(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Choose what is said in full: one line for what a nation says of all identifiers alike."""
    said: set[tuple[str, str, str, str]] = set()
    chosen = []
    for outcome in outcomes:
        alike = outcome.word not in {"hit", "no hit"}
        key = (outcome.nation, outcome.dataset, outcome.word, outcome.why)
        if alike and key in said:
            continue
        said.add(key)
        chosen.append(outcome)
    return chosen
