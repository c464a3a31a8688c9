"""How many texts a second each kind reads: `python -m bench.kinds`.

Valid identifiers of all six nations, as people spell them and in their canonical form, on one core;
the median of five rounds of processor time. No text stands twice, so that nothing is remembered.
"""

import json
import random
import statistics
import time
from collections.abc import Sequence
from itertools import islice

from bench import machine
from fedquery.identifiers import kinds, parse
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.numbering import PLANS
from fedquery.identifiers.samples import drawn, spelled

_OF_A_NATION = 1_500
_ROUNDS = 5
_SEED = 20261125

_Text = tuple[str, str]


def _texts(kind: str) -> tuple[list[_Text], list[_Text]]:
    choose = random.Random(_SEED).randrange  # noqa: S311 -- a fixture, no secret
    found: dict[str, tuple[str, Identifier]] = {}
    for nation in PLANS:
        for identifier in islice(drawn(kind, nation, choose), _OF_A_NATION):
            found.setdefault(identifier.canonical, (nation, identifier))
    written = [(spelled(one, choose), nation) for nation, one in found.values()]
    return written, [(one.canonical, nation) for nation, one in found.values()]


def _rate(kind: str, texts: Sequence[_Text]) -> int:
    taken = []
    for _ in range(_ROUNDS):
        started_s = time.process_time()
        for text, nation in texts:
            parse(kind, text, nation)
        taken.append(time.process_time() - started_s)
    return round(len(texts) / statistics.median(taken))


def main() -> None:
    """Measure all kinds and print what came of it."""
    found = {}
    for kind in kinds():
        written, canonical = _texts(kind)
        found[kind] = {"spelled": _rate(kind, written), "canonical": _rate(kind, canonical)}
    print(json.dumps({**machine.describe(), "texts_per_s": found}, indent=2))


if __name__ == "__main__":
    main()
