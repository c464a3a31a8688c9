"""Chips of what was pasted: what is doubtful is chosen by a person, and nothing is dropped."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.ask.pasting import in_text
from fedquery.desk.reading import Row, asked, chips_of, edited, merged, plan_of
from fedquery.identifiers import kinds, parse
from fedquery.identifiers.samples import drawn

PASTED = """Paid to 2081234567, then +84 855501990
call 081 234 5678
+84855501990
12345
meeting on 2026-11-25
"""


def chips(text=PASTED, region="TH"):
    """Make the chips of a text."""
    return chips_of(in_text(text, region), text)


def rows(shown, **changes):
    """Say by the form what is shown, with changes by the place of a chip."""
    said = [
        Row(chip.text, -1 if chip.chosen is None else chip.chosen, chip.is_ticked) for chip in shown
    ]
    for place, row in changes.items():
        said[int(place[1:])] = row
    return said


def canonical(found):
    """Write identifiers for a comparison."""
    return [one.canonical for one in found]


def test_what_is_sure_is_ticked_and_what_is_doubtful_is_not():
    """Nobody asks about a number that may be nothing, without having said so."""
    found = chips()
    assert ["doubtful", "certain", "likely", "unread"] == [chip.sureness for chip in found]
    assert [False, True, True, False] == [chip.is_ticked for chip in found]
    assert ["+84855501990", "+66812345678"] == canonical(asked(found))


def test_equal_ones_are_one_chip_that_says_how_often():
    """Two spellings of one number are asked about once."""
    (vn,) = (chip for chip in chips() if chip.times > 1)
    assert (2, "+84855501990") == (vn.times, vn.identifier.canonical)


def test_a_line_that_was_meant_as_an_identifier_is_not_dropped():
    """It is shown with why it is none; prose with a date in it is not."""
    (unread,) = (chip for chip in chips() if chip.sureness == "unread")
    assert ("12345", "it is of no known kind") == (unread.text, unread.fault)


def test_several_readings_are_chosen_and_not_guessed():
    """A doubtful chip of several readings means nothing until one is chosen."""
    found = chips("004-1-23456-7890")
    assert None is found[0].chosen
    ticked = edited(found, rows(found, _0=Row(found[0].text, -1, is_ticked=True)), "TH")
    assert () == asked(ticked)
    chosen = edited(found, rows(found, _0=Row(found[0].text, 1, is_ticked=True)), "TH")
    assert [found[0].readings[1].identifier.canonical] == canonical(asked(chosen))


def test_an_edited_text_is_read_anew():
    """What stands in the field is asked about, and not what stood there before."""
    found = chips("+84855501990")
    now = edited(found, rows(found, _0=Row("+84855501991", 0, is_ticked=True)), "TH")
    assert ["+84855501991"] == canonical(asked(now))


def test_a_text_that_cannot_be_read_stays_ticked_and_says_why():
    """What somebody wants to ask about is not left out because of a mistake."""
    found = chips("+84855501990")
    (chip,) = edited(found, rows(found, _0=Row("08x", 0, is_ticked=True)), "TH")
    assert ("unread", True, None) == (chip.sureness, chip.is_ticked, chip.identifier)
    assert chip.fault


@pytest.mark.parametrize("text", ["\u202e+84855501990\u202c", "from \u202e 081 234 5678 today"])
def test_what_is_shown_in_another_order_than_it_is_written_is_not_read(text):
    """Whoever reads it from the screen means another number; typed alike."""
    assert () == asked(chips(text))
    assert {"unread"} == {chip.sureness for chip in chips(text)}
    (typed,) = edited((), [Row(text, -1, is_ticked=True)], "TH")
    assert ("unread", None) == (typed.sureness, typed.identifier)


def test_lines_are_counted_as_the_search_counts_them():
    """Other ends of lines than a line feed make no line here."""
    text = "a\u2028b\x85c\x0bd\n+84855501990\r\n12345\r\n"
    assert ["certain", "unread"] == [chip.sureness for chip in chips(text)]
    assert ["+84855501990", "12345"] == [chip.text for chip in chips(text)]


def test_harmless_marks_of_direction_stay_harmless():
    """Telephones put them around the numbers that they copy."""
    assert ["+84855501990"] == canonical(asked(chips("\u202a+84 855501990\u202c")))


def test_an_emptied_field_is_taken_away_and_a_further_one_is_added():
    """A form has one row more than there are chips."""
    found = chips("+84855501990")
    said = [Row(" ", 0, is_ticked=True), Row("+84855501992", 0, is_ticked=True)]
    assert ["+84855501992"] == canonical(asked(edited(found, said, "TH")))


def test_a_reading_that_is_not_there_changes_nothing():
    """A form that was made by hand chooses among what was shown, or keeps what was chosen."""
    found = chips("+84855501990")
    for reading in (-1, 1, 99):
        assert found == edited(
            found, rows(found, _0=Row(found[0].text, reading, is_ticked=True)), "TH"
        )


def test_no_chip_prints_what_it_holds():
    """Logs and tracebacks print whatever they can reach."""
    shown = repr(chips())
    assert not any(part in shown for part in ("855501990", "81234567", "12345"))


@given(st.lists(st.sampled_from(["+84855501990", "+84 855501990", "0812345678", "12345"])))
def test_merging_again_changes_nothing_and_loses_nothing(lines):
    """However a list is repeated: the count of what stood there stays, and no two are equal."""
    found = chips("\n".join(lines))
    assert found == merged(found)
    assert len(lines) == sum(chip.times for chip in found)
    assert len(found) == len({chip.text if chip.fault else chip.identifier for chip in found})


@pytest.mark.parametrize(
    ("kind", "text", "nation"),
    [
        ("phone", "+84855501990", "VN"),
        ("phone", "+8562055551234", "LA"),
        ("phone", "+995322123456", "GE"),
        ("account", "TH:004:1234567890", "TH"),
        ("national-id", "VN:001099012345", "VN"),
        ("passport", "THA:AA1234567", "TH"),
        ("wallet", "0x52908400098527886E0F7030069857D2E4169EE7", ""),
    ],
)
def test_the_nation_of_an_identifier_is_that_of_its_plan(kind, text, nation):
    """An officer sees at once whose number it is."""
    assert nation == plan_of(parse(kind, text, None).identifier)


def test_each_kind_has_a_nation_or_none():
    """No kind makes the page fail."""
    for kind in kinds():
        for sample in islice(drawn(kind, "TH", lambda count: count // 2), 3):
            assert len(plan_of(sample)) in {0, 2}
