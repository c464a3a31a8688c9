"""Who may learn what, as a document for programs and as a table for spreadsheets."""

from collections.abc import Iterator, Sequence
from typing import Final

from fedquery.encoding.canonical_json import Json
from fedquery.policy.asked import Asked
from fedquery.policy.matrix import Cell, Disclosed
from fedquery.policy.rules import Rules

SCHEMA: Final = "fedquery/policy-try/v1"
HEADER: Final = ("nation", "dataset", "kind", "sensitive", "purpose", "level", "by", "reasons")
NO_RULE: Final = "no rule"


def by(disclosed: Disclosed) -> str:
    """Name the rules that grant a level and those that keep it from being more."""
    return by_names(disclosed.granting, disclosed.stopping)


def by_names(granting: Sequence[str], stopping: Sequence[str]) -> str:
    """Name the rules that grant a level and those that keep it from being more."""
    granted, stopped = ", ".join(granting), ", ".join(stopping)
    if not granted:
        return stopped or NO_RULE
    return f"{granted}; stopped by {stopped}" if stopped else granted


def matrix_document(asked: Asked, rules: Sequence[Rules], cells: Sequence[Cell]) -> dict[str, Json]:
    """Write the document.

    Args:
        asked: the situation.
        rules: the files.
        cells: what comes of it.
    """
    return {
        "schema": SCHEMA,
        "situation": dict(asked.facts()),
        "files": {
            one.nation: {"policy": one.digest.hex(), "schema": one.schema_digest.hex()}
            for one in rules
        },
        "cells": [_cell(cell) for cell in cells],
    }


def matrix_rows(cells: Sequence[Cell]) -> Iterator[tuple[str, ...]]:
    """Give the rows of the table, without its heads; cells are not yet safe for a spreadsheet."""
    for cell in cells:
        dataset, disclosed = cell.dataset, cell.disclosed
        yield (
            cell.nation,
            dataset.name,
            dataset.kind,
            str(dataset.sensitive),
            cell.purpose,
            disclosed.level,
            by(disclosed),
            "; ".join(disclosed.reasons),
        )


def _cell(cell: Cell) -> Json:
    dataset, disclosed = cell.dataset, cell.disclosed
    return {
        "nation": cell.nation,
        "dataset": {
            "nation": dataset.nation,
            "name": dataset.name,
            "kind": dataset.kind,
            "sensitive": dataset.sensitive,
        },
        "purpose": cell.purpose,
        "disclosed": {
            "level": disclosed.level,
            "granting": [*disclosed.granting],
            "stopping": [*disclosed.stopping],
            "reasons": [*disclosed.reasons],
        },
    }
