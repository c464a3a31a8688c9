"""Put a policy file in force: measure it, try it in a process of its own, then compile it here.

A policy file may come from another nation, so it is hostile input: the trial's crash, silence or
lateness is an error of the file and never of this process.
"""

import re
import subprocess
import sys
import tempfile

from fedquery.encoding import canonical_json
from fedquery.encoding.base64 import b64encode
from fedquery.errors import ConfigError, EncodingError
from fedquery.policy.load_child import ANSWER_BYTES
from fedquery.policy.rules import Rules, compile_rules
from fedquery.policy.source import (
    SCHEMA_FILE,
    PolicyError,
    check_source,
    policy_file,
    read_source,
)

TIMEOUT_S = 20.0

_NATION = re.compile(r"[A-Z]{2}")


def load_rules(
    policy_text: bytes, schema_text: bytes, nation: str, *, timeout_s: float = TIMEOUT_S
) -> Rules:
    """Load the policy file of a nation, or refuse it.

    Args:
        policy_text: the policy file, at most 200 kB. An empty file is valid and permits nothing.
        schema_text: the schema file that all nations share, at most 200 kB.
        nation: the nation that the file must speak for, as two capital letters.
        timeout_s: how many seconds the trial may take.

    Raises:
        PolicyError: if either file cannot be taken, with line and column where one is to blame.
    """
    if not _NATION.fullmatch(nation):
        raise ConfigError("a nation is two capital letters")
    policy = read_source(policy_text, policy_file(nation))
    schema = read_source(schema_text, SCHEMA_FILE)
    check_source(policy)
    check_source(schema, generics=True)
    _try_in_child(policy_text, schema_text, nation, timeout_s)
    return compile_rules(policy, schema, nation)


def _try_in_child(policy_text: bytes, schema_text: bytes, nation: str, timeout_s: float) -> None:
    question = canonical_json.dump(
        {"nation": nation, "policy": b64encode(policy_text), "schema": b64encode(schema_text)}
    )
    # The answer goes to a file, which RLIMIT_FSIZE caps; a pipe would have no cap of its own.
    with tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-m", "fedquery.policy.load_child"],
                input=question,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PolicyError(policy_file(nation), "takes too long to read") from None
        answer.seek(0)
        octets = answer.read(ANSWER_BYTES + 1)
    if done.returncode < 0:
        raise PolicyError(policy_file(nation), "crashes the policy engine")
    if done.returncode > 0:
        raise _untried(nation)
    _require_good(octets, nation)


def _require_good(octets: bytes, nation: str) -> None:
    try:
        verdict = canonical_json.load(octets, cap=ANSWER_BYTES, what="verdict", canonical=False)
    except EncodingError:
        raise _untried(nation) from None
    match verdict:
        case {"complaint": ""}:
            return
        case {"file": str(name), "complaint": str(what), "line": int(line), "column": int(column)}:
            raise PolicyError(name, what, line, column)
        case _:
            raise _untried(nation)


def _untried(nation: str) -> PolicyError:
    return PolicyError(policy_file(nation), "could not be tried")
