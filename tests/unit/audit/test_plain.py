"""Leaves in plain writing: what is matched as a whole is what the long way takes, and no more."""

import re
from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fedquery.audit import plain, usual_situation
from fedquery.audit.detail import split_situation
from fedquery.audit.entry import Entry, _plain_of
from fedquery.audit.node import QuestionEntry
from fedquery.audit.reading import _CLASSES, decode_entry
from fedquery.encoding import canonical_json
from fedquery.errors import EncodingError
from fedquery.policy import vocabulary
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used

CLASSES = sorted(set(_CLASSES.values()), key=lambda one: one.__name__)
NOW = 1_795_496_400_000


def long_way(cls: type[Entry], octets: bytes) -> Entry | None:
    """Read a leaf by parsing it and writing it again."""
    try:
        return cls._of_any(octets)
    except EncodingError:
        return None


def words_of(cls: type[Entry]) -> st.SearchStrategy[bytes]:
    """Draw leaves that the expression of a class matches."""
    expression = _plain_of(cls, cls.VERSION)[0]
    return st.from_regex(expression, fullmatch=True).map(str.encode)


@pytest.mark.parametrize("cls", CLASSES)
@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
    max_examples=30,
)
@given(data=st.data())
def test_what_is_plain_is_what_the_long_way_takes(cls, data) -> None:
    """Any word of the expression is read alike by both, or left to the long way."""
    leaf = data.draw(words_of(cls))
    short = cls.of_plain(leaf)
    if short is not None:
        assert long_way(cls, leaf) == short
        assert leaf == short.encode()
        assert {field.name for field in fields(cls)} == {
            name for name in cls.__slots__ if hasattr(short, name)
        }


def question(now_ms: int = NOW, **other) -> bytes:
    """Write the leaf of a question as a node does."""
    situation = Situation(
        asker=Asker("VN/crime-police", "VN", "police", frozenset({"Joint Team 1", "B team"})),
        dataset=Dataset("TH", "phones", "phone", sensitive=True),
        case=CaseCard("C-1", 5, True, NOW - 86_400_000, frozenset({"officer", "judge"})),
        purpose="fraud",
        person_role="suspect",
        aim="identify",
        elements=1,
        used=Used(1, 22, 333, 4444),
        now_ms=now_ms,
        handling=other.pop("handling", None),
    )
    values = {
        "type": "answer",
        "nation": "TH",
        "dataset": "phones",
        "version": 7,
        "agency": "VN/crime-police",
        "request_digest": b"\x01" * 32,
        "size_class": 4096,
        "columns": "tags",
        "prefix_len": 8,
        "received_ms": now_ms,
        "decided_ms": now_ms,
        "asked_level": "hit",
        "granted_level": "hit",
        "policies": ("TH-01", "TH-02"),
        "policy_digest": b"\x02" * 32,
        "schema_digest": b"\x03" * 32,
        "engine": "cedarpy 4.12.2",
        "situation": split_situation(situation.to_context_json())[0],
        "case_commit": b"\x04" * 32,
        "twin": "fedquery.log/demo/TH",
        "retain_until_ms": now_ms,
    }
    return QuestionEntry(**{**values, **other}).encode()


@pytest.mark.parametrize("handling", [None, *sorted(vocabulary.HANDLINGS)])
def test_what_nodes_write_is_plain(handling: str | None) -> None:
    """Questions and claims with every part of a situation are matched, or verifying takes hours."""
    leaf = question(handling=handling)
    assert long_way(QuestionEntry, leaf) == QuestionEntry.of_plain(leaf) is not None
    assert leaf == decode_entry(leaf).encode()


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_a_changed_leaf_is_read_alike(data) -> None:
    """One to three octets changed, put in or left out: both ways say the same, or the long one."""
    leaf = bytearray(question())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(leaf) - 1))
        octet = data.draw(st.sampled_from(b'0123456789abcdefghABZ"\\:,{}[] .-+\x00\xff'))
        leaf[at : at + data.draw(st.integers(0, 1))] = bytes([octet])[
            : data.draw(st.integers(0, 1))
        ]
    short = QuestionEntry.of_plain(bytes(leaf))
    assert short is None or long_way(QuestionEntry, bytes(leaf)) == short


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"version":7', b'"version":07'),
        (b'"version":7', b'"version":7.0'),
        (b'"version":7', b'"version":-7'),
        (b'"version":7', b'"version":9007199254740992'),
        (b'"size_class":4096', b'"size_class":4097'),
        (b'"prefix_len":8', b'"prefix_len":33'),
        (b'"TH-01","TH-02"', b'"TH-02","TH-01"'),
        (b'"TH-01","TH-02"', b'"TH-01","TH-01"'),
        (b'"TH-01","TH-02"', b'"TH-01", "TH-02"'),
        (b'"questionsToday":0', b'"questionsToday":00'),
        (b'"elementsToday":22', b'"elementsToday":1e3'),
        (b'"sensitive":true', b'"sensitive":True'),
        (b'"cedarpy 4.12.2"', b'"cedar\\u0070y 4.12.2"'),
        (b"cedarpy 4.12.2", b"e" * 65),
        (b'"v":1', b'"v":2'),
        (b'"v":1,', b'"v":1,"v":1,'),
        (b'"type":"answer"', b'"type":"key"'),
        (b"01" * 32, b"0A" * 32),
        (b"}", b"}\n"),
    ],
)
def test_what_is_wrong_is_not_plain(before: bytes, after: bytes) -> None:
    """Each of the ways in which canonical JSON or a form is missed, one by one."""
    leaf = question()
    assert before in leaf
    changed = leaf.replace(before, after, 1) if before != b"}" else leaf + b"\n"
    assert QuestionEntry.of_plain(changed) is None
    with pytest.raises(EncodingError):
        decode_entry(changed)


def test_a_situation_beyond_the_cap_is_left_to_the_long_way() -> None:
    """A document of more octets than a leaf takes is refused, plain or not."""
    leaf = question().replace(b'"id":"B team"', b'"id":"' + b"B" * 9_000 + b'"')
    assert QuestionEntry.of_plain(leaf) is None
    with pytest.raises(EncodingError):
        decode_entry(leaf)


def test_a_pattern_that_is_too_wide_is_noticed(monkeypatch) -> None:
    """The property above can fail: an expression that takes leading zeros takes what is none."""
    wide = _plain_of(QuestionEntry, 1)[0].pattern.replace(plain.INTEGER, "[0-9]{1,15}")
    leaf = question().replace(b'"version":7', b'"version":07')
    monkeypatch.setattr(
        "fedquery.audit.entry._plain_of",
        lambda cls, version: (re.compile(wide), *_plain_of(cls, version)[1:]),
    )
    assert QuestionEntry.of_plain(leaf) is not None
    assert long_way(QuestionEntry, leaf) is None


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.from_regex(usual_situation.USUAL, fullmatch=True))
def test_a_usual_situation_is_canonical(text: str) -> None:
    """Whatever the expression of a situation matches, the strict reader of canonical JSON takes."""
    if text.isascii():
        assert isinstance(canonical_json.load(text.encode(), cap=10**6), dict)


def test_an_escape_in_another_place_is_read_in_the_long_way() -> None:
    """A leaf that is right and not plain is read all the same."""
    entry = replace(QuestionEntry.decode(question()), engine='a "quoted" engine')
    assert QuestionEntry.of_plain(entry.encode()) is None
    assert entry == decode_entry(entry.encode())
