"""What a person is told of a list: what could not be read, what it costs, what came of it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fedquery.ask.allowance import Exceeded, Window
from fedquery.ask.lists.lines import Lines
from fedquery.ask.lists.report import Entry
from fedquery.ask.outcome import RULES_DIFFER, WORDS
from fedquery.ask.screening.values import Cost, NationCost
from fedquery.ask.why import in_words
from fedquery.cli.screening.tally import HITS_SHOWN, Tally
from fedquery.cli.wording import LEAD, OTHER_FORMS, STYLES, SYMBOLS, sentence

LINES_NAMED = 20
_UNITS = ("B", "kB", "MB", "GB", "TB")


def unread_lines(lines: Lines) -> Iterator[str]:
    """Name what could not be read, and what is to be looked at; never by what stands there."""
    for reason, numbers in sorted(lines.unread.items(), key=lambda one: -len(one[1])):
        named = ", ".join(map(str, islice(numbers, LINES_NAMED)))
        more = " ..." if len(numbers) > LINES_NAMED else ""
        yield f"not read: {_counted(len(numbers), 'line')}: {reason} (line {named}{more})"
    for note, count in sorted(lines.notes.items()):
        yield f"note: {_counted(count, 'line')}: {note}"


def print_cost(out: Console, cost: Cost) -> None:
    """Print what a screening costs of each quota, before it is asked."""
    out.print(f"{cost.identifiers:,} identifiers, {cost.distinct:,} different ones")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for name in ("elements", "questions", "octets", "bits told"):
        table.add_column(name, justify="right")
    for one in cost.nations:
        if not one.why:
            questions = sum(count for each in one.datasets for _, count in each.classes)
            numbers = (f"{one.elements:,}", f"{questions:,}", size(one.octets))
            table.add_row(one.nation, *numbers, f"{one.bits_told:,}")
    out.print(table)
    for one in cost.nations:
        for line in _remarks(one):
            out.print(Text(line))


def exceeded_lines(cost: Cost) -> Iterator[str]:
    """Say under which ceilings a list does not fit, and when they renew."""
    for nation in cost.exceeding:
        for one in nation.exceeded:
            yield (
                f"{nation.nation}: {one.needs:,} elements are needed, and {one.left:,} of the"
                f" {one.window} are left{_renewed(one)}"
            )


def cost_document(cost: Cost) -> list[dict[str, object]]:
    """Write what a screening costs for programs."""
    return [
        {
            "nation": one.nation,
            "why": one.why,
            "elements": one.elements,
            "octets": one.octets,
            "bits_told": one.bits_told,
            "kept": _kept(one),
            "exceeded": [
                {
                    "window": each.window,
                    "needs": each.needs,
                    "left": each.left,
                    "renews_ms": each.renews_ms,
                }
                for each in one.exceeded
            ],
        }
        for one in cost.nations
    ]


def answered_before(cost: Cost) -> dict[str, int]:
    """Count what is answered already, by nation."""
    return {one.nation: _kept(one) for one in cost.nations}


def print_tally(out: Console, tally: Tally, asker: str, *, show: bool) -> None:
    """Print what a screening came to.

    Args:
        out: where to.
        tally: the counts.
        asker: the asking nation.
        show: whether identifiers are written in full.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    used = [word for word in WORDS if any(counts[word] for counts in tally.words.values())]
    for word in used:
        table.add_column(Text(f"{SYMBOLS[word]} {word}", style=STYLES[word]), justify="right")
    for nation, counts in sorted(tally.words.items()):
        table.add_row(nation, *(f"{counts[word]:,}" for word in used))
    out.print(table)
    if tally.hits:
        out.print()
        out.print(Text(LEAD, style="bold"))
    for entry in tally.hits:
        for line in _hit_lines(entry, show=show):
            out.print(Text(line))
    if tally.hit_lines > HITS_SHOWN:
        out.print(f"  and {tally.hit_lines - HITS_SHOWN:,} lines more with hits: see the report")
    if tally.reasons:
        out.print()
    for outcome, count in tally.reasons.values():
        where = f"{outcome.nation} {outcome.dataset or outcome.kind}"
        out.print(
            Text.assemble(
                f"  {where}: ",
                (f"{outcome.word} ", STYLES[outcome.word]),
                f"{_counted(count, 'line')}: {sentence(outcome, asker)}",
            )
        )


def size(octets: int) -> str:
    """Write a number of octets as people read it."""
    value, unit = float(octets), 0
    while value >= 1000 and unit < len(_UNITS) - 1:  # noqa: PLR2004 -- decimal units
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{octets} B"


def _hit_lines(entry: Entry, *, show: bool) -> Iterable[str]:
    identifier = entry.identifier
    if identifier is None:
        return
    text = identifier.canonical if show else identifier.masked()
    yield f"  line {entry.line:,}: {identifier.kind} {text}"
    for one in entry.outcomes:
        if one.word == "hit":
            possible = " (possible)" if one.weak else ""
            # Whoever has shown something false is not asked again, for a record either.
            do = "do not ask again, see below" if one.alarm else f"fedquery claim {one.claim_id}"
            yield f"    {one.nation} {one.dataset}{possible}: {do}"
            if one.why == RULES_DIFFER:
                yield f"      {OTHER_FORMS}"


def _remarks(one: NationCost) -> Iterator[str]:
    if one.why:
        what, do = in_words(one.why)
        yield f"{one.nation} is not asked: {what}. {do}"
        return
    if one.allowance is None:
        yield f"{one.nation} has not said yet what is left; it says so with its first answer"
    else:
        left = [
            f"{each.left:,} of the {each.name}{_renews(each)}" for each in one.allowance.windows
        ]
        granted = one.allowance.granted
        yield f"{one.nation} has left: {', '.join(left)}" + (
            f", and {granted:,} of grants" if granted else ""
        )
    if _kept(one):
        yield f"{one.nation}: {_kept(one):,} are answered already, and are not asked again"


def _renews(window: Window) -> str:
    return f" (renews {_time(window.renews_ms)})" if window.renews_ms is not None else ""


def _kept(cost: NationCost) -> int:
    return sum(one.kept for one in cost.datasets)


def _renewed(one: Exceeded) -> str:
    if one.renews_ms is None:
        return ""
    return f"; it renews at {_time(one.renews_ms)}"


def _time(time_ms: int) -> str:
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
