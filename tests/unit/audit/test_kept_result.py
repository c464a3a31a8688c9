"""Results of audits: what is written is read again, and nothing else is."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.audit import kept_result
from fedquery.audit.kept_result import CAP, KeptResult
from fedquery.audit.reconciled import ComparedLog, Misfit, Reconciled
from fedquery.audit.result_fields import LATEST_MS
from fedquery.audit.verified import Faulty, Noted, Verified, Witnessed
from fedquery.errors import EncodingError

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schemas/audit-result.v1.json").read_bytes())
TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
NUMBERS = st.integers(0, 2**53 - 1)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
LOGS = st.builds(
    ComparedLog,
    origin=TEXTS,
    kind=st.sampled_from(("node", "coordinator", "agency")),
    size=NUMBERS,
    until_ms=NUMBERS,
)
MISFITS = st.builds(
    Misfit,
    kind=st.sampled_from(("lacks", "contradicts")),
    request_digest=DIGESTS,
    at_ms=NUMBERS,
    agency=TEXTS,
    nation=TEXTS,
    what=TEXTS,
    lacking=st.lists(TEXTS, max_size=3).map(tuple),
    having=st.dictionaries(TEXTS, st.lists(NUMBERS, max_size=3).map(tuple), max_size=3),
)
RECONCILED = st.builds(
    Reconciled,
    logs=st.lists(LOGS, max_size=3).map(tuple),
    questions=st.dictionaries(TEXTS, NUMBERS, max_size=4),
    found=st.integers(5, 10**6),
    findings=st.lists(MISFITS, max_size=3).map(tuple),
)
WITNESSED = st.builds(
    Witnessed,
    cosigned=st.dictionaries(TEXTS, NUMBERS, max_size=3),
    missing=st.lists(TEXTS, max_size=3).map(tuple),
    needed=NUMBERS,
    of=NUMBERS,
    size=NUMBERS,
)
VERIFIED = st.builds(
    Verified,
    is_signed=st.booleans(),
    origin=TEXTS,
    size=NUMBERS,
    root=DIGESTS,
    witnesses=st.none() | WITNESSED,
    since=st.none() | NUMBERS,
    entries=st.dictionaries(TEXTS, NUMBERS, max_size=3),
    unsigned=NUMBERS,
    remarks=st.builds(
        Noted,
        clock_back_at=st.none() | NUMBERS,
        clock_back_ms=NUMBERS,
        clock_backs=NUMBERS,
        without_outcome=NUMBERS,
    ),
    not_checked=st.lists(TEXTS, max_size=3).map(tuple),
)
FAULTY = st.builds(Faulty, file=TEXTS, index=st.none() | NUMBERS, what=TEXTS)
KEPT = st.builds(KeptResult, RECONCILED | VERIFIED | FAULTY, st.integers(0, LATEST_MS))
ONE = Reconciled(
    logs=(ComparedLog(origin="log/VN", kind="node", size=3, until_ms=5),),
    questions={"paired": 2},
    found=1,
    findings=(
        Misfit(
            kind="lacks",
            request_digest="ab" * 32,
            at_ms=7,
            agency="TH/police",
            nation="VN",
            what="no coordinator has an entry of it",
            lacking=("log/hub",),
            having={"log/VN": (1, 2)},
        ),
    ),
)


@given(KEPT)
def test_what_is_kept_is_read_again(kept):
    """With when it was computed; what was printed alone does not say when."""
    assert kept == kept_result.decode(kept.encode())
    printed = json.dumps(kept.result.to_json()).encode()
    assert KeptResult(kept.result, None) == kept_result.decode(printed)


@given(KEPT)
def test_what_is_kept_is_as_the_schema_says(kept):
    """Other programs read it by docs/schemas."""
    jsonschema.validate(json.loads(kept.encode()), SCHEMA)


def changed(change):
    """Change the document of a result."""
    document = json.loads(KeptResult(ONE, 9).encode())
    change(document)
    return json.dumps(document).encode()


CHANGES = (
    lambda it: it.update(at_ms=-1),
    lambda it: it.update(at_ms=True),
    lambda it: it.update(at_ms=LATEST_MS + 1),
    lambda it: it.update(more=1),
    lambda it: it.pop("at_ms"),
    lambda it: it.update(schema="fedquery/audit-result/v2"),
    lambda it: it.update(result=None),
    lambda it: it["result"].update(schema="fedquery/audit-verify/v1"),
    lambda it: it["result"].update(signatures="verified"),
    lambda it: it["result"].update(found=0),
    lambda it: it["result"].update(logs={}),
    lambda it: it["result"]["logs"][0].update(kind="witness"),
    lambda it: it["result"]["logs"][0].update(size=1.5),
    lambda it: it["result"]["logs"][0].update(origin="a\x1b[2J"),
    lambda it: it["result"]["findings"][0].update(what="turned \u202e around"),
    lambda it: it["result"]["findings"][0].update(what="x" * 401),
    lambda it: it["result"]["findings"][0].update(request_digest="AB" * 32),
    lambda it: it["result"]["findings"][0].update(kind="fits"),
    lambda it: it["result"]["findings"][0].update(having={"log": ["1"]}),
    lambda it: it["result"].update(findings=it["result"]["findings"] * 1_001, found=10**6),
    lambda it: it["result"].update(questions={str(n): n for n in range(300)}),
)


@pytest.mark.parametrize("change", CHANGES, ids=map(str, range(len(CHANGES))))
def test_anything_else_is_refused(change):
    """Whatever is missing, added, of another type, too long, or could move a cursor."""
    assert kept_result.decode(changed(lambda _: None)) == KeptResult(ONE, 9)
    with pytest.raises(EncodingError, match="malformed result of an audit"):
        kept_result.decode(changed(change))


@pytest.mark.parametrize(
    "octets", [b"", b"{", b"[]", b"null", b"1", b"{}", b"[" * 100_000, b" " * (CAP + 1)]
)
def test_no_document_at_all_is_refused(octets):
    """Nor one that is nested or as long as nobody writes it."""
    with pytest.raises(EncodingError):
        kept_result.decode(octets)


def test_findings_without_room_are_left_out_and_counted():
    """The file can be read again, and says how many there were."""
    many = {f"log/{place}": tuple(range(10**12, 10**12 + 999)) for place in range(4)}
    wide = Misfit(
        kind="lacks",
        request_digest="ab" * 32,
        at_ms=7,
        agency="",
        nation="",
        what="",
        lacking=(),
        having=many,
    )
    all_of_them = Reconciled(logs=(), questions={}, found=1_000, findings=(wide,) * 1_000)
    octets = KeptResult(all_of_them, 1).encode()
    read = kept_result.decode(octets).result
    assert len(octets) <= CAP
    assert (1_000, True) == (read.found, 0 < len(read.findings) < 1_000)
