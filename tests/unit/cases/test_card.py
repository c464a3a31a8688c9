"""Case cards: one way to write each, and nothing else is read."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.psi.holding import CARD, CASE

from fedquery.cases.card import DAY_MS, MAX_LIFE_MS, PERSON_ROLES, CaseCard
from fedquery.cases.case_file import CaseFile
from fedquery.cases.moment import LATEST_MS, parse_moment, render_moment
from fedquery.cases.signed import (
    CARD_CAP,
    MOST_SIGNATURES,
    SignedCard,
    countersign,
    issue,
    merge,
)
from fedquery.errors import EncodingError, InputError
from fedquery.federation.roster import Roster
from fedquery.federation.team import Team
from fedquery.seal.signing import SigningKey
from fedquery.tlog.note import Signer, open_note

PROSECUTOR = Signer("fedquery/TH/prosecutor/bkk-1", bytes(31) + b"\x21")
JUDGE = Signer("fedquery/TH/judge/bkk-2", bytes(31) + b"\x22")
TEXT = """fedquery.case/v1
federation mekong
agency TH/cyber-police
holder VN
case case-7f3a
offence fraud by telephone
maximum-penalty 10
transnational true
opened 2023-11-14T22:13:20Z
person suspect
issued 2023-11-14T22:20:00Z
ends 2023-11-15T22:20:00Z
"""


def test_a_card_reads_as_a_person_would_write_it():
    """The example of protocol.md, byte by byte."""
    assert TEXT == CASE.render().decode()
    assert CASE == CaseCard.parse(TEXT.encode())


ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
WIDE = st.characters(categories=("L", "N", "P", "S", "Mn", "Zs"))
FACTS = {
    "pseudonym": st.text(ASCII, min_size=1, max_size=64),
    "offence": st.text(WIDE, max_size=80),
    "maximum_penalty_years": st.integers(0, 99),
    "transnational": st.booleans(),
    "person_role": st.sampled_from(PERSON_ROLES),
    "opened_ms": st.integers(0, LATEST_MS // 1000).map(lambda second: 1000 * second),
}


@given(facts=st.fixed_dictionaries(FACTS), life_s=st.integers(1, MAX_LIFE_MS // 1000))
def test_a_card_comes_back(facts, life_s):
    """Parsing is the inverse of rendering, for every card that there can be."""
    try:
        card = replace(CASE, **facts, ends_ms=CASE.issued_ms + 1000 * life_s)
    except InputError:
        return
    assert card == CaseCard.parse(card.render())


@pytest.mark.parametrize(
    "change",
    [
        {"federation": "Mekong"},
        {"agency": "TH"},
        {"holder": "V"},
        {"pseudonym": ""},
        {"pseudonym": "c" * 65},
        {"pseudonym": "cas\u00e9"},
        {"pseudonym": "case\n7"},
        {"offence": "o" * 81},
        {"offence": "fraud\x00"},
        {"offence": "-"},
        {"offence": "two\u2028lines"},
        {"maximum_penalty_years": -1},
        {"maximum_penalty_years": 100},
        {"maximum_penalty_years": True},
        {"transnational": 1},
        {"person_role": "witness"},
        {"opened_ms": -1},
        {"opened_ms": 999},
        {"opened_ms": LATEST_MS + 1000},
        {"ends_ms": CASE.issued_ms},
        {"ends_ms": CASE.issued_ms + MAX_LIFE_MS + 1000},
    ],
)
def test_a_card_is_in_range(change):
    """A card with a fact out of range is no value at all."""
    with pytest.raises(InputError):
        replace(CASE, **change)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fedquery.case/v1", "fedquery.case/v2"),
        ("federation mekong\n", ""),
        ("holder VN\n", "holder VN\nholder VN\n"),
        ("holder VN\ncase case-7f3a\n", "case case-7f3a\nholder VN\n"),
        ("maximum-penalty 10", "maximum-penalty 010"),
        ("maximum-penalty 10", "maximum-penalty +10"),
        ("transnational true", "transnational yes"),
        ("2023-11-14T22:13:20Z", "2023-11-14T22:13:20+00:00"),
        ("2023-11-14T22:13:20Z", "2023-11-14 22:13:20"),
        ("2023-11-14T22:13:20Z", "2023-02-30T22:13:20Z"),
        ("ends 2023", "until 2023"),
        ("person suspect\n", "person suspect \n"),
        ("22:20:00Z\n", "22:20:00Z\nnote x\n"),
    ],
)
def test_another_spelling_is_no_card(old, new):
    """Each bent line is refused with one opaque error."""
    assert old in TEXT
    with pytest.raises(EncodingError, match=r"^malformed case card$"):
        CaseCard.parse(TEXT.replace(old, new).encode())


@given(st.integers(0, LATEST_MS // 1000))
def test_a_moment_comes_back(second):
    """Every second to the end of the year 9999 has one text."""
    assert 1000 * second == parse_moment(render_moment(1000 * second), "moment")


def test_a_card_shows_neither_pseudonym_nor_offence():
    """Both point to people; a repr may get into a log."""
    assert "7f3a" not in repr(CARD) + repr(CASE)
    assert "telephone" not in repr(CARD) + repr(CASE)


def test_countersigning_twice_is_once():
    """The same key adds no second line, and a second signer does."""
    once = countersign(CARD, PROSECUTOR)
    assert once == countersign(once, PROSECUTOR)
    twice = countersign(once, JUDGE)
    assert ("TH/cyber-police", PROSECUTOR.name, JUDGE.name) == twice.signed_by
    assert len({CARD.digest, once.digest, twice.digest}) == 3


def test_a_doubled_line_is_no_card():
    """One key signs once; the twin with one line is read."""
    signed = countersign(CARD, PROSECUTOR)
    assert signed == SignedCard.read(signed.note)
    line = signed.note.splitlines(keepends=True)[-1]
    with pytest.raises(EncodingError):
        SignedCard.read(signed.note + line)


def test_a_card_has_room_for_eight_lines_and_no_more():
    """The cap is on lines and on octets."""
    signed = CARD
    for at in range(MOST_SIGNATURES - 1):
        signed = countersign(signed, Signer(f"s/{at}", bytes(31) + bytes([at + 1])))
    assert MOST_SIGNATURES == len(signed.lines)
    assert len(signed.note) <= CARD_CAP
    with pytest.raises(EncodingError):
        countersign(signed, PROSECUTOR)


BENT = {
    "line more": CARD.note + b"\n",
    "empty line more": CARD.note.replace(b"\n\n", b"\n\n\n"),
    "cut": CARD.note[:-1],
    "hyphen for a dash": CARD.note.replace("\u2014".encode(), b"-"),
    "byte order mark": b"\xef\xbb\xbf" + CARD.note,
    "carriage returns": CARD.note.replace(b"\n", b"\r\n"),
    "unsigned": CASE.render(),
    "nothing": b"",
}


@pytest.mark.parametrize("octets", BENT.values(), ids=BENT)
def test_another_form_is_no_signed_card(octets):
    """A note that signing would not have written is refused."""
    with pytest.raises(EncodingError):
        SignedCard.read(octets)


def cards():
    """Make the cards of one case for two holders."""
    key = SigningKey(bytes(31) + b"\x11")
    return tuple(
        issue(replace(CASE, holder=holder, pseudonym=f"case-{holder}"), key)
        for holder in ("LA", "VN")
    )


CASE_FILE = CaseFile(number="2026/117", purpose="fraud", sensitive=True, cards=cards())


def test_a_case_file_comes_back():
    """With its number, its state and all cards."""
    assert CASE_FILE == CaseFile.parse(CASE_FILE.render())
    closed = replace(CASE_FILE, state="closed")
    assert "closed" == CaseFile.parse(closed.render()).state


def test_one_act_signs_all_cards():
    """Each card has the line over its own octets, because each is another text."""
    signed = CASE_FILE.countersigned(PROSECUTOR)
    lines = [one.lines[-1] for one in signed.cards]
    assert [PROSECUTOR.name] * 2 == [name for name, _ in lines]
    assert lines[0] != lines[1]
    assert signed == CASE_FILE.merged(signed)
    both = signed.merged(CASE_FILE.countersigned(JUDGE))
    assert all(3 == len(one.lines) for one in both.cards)
    with pytest.raises(EncodingError):
        merge(*CASE_FILE.cards)


@pytest.mark.parametrize(
    "change",
    [
        {"holder": "KH", "maximum_penalty_years": 3},
        {"holder": "KH", "person_role": "victim"},
        {"holder": "KH", "ends_ms": CASE.ends_ms + DAY_MS},
        {"holder": "LA"},
    ],
)
def test_cards_that_differ_are_no_case(change):
    """A prosecutor is shown one card's facts, so no other may say something else."""
    odd = issue(replace(CASE, **change), SigningKey(bytes(31) + b"\x11"))
    with pytest.raises(InputError):
        replace(CASE_FILE, cards=(odd, *CASE_FILE.cards))


def test_signatures_of_other_cards_are_not_taken_over():
    """A file of another number, or of cards with another end, is another case."""
    with pytest.raises(InputError):
        CASE_FILE.merged(replace(CASE_FILE, number="2026/118"))
    later = tuple(
        issue(replace(one.card, ends_ms=one.card.ends_ms + 1000), SigningKey(bytes(32)))
        for one in CASE_FILE.cards
    )
    with pytest.raises(InputError):
        CASE_FILE.merged(replace(CASE_FILE, cards=later))


def test_the_examples_of_protocol_md_verify():
    """Whoever builds another implementation begins with these octets."""
    text = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
    blocks = text.split("```\n")[1::2]
    (card,) = [block for block in blocks if block.startswith("fedquery.case/v1\n")]
    assert countersign(CARD, PROSECUTOR) == SignedCard.read(card.encode())
    roots = {
        code: Signer(f"fedquery/{code}/root", bytes(31) + bytes([octet])).verifier_key
        for code, octet in (("TH", 0x31), ("KH", 0x32))
    }
    for title, parse, signers in (
        ("fedquery.roster/v1\n", Roster.parse, ("TH",)),
        ("fedquery.team/v1\n", Team.parse, ("KH", "TH")),
    ):
        (note,) = [block.encode() for block in blocks if block.startswith(title)]
        opened = open_note(note, [roots[code] for code in signers], len(note))
        opened.require(len(signers), {roots[code].name for code in signers})
        assert parse(opened.body).number
