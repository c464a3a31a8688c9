"""The process in which a policy file is tried: `python -m fedquery.policy.trial_child`.

It limits itself, reads one JSON object {nation, policy, schema, thorough} from standard input, and
writes {refused, complaints, policies, undecided} to standard output. If the file kills the parser,
it kills this process and nothing else.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import astuple
from typing import NamedTuple

from fedquery.encoding import canonical_json
from fedquery.encoding.base64 import b64decode
from fedquery.errors import EncodingError
from fedquery.policy import confined
from fedquery.policy.complaint import Complaint, PolicyError
from fedquery.policy.source import (
    MAX_BYTES,
    SCHEMA_FILE,
    check_source,
    policy_file,
    read_source,
    unsafe,
)

CPU_S = 10
# 200 complaints of at most 600 characters, each of at most six octets of JSON.
ANSWER_BYTES = 1 << 20
QUESTION_BYTES = 4 * MAX_BYTES
MAX_TEXT = 600


def main() -> int:
    """Try the file on standard input and return the exit code."""
    confined.limit(cpu_s=CPU_S, answer_bytes=ANSWER_BYTES)
    refused = ""
    complaints: Sequence[Complaint] = ()
    policies = 0
    undecided: Sequence[str] = ()
    try:
        question = canonical_json.load(
            sys.stdin.buffer.read(QUESTION_BYTES + 1), cap=QUESTION_BYTES, what="policy trial"
        )
        complaints, policies, undecided = _try(_fields(question))
    except PolicyError as error:
        # Only the schema is refused so: what is wrong with the policy file is told as complaints.
        refused = error.complaint.text[:MAX_TEXT]
    except EncodingError as error:
        refused = error.what[:MAX_TEXT]
    answer = {
        "refused": refused,
        "complaints": [_cut(one) for one in complaints],
        "policies": policies,
        "undecided": undecided,
    }
    sys.stdout.write(json.dumps(answer))
    return 0


class _Question(NamedTuple):
    nation: str
    policy: bytes
    schema: bytes
    thorough: bool


def _try(question: _Question) -> tuple[Sequence[Complaint], int, Sequence[str]]:
    # Only here, under the limits, is the engine loaded.
    from fedquery.policy.examine import MOST, examine  # noqa: PLC0415  the limits come first
    from fedquery.policy.try_out import try_out  # noqa: PLC0415  the limits come first

    schema = read_source(question.schema, SCHEMA_FILE)
    check_source(schema, generics=True)
    try:
        policy = read_source(question.policy, policy_file(question.nation))
    except PolicyError as error:
        return (error.complaint,), 0, ()
    found = list(unsafe(policy))
    if found:
        return sorted(found)[:MOST], 0, ()
    examined = examine(policy, schema, question.nation)
    if examined.complaints or not question.thorough:
        return examined.complaints, len(examined.policies), ()
    return try_out(policy, schema, examined)


def _fields(question: object) -> _Question:
    if not isinstance(question, dict):
        raise EncodingError("malformed policy trial")
    nation, policy, schema = (question.get(name) for name in ("nation", "policy", "schema"))
    if not (isinstance(nation, str) and isinstance(policy, str) and isinstance(schema, str)):
        raise EncodingError("malformed policy trial")
    return _Question(
        nation=nation,
        policy=b64decode(policy, cap=MAX_BYTES),
        schema=b64decode(schema, cap=MAX_BYTES),
        thorough=question.get("thorough") is True,
    )


def _cut(complaint: Complaint) -> tuple[int, int, str, str]:
    line, column, what, meant = astuple(complaint)
    return line, column, what[:MAX_TEXT], meant[:MAX_TEXT]


if __name__ == "__main__":
    sys.exit(main())
