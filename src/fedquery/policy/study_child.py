"""The process in which policy files are studied: `python -m fedquery.policy.study_child`.

It limits itself, reads one JSON object from standard input, and writes what `fedquery.policy.study`
reads. If a file kills the parser, it kills this process and nothing else.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any, Final

from fedquery.encoding import canonical_json
from fedquery.encoding.base64 import b64decode
from fedquery.policy import confined
from fedquery.policy.asked import Usual
from fedquery.policy.complaint import Complaint, PolicyError
from fedquery.policy.source import (
    MAX_BYTES,
    SCHEMA_FILE,
    Source,
    check_source,
    policy_file,
    read_source,
    unsafe,
)

CPU_S: Final = 25
ANSWER_BYTES: Final = 8 << 20
QUESTION_BYTES: Final = 6 * MAX_BYTES
MOST_CHANGES: Final = 500
_LONGEST: Final = 600
# The most harmful first.
_KINDS: Final = ("widened", "narrowed", "reason")


def main() -> int:
    """Study the files on standard input and return the exit code."""
    confined.limit(cpu_s=CPU_S, answer_bytes=ANSWER_BYTES)
    answer: dict[str, Any] = {"refused": "", "complaints": [], "files": [], "difference": None}
    answer["left_out"] = 0
    try:
        question = canonical_json.load(
            sys.stdin.buffer.read(QUESTION_BYTES + 1), cap=QUESTION_BYTES, what="policy study"
        )
        answer |= _study(question)
    except PolicyError as error:
        # Only the schema is refused so: what is wrong with a policy file is told as complaints.
        answer["refused"] = error.complaint.text[:_LONGEST]
    sys.stdout.write(json.dumps(answer))
    return 0


def _study(question: Any) -> dict[str, Any]:  # noqa: ANN401  JSON of our own process
    nation = question["nation"]
    schema = read_source(b64decode(question["schema"], cap=MAX_BYTES), SCHEMA_FILE)
    check_source(schema, generics=True)
    files = [b64decode(one, cap=MAX_BYTES) for one in question["files"]]
    sources, complaints = _read(files, schema, nation)
    if complaints:
        return {"complaints": complaints}
    return _told(sources, schema, nation, question)


def _read(
    files: Sequence[bytes], schema: Source, nation: str
) -> tuple[list[Source], list[tuple[object, ...]]]:
    """Read the files, and list what is wrong with each."""
    # Only here, under the limits, is the engine loaded.
    from fedquery.policy.examine import MOST, examine  # noqa: PLC0415  the limits come first

    sources: list[Source] = []
    complaints: list[tuple[object, ...]] = []
    for number, octets in enumerate(files):
        try:
            source = read_source(octets, policy_file(nation))
        except PolicyError as error:
            complaints.append(_written(number, error.complaint))
            continue
        found = sorted(unsafe(source))[:MOST] or examine(source, schema, nation).complaints
        complaints += [_written(number, one) for one in found]
        sources.append(source)
    return sources, complaints


def _told(
    sources: Sequence[Source],
    schema: Source,
    nation: str,
    question: Any,  # noqa: ANN401  JSON of our own process
) -> dict[str, Any]:
    from fedquery.policy.compared import (  # noqa: PLC0415  the limits come first
        compare_files,
        difference_document,
    )
    from fedquery.policy.matrix import make_matrix  # noqa: PLC0415  the limits come first
    from fedquery.policy.matrix_document import matrix_document  # noqa: PLC0415  likewise
    from fedquery.policy.rules import compile_rules  # noqa: PLC0415  the limits come first

    rules = [compile_rules(source, schema, nation) for source in sources]
    asked = Usual.from_json(question["usual"]).asked(question["now_ms"])
    told: list[dict[str, Any]] = []
    for one in rules:
        cells = make_matrix([one], asked.datasets, asked.purposes, asked.situation)
        named = {
            name: {"title": rule.title, "law": rule.law} for name, rule in one.policies.items()
        }
        told.append({"matrix": matrix_document(asked, [one], cells), "rules": named})
    if len(rules) == 1:
        return {"files": told}
    document = difference_document([compare_files(rules[0], rules[1], schema)])
    changes = document["nations"][0]["changes"]
    left_out = max(0, len(changes) - MOST_CHANGES)
    if left_out:
        # Rules that have other names alone change hundreds of reasons: what widens is never left
        # out for what changes nothing.
        changes.sort(key=lambda one: _KINDS.index(one["kind"]))
    del changes[MOST_CHANGES:]
    return {"files": told, "difference": document, "left_out": left_out}


def _written(number: int, complaint: Complaint) -> tuple[object, ...]:
    line, column, what, meant = astuple(complaint)
    return number, line, column, what[:_LONGEST], meant[:_LONGEST]


if __name__ == "__main__":
    sys.exit(main())
