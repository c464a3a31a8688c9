"""What the gateway answers about screenings, for its OpenAPI document and from the SDK's values."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias

from pydantic import TypeAdapter

from fedquery.ask.outcome import Outcome
from fedquery.ask.screening.approval import Decided, Ended, ListApproval
from fedquery.ask.screening.values import Cost, KeptScreening, Progress, Row, State
from fedquery.ask.second_person import LASTS_MS
from fedquery.encoding import canonical_json
from fedquery.errors import FedqueryError
from fedquery.gateway.answers import NDJSON, ErrorLine
from fedquery.gateway.screening_costs import NationCostAnswer, nation_cost

SCREENING: Final = "fedquery/screening/v1"
LISTING: Final = "fedquery/screenings/v1"
Shown: TypeAlias = State | Literal["waiting-approval", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NationProgressAnswer:
    """How far one nation is; `elements` are those that were sent since it was begun or resumed."""

    nation: str
    forms: int
    answered: int
    hits: int
    elements: int
    why: str
    waiting_until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleAnswer:
    """What ended a screening before its end."""

    slug: str
    title: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAnswer:
    """What a second person said of a long list; an approval ends at `until_ms`, 0 for none.

    `ended` has the approvals of days before.
    """

    state: Decided
    wanted_ms: int
    decided_by: str
    decided_ms: int
    until_ms: int
    reason: str
    ended: tuple[Ended, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningAnswer:
    """A screening: how far it is, and what it costs, where that was computed since a restart."""

    schema: Literal["fedquery/screening/v1"]
    screening_id: str
    state: Shown
    running: bool
    created_ms: int
    officer: str
    case_number: str
    purpose: str
    nations: tuple[str, ...]
    identifiers: int
    distinct: int
    progress: tuple[NationProgressAnswer, ...]
    cost: tuple[NationCostAnswer, ...] | None
    approval: ApprovalAnswer | None
    error: TroubleAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAnswer:
    """A screening that is kept, in few words."""

    screening_id: str
    state: Shown
    created_ms: int
    officer: str
    case_number: str
    purpose: str
    nations: tuple[str, ...]
    identifiers: int
    distinct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingAnswer:
    """Screenings that are kept, the newest first."""

    schema: Literal["fedquery/screenings/v1"]
    screenings: tuple[ListedAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLine:
    """One place of the list: an outcome for each nation and dataset."""

    type: Literal["row"]
    place: int
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLine:
    """The last line: how far the screening was when its results were read."""

    type: Literal["end"]
    state: State
    identifiers: int


def answer_of(
    kept: KeptScreening,
    progress: Progress,
    cost: Cost | None,
    error: FedqueryError | None,
    approval: ListApproval | None,
    *,
    running: bool,
) -> bytes:
    """Write what there is to say of a screening."""
    trouble = None
    if error is not None:
        trouble = TroubleAnswer(slug=error.slug, title=error.what, do=error.do)
    answer = ScreeningAnswer(
        schema=SCREENING,
        screening_id=kept.job_id,
        state=shown_state(kept, approval),
        running=running,
        created_ms=kept.created_ms,
        officer=kept.officer,
        case_number=kept.case_number,
        purpose=kept.purpose,
        nations=kept.nations,
        identifiers=kept.identifiers,
        distinct=kept.distinct,
        progress=tuple(NationProgressAnswer(**asdict(one)) for one in progress.nations),
        cost=None if cost is None else tuple(nation_cost(one) for one in cost.nations),
        approval=None if approval is None else _approval(approval),
        error=trouble,
    )
    return _ANSWER.dump_json(answer)


def row_line(row: Row) -> bytes:
    """Write one place as a line; the identifier stays here."""
    outcomes = [
        {name: list(value) if isinstance(value, tuple) else value for name, value in one.items()}
        for one in map(asdict, row.outcomes)
    ]
    return canonical_json.dump({"type": "row", "place": row.place, "outcomes": outcomes}) + b"\n"


def end_line(kept: KeptScreening) -> bytes:
    """Write the last line."""
    document = {"type": "end", "state": kept.state, "identifiers": kept.identifiers}
    return canonical_json.dump(document) + b"\n"


def row_content() -> dict[str, Any]:
    """Describe each line of the results, for the framework's table of answers."""
    lines: TypeAdapter[Any] = TypeAdapter(RowLine | EndLine | ErrorLine)
    template = "#/components/schemas/{model}"
    parts = lines.json_schema(mode="serialization", ref_template=template)["$defs"]
    each = [parts[name] for name in ("RowLine", "EndLine", "ErrorLine")]
    return {NDJSON: {"schema": {"description": "Each line is one of these.", "anyOf": each}}}


def listing_of(found: Iterable[tuple[KeptScreening, ListApproval | None]]) -> bytes:
    """Write which screenings are kept."""
    listed = tuple(
        ListedAnswer(
            screening_id=kept.job_id,
            state=shown_state(kept, approval),
            created_ms=kept.created_ms,
            officer=kept.officer,
            case_number=kept.case_number,
            purpose=kept.purpose,
            nations=kept.nations,
            identifiers=kept.identifiers,
            distinct=kept.distinct,
        )
        for kept, approval in found
    )
    return _LISTING.dump_json(ListingAnswer(schema=LISTING, screenings=listed))


def shown_state(kept: KeptScreening, approval: ListApproval | None) -> Shown:
    """Say how far a screening is, with what a second person said of it."""
    if approval is None or approval.state == "approved" or kept.state == "finished":
        return kept.state
    return "waiting-approval" if approval.state == "waiting" else "declined"


def _approval(approval: ListApproval) -> ApprovalAnswer:
    is_approved = approval.state == "approved"
    return ApprovalAnswer(
        state=approval.state,
        wanted_ms=approval.wanted_ms,
        decided_by=approval.decided_by,
        decided_ms=approval.decided_ms,
        until_ms=approval.decided_ms + LASTS_MS if is_approved else 0,
        reason=approval.reason,
        ended=approval.ended,
    )


_ANSWER: Final[TypeAdapter[ScreeningAnswer]] = TypeAdapter(ScreeningAnswer)
_LISTING: Final[TypeAdapter[ListingAnswer]] = TypeAdapter(ListingAnswer)
