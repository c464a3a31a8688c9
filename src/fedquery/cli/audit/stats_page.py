"""The page of `fedquery audit stats`: one file, no script, nothing fetched, made to be printed."""

from collections.abc import Sequence
from importlib.resources import files

from fedquery.cli.audit import stats_words as words
from fedquery.cli.audit.stats_view import Grid, Line, Part, View
from fedquery.cli.policy import page


def stats_page(views: Sequence[View], *, joint: bool = False) -> str:
    """Write the page.

    Args:
        views: the figures of each log, or their sum.
        joint: whether they are a sum.
    """
    months = ", ".join(dict.fromkeys(view.month for view in views))
    title = f"{words.TITLE_JOINT if joint else words.TITLE}, {months}"
    body = [_legend(joint=joint), *(_view(view) for view in views)]
    style = files("fedquery.cli.audit").joinpath("stats.css").read_text(encoding="utf-8")
    lede = words.LEDE_JOINT if joint else words.LEDE
    return page.page(title, lede, page.join(body), kicker="fedquery audit", style=style)


def _view(view: View) -> page.Html:
    parts = [page.element("h2", page.text(view.heading)), _behind(view)]
    if view.missing:
        missing = f"{words.MISSING}: {', '.join(view.missing)}."
        parts.append(page.element("p", page.text(missing), class_="warning"))
    if view.facts:
        parts.append(page.facts(view.facts))
    return page.element("section", *parts, *map(_part, view.parts), class_="log")


def _behind(view: View) -> page.Html:
    """Name the log behind every figure of this part of the page."""
    rows = [
        page.element(
            "tr",
            page.element("th", page.text(party), scope="row"),
            page.element("td", page.text(log.origin), class_="name"),
            page.element("td", page.text(f"{log.size:,}"), class_="number"),
            page.element("td", page.text(log.root), class_="digest"),
        )
        for party, log in view.logs
    ]
    heads = [
        page.element("th", page.text(word), scope="col", class_=kind)
        for word, kind in (
            (words.PARTY, ""),
            (words.LOG, ""),
            (words.ENTRIES, "number"),
            (words.ROOT, ""),
        )
    ]
    return _scrolled(
        words.BEHIND,
        page.element("caption", page.text(words.BEHIND)),
        page.element("thead", page.element("tr", *heads)),
        page.element("tbody", *rows),
        class_="behind",
    )


def _part(part: Part) -> page.Html:
    head = page.element(
        "h3",
        page.text(part.title),
        page.element("span", page.text(part.total), class_="total"),
    )
    told = [page.element("p", page.text(text), class_="note") for text in (part.about, part.note)]
    small = [grid for grid in part.grids if len(grid.heads) == 1]
    wide = [grid for grid in part.grids if len(grid.heads) > 1]
    grids = [page.element("div", *map(_grid, small), class_="small")] if small else []
    return page.element(
        "section",
        head,
        *(one for one, text in zip(told, (part.about, part.note), strict=True) if text),
        *grids,
        *map(_grid, wide),
        class_="part",
    )


def _grid(grid: Grid) -> page.Html:
    note = [page.element("p", page.text(grid.note), class_="note")] if grid.note else []
    if not grid.lines:
        head = page.element("p", page.text(grid.caption), class_="caption")
        return page.element("div", head, *note, class_="grid")
    heads = [page.element("td")]
    heads += [
        page.element("th", page.text(head), scope="col", class_="number") for head in grid.heads
    ]
    table = _scrolled(
        grid.caption,
        page.element("caption", page.text(grid.caption)),
        page.element("thead", page.element("tr", *heads)),
        page.element("tbody", *map(_line, grid.lines)),
        class_="figures",
    )
    return page.element("div", table, *note, class_="grid")


def _line(line: Line) -> page.Html:
    cells = [
        page.element("td", page.text(value), class_="number" if exact else "number hidden")
        for value, exact in zip(line.values, line.exact, strict=True)
    ]
    head = page.element("th", page.text(line.label), scope="row")
    kind = "part-of" if line.depth else "sum" if line.label == words.TOTAL else ""
    return page.element("tr", head, *cells, class_=kind)


def _scrolled(name: str, *inside: page.Html, class_: str) -> page.Html:
    """Write a table that scrolls by itself where it is wider than the screen, also by keys."""
    table = page.element("table", *inside, class_=class_)
    return page.element(
        "div", table, class_="scrolled", role="region", aria_label=name, tabindex="0"
    )


def _legend(*, joint: bool) -> page.Html:
    rows = [
        page.element(
            "div", page.element("dt", page.text(sign)), page.element("dd", page.text(meaning))
        )
        for sign, meaning in (words.RANGES if joint else words.SIGNS)
    ]
    return page.element(
        "section",
        page.element("dl", *rows, class_="signs"),
        page.element("p", page.text(words.UTC), class_="note"),
        class_="legend-of-signs",
        aria_label=words.LEGEND,
    )
