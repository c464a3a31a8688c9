"""The difference of two policy files by effect, beside deciding as many situations one by one.

python -m bench.policy_difference    as JSON
"""

import json
import re
import sys
import time
from pathlib import Path

from bench.machine import describe
from fedquery.policy.changes import PlaneDifference
from fedquery.policy.difference import compare, decide_each
from fedquery.policy.load import load_rules
from fedquery.policy.rules import Rules
from fedquery.policy.source import read_source

_POLICIES = Path(__file__).parents[1] / "policies"
_NATIONS = ("CN", "KH", "LA", "MM", "TH", "VN")
_SITUATIONS = 7_776
# One line of each sort is changed: a number, a duration, a ceiling, an hour.
_CHANGES = ((">= 4", ">= 3"), ('"90d"', '"120d"'), ("> 5000", "> 6000"), ('"19h"', '"20h"'))


def main() -> int:
    """Measure the six files, and all their rules as one nation's."""
    results = {
        "machine": describe(),
        **{nation: _difference(nation, _text(nation)) for nation in _NATIONS},
        "all rules as one file": _difference("TH", _together()),
    }
    sys.stdout.write(json.dumps(results, indent=2) + "\n")
    return 0


def _difference(nation: str, text: str) -> dict[str, float]:
    schema = (_POLICIES / "schema.cedarschema").read_bytes()
    changed = text
    for old, new in _CHANGES:
        changed = changed.replace(old, new)
    files = [load_rules(one.encode(), schema, nation) for one in (text, changed)]
    began_s = time.perf_counter()
    planes = compare(*files, read_source(schema, "policy schema"))
    took_s = time.perf_counter() - began_s
    return {
        "situations": sum(one.situations for one in planes),
        "changes": sum(len(one.changes) for one in planes),
        "not_covered": sum(len(one.not_covered) for one in planes),
        "diff_s": round(took_s, 2),
        f"decide_{_SITUATIONS}_by_both_files_s": round(_one_by_one(planes, files), 2),
    }


def _one_by_one(planes: tuple[PlaneDifference, ...], files: list[Rules]) -> float:
    """Time what the difference would take if each situation were decided by both files."""
    (claims,) = [one.plane for one in planes if one.plane.name == "claim"]
    written = [
        claims.write({"context.used.elementsToday": number}) for number in range(_SITUATIONS)
    ]
    began_s = time.perf_counter()
    for rules in files:
        for _ in decide_each(rules, claims, written):
            pass
    return time.perf_counter() - began_s


def _text(nation: str) -> str:
    return (_POLICIES / f"{nation}.cedar").read_text(encoding="utf-8")


def _together() -> str:
    """Write the rules of all six files as Thailand's, under new ids."""
    whole = "".join(
        _text(nation).replace(f'resource in Nation::"{nation}"', 'resource in Nation::"TH"')
        for nation in _NATIONS
    )
    numbers = iter(range(100, 1000))
    return re.sub(r'@id\("[^"]*"\)', lambda _: f'@id("TH-{next(numbers)}")', whole)


if __name__ == "__main__":
    sys.exit(main())
