"""What the gateway answers, for its OpenAPI document; tests compare real answers with these."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from fedquery.ask.claiming import ClaimOutcome
from fedquery.ask.outcome import Outcome, Word
from fedquery.transport.http_app import problem_content

RESULT: Final = "fedquery/result/v1"
CLAIM: Final = "fedquery/claim/v1"
NDJSON: Final = "application/x-ndjson"
# One answer for both, which does not tell which of them it is.
NOT_SEEN: Final[dict[int | str, dict[str, Any]]] = {
    404: problem_content("There is none of this id, or it is another officer's (`not-found`)")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NationWord:
    """One word for an identifier and a nation, all of its datasets together."""

    place: int
    nation: str
    word: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupAnswer:
    """A lookup as one object."""

    schema: Literal["fedquery/result/v1"]
    lookup_id: str
    asked_ms: int
    nations: tuple[NationWord, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAnswer(ClaimOutcome):
    """What a claim came to."""

    schema: Literal["fedquery/claim/v1"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAnswer:
    """What the receipt of an answer shows, once it was verified."""

    nation: str
    agency: str
    answered_ms: int
    dataset: str
    version: int
    published_ms: int
    granted: str
    refused: str
    buckets: int
    log_index: int | None
    proved_size: int
    witnesses: int
    witnesses_of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingAnswer:
    """One reading of what was found; `kind` and `text` are what a lookup takes."""

    kind: str
    text: str
    masked: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingAnswer(ReadingAnswer):
    """One identifier in a text, or in a QR code of a picture."""

    code: int | None
    line: int
    start: int
    end: int
    certainty: Literal["certain", "likely", "doubtful"]
    scheme: str
    alternatives: tuple[ReadingAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractAnswer:
    """What is in a pasted text or picture."""

    schema: Literal["fedquery/extract/v1"]
    findings: tuple[FindingAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthAnswer:
    """The process answers."""

    status: Literal["ok"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine(Outcome):
    """One line of a stream: an outcome as it came."""

    type: Literal["outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupLine:
    """The last line of a stream."""

    type: Literal["lookup"]
    lookup_id: str
    asked_ms: int
    nations: tuple[NationWord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorLine:
    """The last line of a stream whose lookup failed."""

    type: Literal["error"]
    slug: str
    title: str
    do: str


def stream_content() -> dict[str, Any]:
    """Describe each line of a stream, for the framework's table of answers."""
    lines: TypeAdapter[Any] = TypeAdapter(OutcomeLine | LookupLine | ErrorLine)
    # What LookupAnswer also has stands among the document's components; the lines stand here.
    template = "#/components/schemas/{model}"
    parts = lines.json_schema(mode="serialization", ref_template=template)["$defs"]
    each = [parts[name] for name in ("OutcomeLine", "LookupLine", "ErrorLine")]
    return {NDJSON: {"schema": {"description": "Each line is one of these.", "anyOf": each}}}
