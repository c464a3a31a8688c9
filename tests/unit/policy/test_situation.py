"""A situation is within its ranges, and its canonical form holds all of it."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, InputError
from fedquery.identifiers import kinds
from fedquery.policy import vocabulary
from fedquery.policy.recover import recover_situation
from fedquery.policy.situation import (
    MAX_CONTEXT_BYTES,
    MAX_COUNT,
    MAX_TIME_MS,
    Asker,
    CaseCard,
    Dataset,
    Situation,
    Used,
)

TEAM = "Joint Team 2026-07"
COUNTS = st.integers(0, MAX_COUNT)
TIMES = st.integers(0, MAX_TIME_MS)


def _words(words):
    return st.sampled_from(sorted(words))


SITUATIONS = st.builds(
    Situation,
    asker=st.builds(
        Asker,
        agency=st.from_regex(r"\AVN/[a-z0-9-]{1,40}\Z"),
        nation=st.just("VN"),
        sort=_words(vocabulary.SORTS),
        teams=st.frozensets(st.just(TEAM)),
    ),
    dataset=st.builds(
        Dataset,
        nation=st.just("TH"),
        name=st.from_regex(r"\A[a-z0-9-]{1,40}\Z"),
        kind=st.sampled_from(tuple(kinds())),
        sensitive=st.booleans(),
    ),
    case=st.builds(
        CaseCard,
        pseudonym=st.text(min_size=1, max_size=64).filter(str.isprintable),
        maximum_penalty_years=st.integers(0, 99),
        transnational=st.booleans(),
        opened_ms=TIMES,
        signed_by=st.frozensets(_words(vocabulary.SIGNERS)),
    ),
    purpose=_words(vocabulary.PURPOSES),
    person_role=_words(vocabulary.PERSON_ROLES),
    aim=_words(vocabulary.AIMS),
    elements=st.sampled_from((0, 1, 4, 16, 64, 512, 4096)),
    used=st.builds(Used, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS),
    now_ms=TIMES,
    handling=st.none() | _words(vocabulary.HANDLINGS),
)


@given(SITUATIONS)
def test_canonical_form_holds_the_situation(situation):
    """What is recovered is what was written, and it is never longer than the cap."""
    octets = situation.to_context_json()
    assert situation == recover_situation(octets)
    assert len(octets) <= MAX_CONTEXT_BYTES


def test_canonical_form_is_one(question):
    """The order in which sets were filled leaves no trace."""
    roles = ["officer", "judge", "prosecutor"]
    forms = {
        dataclasses.replace(
            question, case=dataclasses.replace(question.case, signed_by=frozenset(order))
        ).to_context_json()
        for order in (roles, roles[::-1])
    }
    assert len(forms) == 1


CHANGES = [
    ("more", 1),
    ("context.more", 1),
    ("context.elements", "1"),
    ("context.elements", True),
    ("context.used.elementsToday", -1),
    ("context.purpose.type", "Aim"),
    ("context.purpose.id", "curiosity"),
    ("context.now", "2026-11-24T05:00:00Z"),
    ("context.now", "2026-11-24"),
    ("context.now", 5),
    ("context.case", None),
    ("context.record", None),
    ("context", []),
    ("principal.parents", []),
    ("principal.uid.id", "TH/police"),
    ("resource.attrs.sensitive", 1),
    ("resource.uid.id", "TH"),
]


@pytest.mark.parametrize(("path", "value"), CHANGES)
def test_other_forms_are_refused(path, value, question):
    """Whatever is added, renamed or of another type or value than could be written is malformed."""
    document = json.loads(question.to_context_json())
    *parents, last = path.split(".")
    inner = document
    for parent in parents:
        inner = inner[parent]
    inner[last] = value
    octets = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(EncodingError, match=r"^malformed policy context$"):
        recover_situation(octets)


@pytest.mark.parametrize("octets", [b"", b"[]", b"null", b"{}", b'{"context":{}}', b"[" * 2000])
def test_no_document_is_refused(octets):
    """What is no situation at all is malformed too."""
    with pytest.raises(EncodingError):
        recover_situation(octets)


def test_white_space_is_refused(question):
    """The form is one byte string, and no other that means the same."""
    with pytest.raises(EncodingError):
        recover_situation(question.to_context_json() + b"\n")


CASE = CaseCard("C-1", 5, True, 0, frozenset())
BAD = {
    "agency of another nation": lambda: Asker("TH/police", "VN", "police"),
    "agency out of form": lambda: Asker("VN/Police", "VN", "police"),
    "agency with a line end": lambda: Asker("VN/police\n", "VN", "police"),
    "unknown sort": lambda: Asker("VN/police", "VN", "army"),
    "team out of form": lambda: Asker("VN/police", "VN", "police", frozenset({'"'})),
    "too many teams": lambda: Asker("VN/police", "VN", "police", frozenset(map(str, range(17)))),
    "holder out of form": lambda: Dataset("th", "phones", "phone", sensitive=False),
    "dataset out of form": lambda: Dataset("TH", "Phones", "phone", sensitive=False),
    "kind out of form": lambda: Dataset("TH", "phones", "", sensitive=False),
    "sensitive as a number": lambda: Dataset("TH", "phones", "phone", sensitive=1),
    "no pseudonym": lambda: dataclasses.replace(CASE, pseudonym=""),
    "long pseudonym": lambda: dataclasses.replace(CASE, pseudonym="x" * 65),
    "pseudonym with a surrogate": lambda: dataclasses.replace(CASE, pseudonym="\ud800"),
    "negative penalty": lambda: dataclasses.replace(CASE, maximum_penalty_years=-1),
    "penalty of a century": lambda: dataclasses.replace(CASE, maximum_penalty_years=100),
    "penalty as a truth": lambda: dataclasses.replace(CASE, maximum_penalty_years=True),
    "transnational as a word": lambda: dataclasses.replace(CASE, transnational="yes"),
    "opened in year 10000": lambda: dataclasses.replace(CASE, opened_ms=MAX_TIME_MS + 1),
    "unknown signer": lambda: dataclasses.replace(CASE, signed_by=frozenset({"king"})),
    "negative counter": lambda: Used(elements_today=-1),
    "counter of 2^53": lambda: Used(elements_this_year=2**53),
    "counter as a float": lambda: Used(rows_shown_today=1.0),
}


@pytest.mark.parametrize("fault", sorted(BAD))
def test_what_is_out_of_range_is_refused(fault):
    """Nothing out of form or range reaches a policy."""
    with pytest.raises(InputError):
        BAD[fault]()


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "curiosity"},
        {"person_role": "bystander"},
        {"aim": "watch"},
        {"handling": "secret"},
        {"elements": 4097},
        {"elements": -1},
        {"now_ms": -1},
    ],
)
def test_situation_out_of_range_is_refused(change, question):
    """The error names the field, and never the value."""
    with pytest.raises(InputError) as caught:
        dataclasses.replace(question, **change)
    assert str(next(iter(change.values()))) not in caught.value.what


def test_pseudonym_is_not_shown(question):
    """An agency may use its plain case reference, so no repr carries it."""
    case = dataclasses.replace(question.case, pseudonym="plain reference")
    assert "plain reference" not in repr(dataclasses.replace(question, case=case))
