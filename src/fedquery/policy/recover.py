"""Read a situation back from the form that the log holds, so that its decision can be replayed."""

import datetime as dt
from typing import Any

from fedquery.encoding import canonical_json
from fedquery.errors import EncodingError, InputError
from fedquery.policy.situation import (
    MAX_CONTEXT_BYTES,
    Asker,
    CaseCard,
    Dataset,
    Situation,
    Used,
)

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_WHAT = "policy context"


def recover_situation(octets: bytes) -> Situation:
    """Recover the situation from which `Situation.to_context_json` made these bytes.

    Args:
        octets: the canonical form, at most 4,096 bytes.

    Raises:
        EncodingError: if no situation has this form.
    """
    document: Any = canonical_json.load(octets, cap=MAX_CONTEXT_BYTES, what=_WHAT)
    try:
        situation = _situation(document)
        same = situation.to_context_json() == octets
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, InputError):
        raise EncodingError(f"malformed {_WHAT}") from None
    # Writing it again and comparing refuses every field that was added, renamed or reordered.
    if not same:
        raise EncodingError(f"malformed {_WHAT}")
    return situation


def _situation(document: Any) -> Situation:  # noqa: ANN401  JSON of any shape, compared afterwards
    context = document["context"]
    record = context.get("record")
    return Situation(
        asker=_asker(document["principal"]),
        dataset=_dataset(document["resource"]),
        case=_case(context["case"]),
        purpose=context["purpose"]["id"],
        person_role=context["personRole"]["id"],
        aim=context["aim"]["id"],
        elements=context["elements"],
        used=_used(context["used"]),
        now_ms=_time_ms(context["now"]),
        handling=None if record is None else record["handling"]["id"],
    )


def _asker(entity: Any) -> Asker:  # noqa: ANN401  JSON of any shape, compared afterwards
    nation, *teams = entity["parents"]
    return Asker(
        agency=entity["uid"]["id"],
        nation=nation["id"],
        sort=entity["attrs"]["sort"]["id"],
        teams=frozenset(team["id"] for team in teams),
    )


def _dataset(entity: Any) -> Dataset:  # noqa: ANN401  JSON of any shape, compared afterwards
    nation, _, name = entity["uid"]["id"].partition("/")
    return Dataset(
        nation=nation,
        name=name,
        kind=entity["attrs"]["kind"]["id"],
        sensitive=entity["attrs"]["sensitive"],
    )


def _case(card: Any) -> CaseCard:  # noqa: ANN401  JSON of any shape, compared afterwards
    return CaseCard(
        pseudonym=card["pseudonym"],
        maximum_penalty_years=card["maximumPenaltyYears"],
        transnational=card["transnational"],
        opened_ms=_time_ms(card["opened"]),
        signed_by=frozenset(role["id"] for role in card["signedBy"]),
    )


def _used(counters: Any) -> Used:  # noqa: ANN401  JSON of any shape, compared afterwards
    return Used(
        elements_this_hour=counters["elementsThisHour"],
        elements_today=counters["elementsToday"],
        elements_this_year=counters["elementsThisYear"],
        elements_this_case=counters["elementsThisCase"],
        elements_of_nation_today=counters["elementsOfNationToday"],
        questions_today=counters["questionsToday"],
        questions_this_case=counters["questionsThisCase"],
        rows_shown_today=counters["rowsShownToday"],
    )


def _time_ms(text: str) -> int:
    moment = dt.datetime.fromisoformat(text)
    return (moment - _EPOCH) // dt.timedelta(milliseconds=1)
