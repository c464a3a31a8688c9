"""Try a policy file in a process of its own.

A policy file may come from another nation, so it is hostile input: the trial's crash, silence or
lateness is an error of the file and never of this process.
"""

from dataclasses import dataclass
from typing import Any

from fedquery.encoding import canonical_json
from fedquery.encoding.base64 import b64encode
from fedquery.errors import EncodingError
from fedquery.policy import confined
from fedquery.policy.complaint import Complaint, PolicyError
from fedquery.policy.source import MAX_BYTES, SCHEMA_FILE, policy_file
from fedquery.policy.trial_child import ANSWER_BYTES

TIMEOUT_S = 20.0
_PROGRAM = ("-m", "fedquery.policy.trial_child")


@dataclass(frozen=True, slots=True)
class Tried:
    """What the trial of a policy file found.

    Attributes:
        complaints: all that is wrong, in the order of the file.
        policies: how many policies were looked at.
        undecided: ids of policies for which the search for a situation was given up.
    """

    complaints: tuple[Complaint, ...]
    policies: int = 0
    undecided: tuple[str, ...] = ()


def try_file(
    policy_text: bytes,
    schema_text: bytes,
    nation: str,
    *,
    thorough: bool,
    timeout_s: float = TIMEOUT_S,
) -> Tried:
    """Examine a policy file where it can do no harm.

    Args:
        policy_text: the policy file.
        schema_text: the schema file.
        nation: the nation that the file must speak for.
        thorough: whether it is also tried out: that each policy can apply and rungs are monotone.
        timeout_s: how many seconds the trial may take.

    Raises:
        PolicyError: if the schema cannot be taken, or the file kills the trial or outlasts it.
    """
    if len(schema_text) > MAX_BYTES:
        raise PolicyError.of_file(SCHEMA_FILE, f"larger than {MAX_BYTES} bytes")
    if len(policy_text) > MAX_BYTES:
        return Tried((Complaint(1, 1, f"larger than {MAX_BYTES} bytes"),))
    question = canonical_json.dump(
        {
            "nation": nation,
            "policy": b64encode(policy_text),
            "schema": b64encode(schema_text),
            "thorough": thorough,
        }
    )
    octets = confined.ask(
        _PROGRAM,
        question,
        name=policy_file(nation),
        timeout_s=timeout_s,
        answer_bytes=ANSWER_BYTES,
    )
    return read_answer(octets, nation)


def read_answer(octets: bytes, nation: str) -> Tried:
    """Read what the trial wrote.

    Raises:
        PolicyError: if it refused the schema, or did not say plainly what it found.
    """
    try:
        answer: Any = canonical_json.load(octets, cap=ANSWER_BYTES, what="verdict", canonical=False)
        refused = answer["refused"]
        tried = Tried(
            complaints=tuple(_complaint(one) for one in answer["complaints"]),
            policies=_integer(answer["policies"]),
            undecided=tuple(_text(one) for one in answer["undecided"]),
        )
    except (EncodingError, KeyError, TypeError, ValueError):
        raise PolicyError.of_file(policy_file(nation), "could not be tried") from None
    if refused:
        raise PolicyError.of_file(SCHEMA_FILE, _text(refused))
    return tried


def _complaint(one: Any) -> Complaint:  # noqa: ANN401  JSON of any shape, checked here
    line, column, what, meant = one
    return Complaint(_integer(line), _integer(column), _text(what), _text(meant))


def _integer(value: object) -> int:
    if type(value) is not int:
        raise ValueError("not an integer")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004  one exception for every malformed answer
    return value
