"""What came of policy files as files: as the commands print it, and as tables for spreadsheets."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from fedquery.policy.matrix_document import HEADER, by_names
from fedquery.policy.study import Studied
from fedquery.tabular.formulas import defused

_CHANGES: Final = (
    "kind",
    "asked",
    "before",
    "after",
    "sentence",
    "if",
    "rules before",
    "rules now",
)


def _matrix_json(studied: Studied) -> bytes:
    return _json(list(studied.matrices))


def _matrix_csv(studied: Studied) -> bytes:
    return _csv(_levels(studied))


def _difference_json(studied: Studied) -> bytes | None:
    if studied.difference is None:
        return None
    return _json({**studied.difference, "left_out": studied.left_out})


def _difference_csv(studied: Studied) -> bytes | None:
    return None if studied.difference is None else _csv(_changes(studied.difference))


FILES: Final[Mapping[str, Callable[[Studied], bytes | None]]] = MappingProxyType(
    {
        "levels.json": _matrix_json,
        "levels.csv": _matrix_csv,
        "difference.json": _difference_json,
        "difference.csv": _difference_csv,
    }
)
"""What each file is made by; None where there is no such thing."""


def _levels(studied: Studied) -> Iterator[Sequence[str]]:
    yield ("file", *HEADER)
    for matrix in studied.matrices:
        (file,) = matrix["files"].values()
        for cell in matrix["cells"]:
            dataset, disclosed = cell["dataset"], cell["disclosed"]
            yield (
                file["policy"],
                cell["nation"],
                dataset["name"],
                dataset["kind"],
                str(dataset["sensitive"]),
                cell["purpose"],
                disclosed["level"],
                by_names(disclosed["granting"], disclosed["stopping"]),
                "; ".join(disclosed["reasons"]),
            )


def _changes(difference: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    yield _CHANGES
    for nation in difference["nations"]:
        for one in nation["changes"]:
            yield (
                one["kind"],
                one["asked"],
                one["before"],
                one["after"],
                one["sentence"],
                "; ".join(one["where"]),
                ", ".join(one["rules_before"]),
                ", ".join(one["rules_after"]),
            )


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(defused, rows))
    # With its mark Excel reads it as UTF-8.
    return text.getvalue().encode("utf-8-sig")
