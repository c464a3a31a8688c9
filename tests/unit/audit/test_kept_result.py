"""Results of audits: what is written is read again, and nothing else is."""

import json
from dataclasses import replace
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
WORDS = ("paired", "unanswered", "too new", "alone")
RECONCILED = st.builds(
    Reconciled,
    logs=st.lists(LOGS, min_size=2, max_size=3, unique_by=lambda log: log.origin).map(tuple),
    questions=st.dictionaries(st.sampled_from(WORDS), NUMBERS, max_size=4),
    found=st.integers(5, 10**6),
    findings=st.lists(MISFITS, max_size=3).map(tuple),
).filter(lambda one: sum(one.questions.values()) <= sum(log.size for log in one.logs))


@st.composite
def witnessed(draw, size):
    """Give who has cosigned a log of this size: enough."""
    names = draw(st.lists(TEXTS, unique=True, max_size=5))
    count = draw(st.integers(0, len(names)))
    return Witnessed(
        cosigned={name: draw(NUMBERS) for name in names[:count]},
        missing=tuple(names[count:]),
        needed=draw(st.integers(0, count)),
        of=len(names),
        size=draw(st.integers(0, size)),
    )


@st.composite
def seen_as_it_can_be(draw, verified):
    """Give a verified log the witnesses and the older checkpoint that it can have."""
    size = verified.size
    seen = draw(st.none() | witnessed(size)) if verified.is_signed else None
    return replace(verified, witnesses=seen, since=draw(st.none() | st.integers(0, size)))


VERIFIED = st.builds(
    Verified,
    is_signed=st.booleans(),
    origin=TEXTS,
    size=NUMBERS,
    root=DIGESTS,
    witnesses=st.none(),
    since=st.none(),
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
).flatmap(seen_as_it_can_be)
FAULTY = st.builds(Faulty, file=TEXTS, index=st.none() | NUMBERS, what=TEXTS)
KEPT = st.builds(KeptResult, RECONCILED | VERIFIED | FAULTY, st.integers(0, LATEST_MS))
LOGS_OF_TWO = (
    ComparedLog(origin="log/VN", kind="node", size=3, until_ms=5),
    ComparedLog(origin="log/hub", kind="coordinator", size=3, until_ms=5),
)
ONE = Reconciled(
    logs=LOGS_OF_TWO,
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
    lambda it: it["result"].update(logs=[], questions={}),
    lambda it: it["result"].update(logs=it["result"]["logs"][:1]),
    lambda it: it["result"].update(logs=it["result"]["logs"][:1] * 2),
    lambda it: it["result"].update(questions={"lacks": 2}, found=0, findings=[]),
    lambda it: it["result"].update(questions={"paired": 7}),
)


@pytest.mark.parametrize("change", CHANGES, ids=map(str, range(len(CHANGES))))
def test_anything_else_is_refused(change):
    """Whatever is missing, added, of another type, too long, or could move a cursor."""
    assert kept_result.decode(changed(lambda _: None)) == KeptResult(ONE, 9)
    with pytest.raises(EncodingError, match="malformed result of an audit"):
        kept_result.decode(changed(change))


TRUE = Verified(
    is_signed=True,
    origin="log/VN",
    size=9,
    root="ab" * 32,
    witnesses=Witnessed(cosigned={"KH": 1, "LA": 2}, missing=("TH",), needed=2, of=3, size=9),
    since=9,
    entries={"answer": 9},
    unsigned=0,
    remarks=Noted(clock_back_at=None, clock_back_ms=0, clock_backs=0, without_outcome=0),
    not_checked=(),
)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["witnesses"].update(needed=3),
        lambda it: it["witnesses"].update(cosigned={}, missing=["KH", "LA", "TH"]),
        lambda it: it["witnesses"].update(of=4),
        lambda it: it["witnesses"].update(size=10),
        lambda it: it["witnesses"].update(missing=["KH"]),
        lambda it: it["witnesses"].update(missing=["TH", "TH"], of=4),
        lambda it: it.update(since=10),
        lambda it: it.update(verdict="signature not verified"),
    ],
    ids=["needed", "nobody", "of", "larger", "both", "twice", "since", "unsigned"],
)
def test_a_verification_that_contradicts_itself_is_refused(change):
    """No page tells of a log that fewer witnesses than needed have seen that it was verified."""
    document = TRUE.to_json()
    assert kept_result.decode(json.dumps(document).encode()).result == TRUE
    change(document)
    with pytest.raises(EncodingError, match="malformed result of an audit"):
        kept_result.decode(json.dumps(document).encode())


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
    all_of_them = Reconciled(logs=LOGS_OF_TWO, questions={}, found=1_000, findings=(wide,) * 1_000)
    octets = KeptResult(all_of_them, 1).encode()
    read = kept_result.decode(octets).result
    assert len(octets) <= CAP
    assert (1_000, True) == (read.found, 0 < len(read.findings) < 1_000)
