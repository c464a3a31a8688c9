"""The tables of words: each word stands once, and names something that exists."""

import re
import unicodedata

import pytest

from fedquery.identifiers import kinds
from fedquery.identifiers.banks import BANKS
from fedquery.identifiers.extraction import word_tables
from fedquery.identifiers.extraction.words_pattern import last, words_pattern


def test_words_name_kinds_and_nations():
    """Or that something is no identifier, or PromptPay, which is of several kinds."""
    labels = word_tables.labels().values()
    assert {one.says for one in labels} <= {*kinds(), word_tables.NOTHING, word_tables.PROMPTPAY}
    assert {one.nation for one in labels} == {"", *BANKS}


def test_names_of_banks_lead_to_banks():
    """By a code that accounts of their nation can have, or by none where it is not certain."""
    for name in word_tables.bank_names().values():
        assert 1 <= len(name.banks) == len({nation for nation, _ in name.banks}) <= 2
        for nation, code in name.banks:
            listed = BANKS[nation].is_listed(code) or code.isdecimal()
            assert code == "" or (listed and (len(code) == 8 or BANKS[nation].is_code(code)))


@pytest.mark.parametrize("name", ["label_words.txt", "bank_names.txt"])
def test_no_word_is_empty_doubled_or_out_of_form(name):
    """An empty one would stand everywhere; what a word says must not depend on its line."""
    kept = [row for row in word_tables._rows(name) if row[0] not in ("passport number", "unit")]
    # A name of banks in two nations stands once for each.
    rows = [(word, first if name == "bank_names.txt" else "") for first, _, word in kept]
    words = [word for word, _ in rows]
    assert all(word.strip() == word != "" for word in words)
    assert [] == [one for one in words if one != unicodedata.normalize("NFC", one).lower()]
    assert [] == sorted({one for one in rows if rows.count(one) > 1})


def test_the_pattern_finds_what_each_word_alone_would_find():
    """The longest at a place, and Latin words only at their borders."""
    words = ("tel", "telephone", "โทร", "โทรศัพท์", "a/c", "卡号")
    pattern = words_pattern(words)
    for word in words:
        assert word == pattern.search(f"x {word} y")[0] == pattern.fullmatch(word)[0]
    assert "telephone" == pattern.search("the telephone")[0]
    for text in ("hotel", "tells", "tel-a", "atel"):
        assert None is pattern.search(text)
    assert "โทรศัพท์" == last(pattern, "โทร โทรศัพท์0")[0]
    assert None is last(re.compile("z"), "abc")
