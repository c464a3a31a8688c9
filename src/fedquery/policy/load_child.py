"""The process in which a policy file is tried first: `python -m fedquery.policy.load_child`.

It limits itself, reads one JSON object {nation, policy, schema} from standard input, and writes
{"file", "complaint", "line", "column"} to standard output; the complaint is empty where the file is
good. If the file kills the parser, it kills this process and nothing else.
"""

import json
import resource
import sys

from fedquery.encoding import canonical_json
from fedquery.encoding.base64 import b64decode
from fedquery.errors import EncodingError
from fedquery.policy.source import (
    MAX_BYTES,
    SCHEMA_FILE,
    PolicyError,
    policy_file,
    read_source,
)

CPU_S = 10
MEMORY_BYTES = 1 << 30
ANSWER_BYTES = 4096
QUESTION_BYTES = 4 * MAX_BYTES


def main() -> int:
    """Try the file on standard input and return the exit code."""
    _limit()
    # Only here, under the limits, is the engine loaded.
    from fedquery.policy.rules import compile_rules  # noqa: PLC0415  the limits come first

    try:
        question = canonical_json.load(
            sys.stdin.buffer.read(QUESTION_BYTES + 1), cap=QUESTION_BYTES, what="policy trial"
        )
        nation, policy, schema = _fields(question)
        compile_rules(
            read_source(policy, policy_file(nation)),
            read_source(schema, SCHEMA_FILE),
            nation,
        )
    except PolicyError as error:
        found = error
    except EncodingError as error:
        found = PolicyError("", error.what)
    else:
        found = PolicyError("", "")
    verdict = {
        "file": found.name,
        "complaint": found.complaint[: ANSWER_BYTES // 16],
        "line": found.line,
        "column": found.column,
    }
    sys.stdout.write(json.dumps(verdict))
    return 0


def _limit() -> None:
    # Under a limit on file sizes Python would leave cut-off bytecode for others to import.
    sys.dont_write_bytecode = True
    # No core file either: a crash must leave nothing behind.
    for limit, amount in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, ANSWER_BYTES),
    ):
        resource.setrlimit(limit, (amount, amount))


def _fields(question: object) -> tuple[str, bytes, bytes]:
    if not isinstance(question, dict):
        raise EncodingError("malformed policy trial")
    nation, policy, schema = (question.get(name) for name in ("nation", "policy", "schema"))
    if not (isinstance(nation, str) and isinstance(policy, str) and isinstance(schema, str)):
        raise EncodingError("malformed policy trial")
    return nation, b64decode(policy, cap=MAX_BYTES), b64decode(schema, cap=MAX_BYTES)


if __name__ == "__main__":
    sys.exit(main())
