"""The result of a lookup for programs: docs/schemas/result.v1.json."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from fedquery.ask.outcome import Lookup
from fedquery.cli.reading import Asked
from fedquery.cli.wording import exit_of

SCHEMA: Final = "fedquery/result/v1"


def document(lookup: Lookup, asked: Sequence[Asked], *, show: bool) -> dict[str, object]:
    """Write the result of a lookup.

    Args:
        lookup: the lookup.
        asked: what was asked, by place; empty where that is not known any more.
        show: whether identifiers are written in full.
    """
    nations = lookup.nations()
    return {
        "schema": SCHEMA,
        "lookup_id": lookup.lookup_id,
        "asked_ms": lookup.asked_ms,
        "identifiers": [
            {
                "place": place,
                "line": one.line,
                "kind": one.parsed.identifier.kind,
                "masked": one.parsed.identifier.masked(),
                **({"text": one.text} if show else {}),
            }
            for place, one in enumerate(asked)
        ],
        "nations": [
            {"place": one.place, "nation": one.nation, "word": one.word} for one in nations
        ],
        "outcomes": [asdict(outcome) for outcome in lookup.outcomes],
        "exit_code": int(exit_of(nations, kept=lookup.kept)),
    }
