"""Exports: each outcome once, masked unless chosen, no formula, and as the schema has it."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from unit.desk.conftest import FACTS, NOW_MS, asked, outcome

from fedquery.ask.claiming import ClaimOutcome
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.claims import KeptClaim
from fedquery.desk.export import HEADER, Exported, csv_of, json_of
from fedquery.desk.withdrawn import Withdrawn

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs/schemas/desk-question.v1.json").read_text(encoding="utf-8")
)
HIT = outcome("hit", claim_id="1" * 16, receipt="a.receipt.json", as_of_ms=NOW_MS)
REFUSED = outcome(
    "refused", nation="MM", why="policy-denied", reasons=("=HYPERLINK(1)",), policy_ids=("mm-1",)
)
CLAIM = KeptClaim(
    act_id="7" * 16,
    claim_id="1" * 16,
    account_id="a" * 16,
    claimed_ms=NOW_MS,
    level="reference",
    outcome=ClaimOutcome(
        claim_id="1" * 16, nation="VN", dataset="phones", word="released", reference="VN-7781"
    ),
)
MADE = Exported(
    training=False,
    agency="TH/cyber-police",
    case_number="+12/2026",
    asked_by="officer-1",
    made_ms=NOW_MS,
    shown=False,
    question=KeptQuestion(
        question_id="0" * 16,
        case_id="c" * 16,
        account_id="a" * 16,
        asked_ms=NOW_MS,
        asked=asked("+66 81 234 5678"),
        nations=("MM", "VN"),
        facts=FACTS,
        state="finished",
        lookup_id="2" * 16,
        outcomes=(HIT, REFUSED),
    ),
    proofs={"a.receipt.json": "verified"},
    withdrawn={0: Withdrawn(4, NOW_MS, "5" * 16)},
    claims=(CLAIM,),
)


def table(made):
    """Read the CSV as a spreadsheet would."""
    rows = list(csv.reader(io.StringIO(csv_of(made).decode("utf-8-sig"), newline="")))
    return rows[0], [dict(zip(HEADER, row, strict=True)) for row in rows[1:]]


def test_each_outcome_has_its_row():
    """With word, proof, withdrawal and what a claim released."""
    header, (hit, refused) = table(MADE)
    assert list(HEADER) == header
    assert ("hit", "4", "verified", "VN-7781") == (
        hit["outcome"],
        hit["withdrawn in version"],
        hit["proof"],
        hit["holder's reference"],
    )
    assert ("refused", "mm-1", "not looked at", "") == (
        refused["outcome"],
        refused["rules"],
        refused["proof"],
        refused["holder's reference"],
    )


def test_no_cell_is_a_formula():
    """Neither what an officer typed nor what a nation wrote."""
    _, (hit, refused) = table(MADE)
    assert "'+12/2026" == hit["case"]
    assert "'=HYPERLINK(1)" == refused["reasons"]
    cells = [cell for row in (hit, refused) for cell in row.values()]
    assert [] == [cell for cell in cells if cell[:1] in "=+-@" and cell]


def test_identifiers_are_masked_unless_they_are_chosen():
    """In both forms; what was typed is in neither."""
    for octets in (csv_of(MADE), json_of(MADE)):
        assert b"66812345678" not in octets
        assert b"81 234 5678" not in octets
    shown = replace(MADE, shown=True)
    assert all(b"66812345678" in octets for octets in (csv_of(shown), json_of(shown)))


def test_exercises_are_marked():
    """In each row, and at the top of the document."""
    _, rows = table(replace(MADE, training=True))
    assert {"TRAINING"} == {row["training"] for row in rows}
    assert json.loads(json_of(replace(MADE, training=True)))["training"] is True
    assert {""} == {row["training"] for row in table(MADE)[1]}


@pytest.mark.parametrize(
    "made",
    [
        MADE,
        replace(MADE, shown=True, training=True),
        replace(MADE, claims=(replace(CLAIM, outcome=None, why="coordinator-down"),)),
        replace(MADE, question=replace(MADE.question, state="ended", outcomes=(), lookup_id="")),
    ],
)
def test_the_document_is_as_its_schema_has_it(made):
    """The schema is closed: a field that is added has to stand there."""
    jsonschema.validate(json.loads(json_of(made)), SCHEMA)


def test_the_schema_refuses_what_it_does_not_name():
    """So that the test above can fail."""
    document = json.loads(json_of(MADE)) | {"identifier": "+66812345678"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)
