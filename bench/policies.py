"""Deciding and checking policies, beside what bare Cedar does for each in the same run.

python -m bench.policies            as JSON
"""

import json
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cedarpy

from bench.machine import describe
from fedquery.policy.decide import decide_ask, decide_claim
from fedquery.policy.load import load_rules
from fedquery.policy.points import situation_at
from fedquery.policy.trial import try_file
from fedquery.policy.vocabulary import Level

_POLICIES = Path(__file__).parents[1] / "policies"
_NATIONS = ("CN", "KH", "LA", "MM", "TH", "VN")
_DECISIONS = 2_000
_CHECKS = 5
_RULES = 200


def main() -> int:
    """Measure; contenders alternate, medians are given."""
    results = {"machine": describe(), "decision": _decisions(), "check": _checks()}
    sys.stdout.write(json.dumps(results, indent=2) + "\n")
    return 0


def _decisions() -> dict[str, float]:
    schema = (_POLICIES / "schema.cedarschema").read_bytes()
    rules = load_rules((_POLICIES / "TH.cedar").read_bytes(), schema, "TH")
    question = situation_at({}, "TH", ("VN",), claim=False)
    claim = situation_at({}, "TH", ("VN",), claim=True)
    request = {
        "principal": f'Agency::"{question.asker.agency}"',
        "action": 'Action::"hit"',
        "resource": f'Dataset::"TH/{question.dataset.name}"',
        "context": question.cedar_context(),
    }
    text = (_POLICIES / "TH.cedar").read_text(encoding="utf-8")
    policies = cedarpy.PolicySet.from_str(text)
    vocabulary = cedarpy.Schema.from_str(schema.decode())
    entities = cedarpy.Entities.from_json_str(
        json.dumps([question.asker.entity(), question.dataset.entity()]), vocabulary
    )
    times = _alternate(
        {
            "question": lambda: decide_ask(rules, question),
            "claim": lambda: decide_claim(rules, claim, Level.SUMMARY),
            "bare is_authorized": lambda: cedarpy.is_authorized(
                request, policies, entities, vocabulary
            ),
        },
        _DECISIONS,
    )
    bare = times["bare is_authorized"]
    microseconds = {f"{name}_us": round(spent * 1e6, 1) for name, spent in times.items()}
    ratios = {f"{name}_over_bare": round(times[name] / bare, 2) for name in ("question", "claim")}
    return microseconds | ratios


def _checks() -> dict[str, float]:
    schema = (_POLICIES / "schema.cedarschema").read_text(encoding="utf-8")
    text = _many_rules()
    assert not try_file(text.encode(), schema.encode(), "TH", thorough=True).complaints  # noqa: S101  what is measured must be the whole work
    times = _alternate(
        {
            "check": lambda: try_file(text.encode(), schema.encode(), "TH", thorough=True),
            "bare validate_policies": lambda: cedarpy.validate_policies(text, schema),
        },
        _CHECKS,
    )
    return {
        "rules": _RULES,
        "octets": len(text.encode()),
        "check_s": round(times["check"], 3),
        "bare_validate_s": round(times["bare validate_policies"], 4),
        "check_over_bare": round(times["check"] / times["bare validate_policies"], 1),
    }


def _many_rules() -> str:
    """Repeat the rules of all six files as Thailand's, under new ids."""
    rules = []
    for nation in _NATIONS:
        text = (_POLICIES / f"{nation}.cedar").read_text(encoding="utf-8")
        owned = text.replace(f'resource in Nation::"{nation}"', 'resource in Nation::"TH"')
        rules += re.findall(r"@id.*?;\n", owned, re.DOTALL)
    repeated = (rules * (_RULES // len(rules) + 1))[:_RULES]
    return "\n".join(
        re.sub(r'@id\("[^"]*"\)', f'@id("TH-{number}")', rule)
        for number, rule in enumerate(repeated, 100)
    )


def _alternate(contenders: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            began = time.perf_counter()
            work()
            spent[name].append(time.perf_counter() - began)
    return {name: statistics.median(samples) for name, samples in spent.items()}


if __name__ == "__main__":
    sys.exit(main())
