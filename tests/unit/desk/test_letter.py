"""The request says by what the holder finds its record, in each language, and nothing more."""

from dataclasses import replace

from unit.desk.conftest import NOW_MS
from unit.desk.voices import ENGLISH

from fedquery.desk.letter import Found, letter_of

FOUND = Found(
    nation="VN",
    agency="TH/cyber-police",
    contact="desk@example.org",
    reference="VN-7781",
    pseudonym="0f3a6c1d",
    dataset="phones",
    version=3,
    entry=41,
    receipt="abc.receipt.json",
    asked_ms=NOW_MS,
)
OTHER = replace(ENGLISH, say=lambda text, **values: f"<{ENGLISH.say(text, **values)}>")


def test_a_letter_has_reference_case_contact_and_receipt():
    """By these the holder finds the record."""
    letter = letter_of(FOUND, "today", ENGLISH)
    values = dict(letter.facts)
    assert "VN-7781" == values["Your reference"]
    assert "0f3a6c1d" == values["The case, as your node knows it"]
    assert ("41", "abc.receipt.json") == (values["Entry of your log"], values["Our receipt"])
    assert ("Viet Nam: desk@example.org", "TH/cyber-police") == (
        dict(letter.head)["To"],
        dict(letter.head)["From"],
    )


def test_both_languages_say_the_same():
    """The same lines, each with the same values; only words differ."""
    english, other = (letter_of(FOUND, "today", voice) for voice in (ENGLISH, OTHER))
    assert [f"<{label}>" for label, _ in english.facts] == [label for label, _ in other.facts]
    assert [value for _, value in english.facts] == [value for _, value in other.facts]
    assert [f"<{one}>" for one in english.sentences] == list(other.sentences)


def test_what_is_not_known_is_left_out_or_said():
    """A hit that was not claimed has no reference, and a refusal of the log no entry."""
    bare = replace(FOUND, reference="", entry=None, contact="")
    letter = letter_of(bare, "today", ENGLISH)
    values = dict(letter.facts)
    assert "not claimed yet" == values["Your reference"]
    assert "Entry of your log" not in values
    assert "Viet Nam" == dict(letter.head)["To"]


def test_a_letter_has_no_place_for_an_identifier_or_a_number_of_ours():
    """Neither is among what it is made of."""
    names = set(Found.__dataclass_fields__)
    assert {"nation", "agency", "contact", "reference", "pseudonym"} < names
    assert set() == names & {"identifier", "typed", "masked", "number", "title", "officer"}
