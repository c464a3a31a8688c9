"""What pairing the questions of several logs has given: the document that is printed and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fedquery.audit.result_fields import digest, listed, members, number, pairs, text, word
from fedquery.encoding.canonical_json import Json

SCHEMA: Final = "fedquery/audit-reconcile/v1"
_SIGNATURES: Final = "not looked at"
_MOST_LOGS: Final = 256
MOST_FINDINGS: Final = 1_000
_MOST_PLACES: Final = 1_000
_LEAST_LOGS: Final = 2
_WORDS: Final = frozenset({"paired", "unanswered", "too new", "alone"})
_KINDS: Final = ("node", "coordinator", "agency")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLog:
    """One of the logs that were compared.

    Attributes:
        origin: its name.
        kind: "node", "coordinator" or "agency".
        size: how many entries it has.
        until_ms: until when it is known to be whole; 0 where nothing is in it.
    """

    origin: str
    kind: str
    size: int
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A question whose entries are not as they must be.

    Attributes:
        kind: "lacks" for a missing twin, "contradicts" for two that disagree.
        request_digest: of the question, in hexadecimal.
        at_ms: its earliest time.
        agency: who asks; "" where no entry says it.
        nation: who is asked; "" where no entry says it.
        what: what is wrong, in words.
        lacking: the names of the logs that lack it.
        having: by the name of a log the places of its entries.
    """

    kind: str
    request_digest: str
    at_ms: int
    agency: str
    nation: str
    what: str
    lacking: tuple[str, ...]
    having: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What came of it.

    Attributes:
        logs: the logs.
        questions: how many questions came out how, by the words of `audit.twins.Paired`.
        found: how many things do not fit.
        findings: those of them that are listed.
    """

    logs: tuple[ComparedLog, ...]
    questions: Mapping[str, int]
    found: int
    findings: tuple[Misfit, ...]

    def to_json(self) -> dict[str, Json]:
        """Write the document."""
        logs: list[Json] = [
            {"origin": log.origin, "kind": log.kind, "size": log.size, "until_ms": log.until_ms}
            for log in self.logs
        ]
        return {
            "schema": SCHEMA,
            "signatures": _SIGNATURES,
            "logs": logs,
            "questions": dict(self.questions),
            "found": self.found,
            "findings": [_written(one) for one in self.findings],
        }

    @staticmethod
    def from_json(value: Json) -> "Reconciled":
        """Read the document strictly.

        Raises:
            ValueError: if it is anything else, or contradicts itself.
        """
        schema, signatures, logs, questions, found, findings = members(
            value, "schema", "signatures", "logs", "questions", "found", "findings"
        )
        word(schema, SCHEMA)
        word(signatures, _SIGNATURES)
        read = Reconciled(
            logs=tuple(_log(one) for one in listed(logs, _MOST_LOGS)),
            questions={name: number(one) for name, one in pairs(questions, _MOST_LOGS)},
            found=number(found),
            findings=tuple(_misfit(one) for one in listed(findings, MOST_FINDINGS)),
        )
        _require_consistent(read)
        return read


def _require_consistent(read: Reconciled) -> None:
    """Refuse what no comparison can give: it would be told as if every question stood right."""
    if read.found < len(read.findings):
        raise ValueError("more is listed than was found")
    if len({log.origin for log in read.logs}) < max(_LEAST_LOGS, len(read.logs)):
        raise ValueError("not two different logs or more")
    # Whatever does not fit is a finding, and counted as nothing else.
    if not read.questions.keys() <= _WORDS:
        raise ValueError("questions that came out in no known way")
    if sum(read.questions.values()) > sum(log.size for log in read.logs):
        raise ValueError("more questions than entries")


def _written(one: Misfit) -> Json:
    lacking: list[Json] = [*one.lacking]
    having: dict[str, Json] = {origin: [*places] for origin, places in one.having.items()}
    return {
        "kind": one.kind,
        "request_digest": one.request_digest,
        "at_ms": one.at_ms,
        "agency": one.agency,
        "nation": one.nation,
        "what": one.what,
        "lacking": lacking,
        "having": having,
    }


def _log(value: Json) -> ComparedLog:
    origin, kind, size, until_ms = members(value, "origin", "kind", "size", "until_ms")
    return ComparedLog(
        origin=text(origin), kind=word(kind, *_KINDS), size=number(size), until_ms=number(until_ms)
    )


def _misfit(value: Json) -> Misfit:
    kind, request_digest, at_ms, agency, nation, what, lacking, having = members(
        value, "kind", "request_digest", "at_ms", "agency", "nation", "what", "lacking", "having"
    )
    return Misfit(
        kind=word(kind, "lacks", "contradicts"),
        request_digest=digest(request_digest),
        at_ms=number(at_ms),
        agency=text(agency),
        nation=text(nation),
        what=text(what),
        lacking=tuple(text(one) for one in listed(lacking, _MOST_LOGS)),
        having={
            origin: tuple(number(place) for place in listed(places, _MOST_PLACES))
            for origin, places in pairs(having, _MOST_LOGS)
        },
    )
