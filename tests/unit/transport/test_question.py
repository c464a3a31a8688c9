"""The codec of questions and claims: one value, one byte string; anything else is malformed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.cases.card import PERSON_ROLES, CaseCard
from fedquery.cases.signed import CARD_CAP, MOST_SIGNATURES, SignedCard, countersign, issue
from fedquery.errors import EncodingError, InputError
from fedquery.psi.question import (
    AIMS,
    CLAIM_LEVELS,
    PURPOSES,
    Claim,
    Question,
    Statement,
)
from fedquery.seal.signing import SigningKey
from fedquery.seal.size import LARGEST_WITH_BUCKETS, SIZE_CLASSES, request_message_cap
from fedquery.tlog.note import Signer
from fedquery.transport.question import decode_asked, encode_claim, encode_question
from fedquery.v1 import sealed_pb2 as pb

VERSIONS = st.integers(1, 2**53 - 1)
DATASETS = st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True)
MARKS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=64)
TEXTS = st.text(st.characters(categories=("L", "N", "P", "S", "Mn", "Mc")), max_size=80)


KEY_SEED = bytes(31) + b"\x08"
KEY = SigningKey(bytes(31) + b"\x07")
NOON_MS = 1_772_366_400_000


@st.composite
def cases(draw):
    """Draw a signed case card."""
    card = CaseCard(
        federation="mekong",
        agency="TH/cyber-police",
        holder="VN",
        pseudonym=draw(MARKS.filter(bool)),
        offence=draw(TEXTS.filter(lambda text: text != "-")),
        maximum_penalty_years=draw(st.integers(0, 99)),
        transnational=draw(st.booleans()),
        opened_ms=1000 * draw(st.integers(0, 253_402_300_799)),
        person_role=draw(st.sampled_from(PERSON_ROLES)),
        issued_ms=NOON_MS,
        ends_ms=NOON_MS + 1000 * draw(st.integers(1, 366 * 86_400)),
    )
    return issue(card, KEY)


@st.composite
def statements(draw):
    """Draw a statement."""
    card = draw(cases())
    return Statement(
        purpose=draw(st.sampled_from(PURPOSES)),
        card=card,
        person_role=card.card.person_role,
        aim=draw(st.sampled_from(AIMS)),
        officer_mark=draw(MARKS),
        justification=draw(TEXTS),
    )


@st.composite
def questions(draw):
    """Draw a question of any size class."""
    size_class = draw(st.sampled_from(SIZE_CLASSES))
    tags = size_class <= LARGEST_WITH_BUCKETS and draw(st.booleans())
    prefix_len = draw(st.integers(0, 24))
    prefix = st.integers(0, 2**prefix_len - 1)
    prefixes = draw(st.lists(prefix, min_size=size_class, max_size=size_class)) if tags else ()
    return Question(
        dataset=draw(DATASETS),
        version=draw(VERSIONS),
        columns="tags" if tags else "none",
        prefix_len=prefix_len,
        statement=draw(statements()),
        elements=draw(st.binary(min_size=32, max_size=32)) * size_class,
        prefixes=tuple(prefixes),
    )


@st.composite
def claims(draw):
    """Draw a claim."""
    return Claim(
        dataset=draw(DATASETS),
        version=draw(VERSIONS),
        tag=draw(st.binary(min_size=8, max_size=8)),
        claim_token=draw(st.binary(min_size=16, max_size=16)),
        level=draw(st.sampled_from(CLAIM_LEVELS)),
        statement=draw(statements()),
    )


CARD = CaseCard(
    federation="mekong",
    agency="TH/cyber-police",
    holder="VN",
    pseudonym="case-1",
    maximum_penalty_years=4,
    transnational=True,
    opened_ms=1_772_352_000_000,
    person_role="suspect",
    issued_ms=NOON_MS,
    ends_ms=NOON_MS + 86_400_000,
)
STATEMENT = Statement(
    purpose="fraud",
    card=issue(CARD, KEY),
    person_role="suspect",
    aim="identify",
    officer_mark="o-17",
    justification="named in a statement",
)
QUESTION = Question(
    dataset="scam-phones",
    version=7,
    columns="tags",
    prefix_len=9,
    statement=STATEMENT,
    elements=bytes(range(32)) * 4,
    prefixes=(0, 511, 3, 3),
)
CLAIM = Claim(
    dataset="scam-phones",
    version=7,
    tag=bytes(8),
    claim_token=bytes(16),
    level="summary",
    statement=STATEMENT,
)


@given(questions())
def test_a_question_comes_back(question):
    """Decoding is the inverse of encoding, for every question."""
    assert question == decode_asked(encode_question(question), question.size_class)


@given(claims())
def test_a_claim_comes_back(claim):
    """Decoding is the inverse of encoding, for every claim."""
    assert claim == decode_asked(encode_claim(claim), 1)


@given(st.binary(max_size=200))
def test_random_octets_are_malformed(octets):
    """Octets that nobody encoded are refused with the one error."""
    with pytest.raises(EncodingError, match=r"^malformed question$"):
        decode_asked(octets, 1)


@given(questions(), st.data())
def test_a_changed_octet_is_another_question_or_none(question, data):
    """There is no second encoding: what still decodes is another value, and encodes as it was."""
    octets = bytearray(encode_question(question))
    at = data.draw(st.integers(0, len(octets) - 1))
    octets[at] ^= data.draw(st.integers(1, 255))
    try:
        changed = decode_asked(bytes(octets), question.size_class)
    except EncodingError:
        return
    assert changed != question
    again = encode_question(changed) if isinstance(changed, Question) else encode_claim(changed)
    assert bytes(octets) == again


@pytest.mark.parametrize("size_class", [1, 16, 64, 512, 4096, 8192, 0, 2, -1, 5])
def test_the_size_class_of_the_header_must_be_the_questions(size_class):
    """What is charged is what is asked: another class, and one that is none, are refused."""
    with pytest.raises(EncodingError):
        decode_asked(encode_question(QUESTION), size_class)
    if size_class != 1:
        with pytest.raises(EncodingError):
            decode_asked(encode_claim(CLAIM), size_class)


def varint_with_a_zero_more():
    """Write the version 7 as 0x87 0x00."""
    octets = encode_question(QUESTION)
    inner = octets[3:].replace(b"\x10\x07", b"\x10\x87\x00", 1)
    return b"\x0a" + bytes([len(inner) & 0x7F | 0x80, len(inner) >> 7]) + inner


def changed(**fields):
    """Encode the question with some fields of its message replaced."""
    message = pb.Asked.FromString(encode_question(QUESTION))
    for name, value in fields.items():
        if value is None:
            message.question.ClearField(name)
        elif isinstance(value, list):
            message.question.ClearField(name)
            getattr(message.question, name).extend(value)
        else:
            setattr(message.question, name, value)
    return message.SerializeToString(deterministic=True)


def stated(**fields):
    """Encode the question with some fields of its statement replaced."""
    message = pb.Asked.FromString(encode_question(QUESTION))
    for name, value in fields.items():
        target = message.question.statement
        setattr(target, name, value)
    return message.SerializeToString(deterministic=True)


def without_case_card():
    """Encode the question without its case card."""
    message = pb.Asked.FromString(encode_question(QUESTION))
    message.question.statement.ClearField("case_card")
    return message.SerializeToString(deterministic=True)


GOOD = encode_question(QUESTION)
BAD = {
    "empty": b"",
    "truncated": GOOD[:-1],
    "trailing-zero": GOOD + b"\0",
    "unknown-field": GOOD + b"\x18\x01",
    "unknown-field-inside": pb.Asked(
        question=pb.Question.FromString(
            pb.Asked.FromString(GOOD).question.SerializeToString() + b"\x78\x01"
        )
    ).SerializeToString(),
    "twice": GOOD + GOOD,
    "question-and-claim": GOOD + encode_claim(CLAIM),
    "varint-not-shortest": varint_with_a_zero_more(),
    "no-dataset": changed(dataset=None),
    "dataset-in-capitals": changed(dataset="Scam"),
    "version-0": changed(version=None),
    "version-too-large": changed(version=2**53),
    "columns-unspecified": changed(columns=None),
    "columns-unknown": changed(columns=3),
    "level-unspecified": changed(level=None),
    "level-reference": changed(level=pb.LEVEL_REFERENCE),
    "level-unknown": changed(level=9),
    "prefix-len-too-large": changed(prefix_len=25),
    "prefix-out-of-range": changed(prefixes=[0, 1, 2, 512]),
    "prefix-missing": changed(prefixes=[0, 1, 2]),
    "prefixes-without-columns": changed(columns=pb.COLUMNS_NONE),
    "no-statement": changed(statement=None),
    "no-elements": changed(elements=None),
    "element-cut": changed(elements=bytes(127)),
    "element-more": changed(elements=bytes(160)),
    "no-case-card": without_case_card(),
    "purpose-empty": stated(purpose=""),
    "purpose-unknown": stated(purpose="curiosity"),
    "role-unknown": stated(person_role="friend"),
    "aim-unknown": stated(aim="look"),
    "role-not-the-cards": stated(person_role="victim"),
    "card-empty": stated(case_card=b""),
    "card-unsigned": stated(case_card=CARD.render()),
    "card-cut": stated(case_card=STATEMENT.card.note[:-1]),
    "card-changed": stated(case_card=STATEMENT.card.note.replace(b"penalty 4", b"penalty 04")),
    "card-over-its-cap": stated(case_card=STATEMENT.card.note + b"x" * CARD_CAP),
    "mark-too-long": stated(officer_mark="x" * 65),
    "justification-too-long": stated(justification="x" * 401),
    "justification-with-controls": stated(justification="a\nb"),
    "not-utf-8": GOOD.replace(b"scam-phones", b"scam-ph\xffnes"),
}


@pytest.mark.parametrize("octets", BAD.values(), ids=BAD)
def test_a_bad_question_is_malformed(octets):
    """Each fault is refused with one opaque error, without a cause that could carry a value."""
    assert octets != GOOD
    with pytest.raises(EncodingError, match=r"^malformed question$") as caught:
        decode_asked(octets, 4)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_claim_at_the_level_hit_is_malformed():
    """A claim is for a reference or a summary."""
    message = pb.Asked.FromString(encode_claim(CLAIM))
    message.claim.level = pb.LEVEL_HIT
    with pytest.raises(EncodingError):
        decode_asked(message.SerializeToString(), 1)


def test_a_message_over_its_class_is_not_parsed():
    """The cap of the size class comes before the parser."""
    octets = GOOD + bytes(request_message_cap(4) + 1 - len(GOOD))
    with pytest.raises(EncodingError):
        decode_asked(octets, 4)


def longest_card() -> SignedCard:
    """Make a card of the most octets that a card may have."""
    card = replace(
        CARD,
        agency="TH/" + "x" * 40,
        pseudonym="x" * 64,
        offence="\U00010400" * 80,
        maximum_penalty_years=99,
        opened_ms=253_402_300_799_000,
        person_role="convicted",
    )
    signed = issue(card, KEY)
    for left in range(MOST_SIGNATURES - len(signed.lines), 0, -1):
        # A line has 98 octets beside the name of its key.
        name = "y" * ((CARD_CAP - len(signed.note)) // left - 98 - 1) + str(left)
        signed = countersign(signed, Signer(name, KEY_SEED))
    assert CARD_CAP == len(signed.note)
    return signed


@pytest.mark.parametrize("size_class", SIZE_CLASSES)
def test_the_longest_question_fits_its_class(size_class):
    """A card of full length, texts in four-octet characters and prefixes of all bits leave room."""
    wide = "\U00010400"
    statement = Statement(
        purpose="money laundering",
        card=longest_card(),
        person_role="convicted",
        aim="identify",
        officer_mark="x" * 64,
        justification=wide * 400,
    )
    tags = size_class <= LARGEST_WITH_BUCKETS
    question = Question(
        dataset="x" * 40,
        version=2**53 - 1,
        columns="tags" if tags else "none",
        prefix_len=24,
        statement=statement,
        elements=bytes(32 * size_class),
        prefixes=(2**24 - 1,) * size_class if tags else (),
    )
    octets = encode_question(question)
    assert question == decode_asked(octets, size_class)
    assert len(octets) <= request_message_cap(size_class)


def test_what_does_not_fit_is_an_input_error(monkeypatch):
    """Should the texts ever outgrow the class, the asker is told, and nothing is cut."""
    monkeypatch.setattr("fedquery.transport.question.request_message_cap", lambda _class: 100)
    with pytest.raises(InputError, match="too long together"):
        encode_question(QUESTION)
