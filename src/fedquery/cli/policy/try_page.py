"""The page of `fedquery policy try`, and the words that it shares with the terminal."""

import itertools
from collections.abc import Sequence
from typing import Final

from fedquery.cli.policy import page
from fedquery.policy.asked import Asked
from fedquery.policy.matrix import Cell
from fedquery.policy.matrix_document import by
from fedquery.policy.rules import Rules

MEANINGS: Final = {
    "nothing": "not even whether there is a record",
    "hit": "whether there is a record",
    "reference": "also the holder's file reference and contact",
    "summary": "also what the holder says of the record",
}


def rows_of(cells: Sequence[Cell]) -> list[tuple[tuple[str, str], list[Cell]]]:
    """Put the cells of one dataset into one row, under nation and name."""
    grouped = itertools.groupby(cells, key=lambda cell: (cell.nation, cell.dataset.name))
    return [(place, list(row)) for place, row in grouped]


def try_page(asked: Asked, rules: Sequence[Rules], cells: Sequence[Cell]) -> str:
    """Write the page.

    Args:
        asked: the situation.
        rules: the files.
        cells: what comes of it.
    """
    who = f"{asked.situation.asker.agency} ({asked.situation.asker.sort})"
    body = [
        page.facts(asked.facts()),
        page.legend(MEANINGS),
        _table(asked, cells),
        page.element("h2", page.text("Rules that decided")),
        _rulebook(rules, cells),
        page.element("h2", page.text("Policy files")),
        _files(rules),
    ]
    lede = (
        f"What {who} comes to learn in the situation below, for each nation, dataset and purpose. "
        "A reference or a summary is claimed after a hit."
    )
    return page.page("Who may learn what", lede, page.join(body))


def _table(asked: Asked, cells: Sequence[Cell]) -> page.Html:
    heads = [page.element("th", page.text(word), scope="col") for word in ("", "Dataset")]
    heads += [
        page.element("th", page.text(one.capitalize()), scope="col") for one in asked.purposes
    ]
    bodies = []
    for nation, rows in itertools.groupby(rows_of(cells), key=lambda row: row[0][0]):
        listed = list(rows)
        written = []
        for number, ((_, name), row) in enumerate(listed):
            dataset = row[0].dataset
            kind = f"{dataset.kind}{', sensitive' if dataset.sensitive else ''}"
            label = page.element(
                "th", page.text(name), page.element("small", page.text(kind)), scope="row"
            )
            first = page.element(
                "th", page.text(nation), class_="nation", scope="rowgroup", rowspan=f"{len(listed)}"
            )
            parts = [*([first] if number == 0 else []), label, *map(_cell, row)]
            written.append(page.element("tr", *parts))
        bodies.append(page.element("tbody", *written))
    head = page.element("thead", page.element("tr", *heads))
    return page.element("table", head, *bodies, class_="matrix")


def _cell(cell: Cell) -> page.Html:
    return page.element(
        "td",
        page.level(cell.disclosed.level),
        page.element("small", page.text(by(cell.disclosed)), class_="rules"),
        class_=f"cell-{cell.disclosed.level}",
        data_purpose=cell.purpose.capitalize(),
    )


def _rulebook(rules: Sequence[Rules], cells: Sequence[Cell]) -> page.Html:
    used = {
        policy_id
        for cell in cells
        for policy_id in (*cell.disclosed.granting, *cell.disclosed.stopping)
    }
    rows = [
        page.element(
            "tr",
            page.element("td", page.element("code", page.text(rule.policy_id))),
            page.element("td", page.text(rule.title)),
            page.element("td", page.text(rule.law)),
        )
        for one in rules
        for rule in one.policies.values()
        if rule.policy_id in used
    ]
    heads = [page.element("th", page.text(word), scope="col") for word in ("Rule", "Title", "Law")]
    return page.element(
        "table",
        page.element("thead", page.element("tr", *heads)),
        page.element("tbody", *rows),
        class_="rulebook",
    )


def _files(rules: Sequence[Rules]) -> page.Html:
    return page.facts(
        [
            *((f"{one.nation}, SHA-256", one.digest.hex()) for one in rules),
            ("Schema, SHA-256", rules[0].schema_digest.hex()),
        ],
        class_="facts digests",
    )
