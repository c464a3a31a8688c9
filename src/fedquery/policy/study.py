"""Study policy files of a nation: who may learn what by them, and what changes between two.

It is done in a process of its own, in which a hostile file can do no harm.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fedquery.encoding import canonical_json
from fedquery.encoding.base64 import b64encode
from fedquery.errors import EncodingError
from fedquery.policy import confined
from fedquery.policy.asked import Usual
from fedquery.policy.complaint import Complaint, PolicyError
from fedquery.policy.source import MAX_BYTES, SCHEMA_FILE, policy_file
from fedquery.policy.study_child import ANSWER_BYTES

TIMEOUT_S: Final = 40.0
_PROGRAM: Final = ("-m", "fedquery.policy.study_child")


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is studied.

    Attributes:
        nation: the nation that the files speak for, as two capital letters.
        policies: a policy file, or the one before and the one after, at most 200 kB each.
        schema: the schema of both, at most 200 kB.
        usual: the situation in which levels are shown.
        now_ms: the time of it.
    """

    nation: str
    policies: tuple[bytes, ...] = field(repr=False)
    schema: bytes = field(repr=False)
    usual: Usual
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Studied:
    """What came of it.

    Attributes:
        complaints: what is wrong with which of the files, by its place; nothing else is told then.
        matrices: of each file who may learn what, as `fedquery policy try --json` prints it.
        rules: of each file title and law of each rule, by its id.
        difference: what changes, as `fedquery policy diff --json` prints it; None for one file.
        left_out: how many changes are not in it, because there are too many.
    """

    complaints: tuple[tuple[int, Complaint], ...] = ()
    matrices: tuple[Mapping[str, Any], ...] = ()
    rules: tuple[Mapping[str, Mapping[str, str]], ...] = ()
    difference: Mapping[str, Any] | None = None
    left_out: int = 0


def study(files: Files, *, timeout_s: float = TIMEOUT_S) -> Studied:
    """Study files where they can do no harm.

    Args:
        files: one file, or two.
        timeout_s: how many seconds it may take.

    Raises:
        PolicyError: if the schema cannot be taken, or a file kills the process or outlasts it.
    """
    for name, octets in _named(files):
        if len(octets) > MAX_BYTES:
            raise PolicyError.of_file(name, f"larger than {MAX_BYTES} bytes")
    question = canonical_json.dump(
        {
            "nation": files.nation,
            "files": [b64encode(one) for one in files.policies],
            "schema": b64encode(files.schema),
            "usual": files.usual.to_json(),
            "now_ms": files.now_ms,
        }
    )
    octets = confined.ask(
        _PROGRAM,
        question,
        name=policy_file(files.nation),
        timeout_s=timeout_s,
        answer_bytes=ANSWER_BYTES,
    )
    return _read_answer(octets, files.nation)


def _named(files: Files) -> Iterator[tuple[str, bytes]]:
    yield SCHEMA_FILE, files.schema
    for octets in files.policies:
        yield policy_file(files.nation), octets


def _read_answer(octets: bytes, nation: str) -> Studied:
    try:
        answer: Any = canonical_json.load(octets, cap=ANSWER_BYTES, what="study", canonical=False)
        refused = answer["refused"]
        studied = Studied(
            complaints=tuple(
                (number, Complaint(line, column, what, meant))
                for number, line, column, what, meant in answer["complaints"]
            ),
            matrices=tuple(one["matrix"] for one in answer["files"]),
            rules=tuple(one["rules"] for one in answer["files"]),
            difference=answer["difference"],
            left_out=answer["left_out"],
        )
    except (EncodingError, KeyError, TypeError, ValueError):
        raise PolicyError.of_file(policy_file(nation), "could not be tried") from None
    if refused:
        raise PolicyError.of_file(SCHEMA_FILE, refused)
    return studied
