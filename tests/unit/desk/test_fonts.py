"""A machine without fonts shows every letter of every language of the desk."""

import datetime as dt
import hashlib
import re
from functools import cache

import pytest
from fontTools.ttLib import TTFont

from fedquery.desk.catalogue import messages_of, read_catalog, said_of
from fedquery.desk.dates import Dates
from fedquery.desk.language import ENGLISH, LANGUAGES
from fedquery.desk.messages import PACKAGE, file_of

STATIC = PACKAGE / "static"
FONTS = STATIC / "fonts"
FACE = re.compile(r"@font-face \{(.*?)\}", re.DOTALL)
DAYS = [dt.date(2026, month, 7 * month % 28 + 1) for month in range(1, 13)]


def ranges(face):
    """List the code points that a face of the style sheet is for."""
    text = re.search(r"unicode-range: ([^;]+);", face).group(1)
    for found in re.finditer(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", text):
        first = int(found[1], 16)
        yield from range(first, int(found[2] or found[1], 16) + 1)


@cache
def faces():
    """Map each file that the style sheet names to the letters that it gives to a page."""
    found = {}
    for face in FACE.findall((STATIC / "fonts.css").read_text(encoding="utf-8")):
        name = re.search(r'url\("fonts/([a-z0-9-]+\.woff2)"\)', face).group(1)
        with TTFont(FONTS / name) as font:
            found[name] = {chr(point) for point in font.getBestCmap().keys() & set(ranges(face))}
    return found


@cache
def letters():
    """Gather every letter that a font gives."""
    return frozenset().union(*faces().values())


def shown(tag):
    """Gather what a page of a language can show that the desk itself wrote."""
    language = LANGUAGES[tag]
    dates = Dates(tag, dt.UTC)
    texts = [language.name, *(dates.day(day) for day in DAYS)]
    texts += [dates.age(0, past_ms) for past_ms in (9_000, 540_000, 9 * 3_600_000, 10**9)]
    if tag != ENGLISH:
        for message in messages_of(read_catalog(file_of(language).read_bytes(), language)):
            texts.append(said_of(message))
    return set("".join(texts))


def missing(texts):
    """List the letters of texts that no font has."""
    return sorted(set(texts) - letters())


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_letter_is_missing(tag):
    """Each letter of a catalogue and its dates is in a font, in the range that it is used for."""
    assert [] == missing(shown(tag))


def test_a_letter_that_no_font_has_is_noticed():
    """The check above fails for letters of other scripts."""
    assert ["ཀ", "ひ"] == missing("ひཀ ก中")


def test_names_of_people_can_be_written():
    """What officers type is in the fonts as well: all letters of the scripts in use today."""
    blocks = [(0x0E01, 0x0E3A), (0x0E3F, 0x0E5B), (0x1000, 0x104F), (0x1780, 0x17D3)]
    blocks += [(0x1EA0, 0x1EF9), (0x20, 0x7E), (0xE81, 0xE82), (0xE94, 0xE97), (0xED0, 0xED9)]
    wanted = [chr(point) for first, last in blocks for point in range(first, last + 1)]
    assert [] == missing("".join(wanted))


def test_common_chinese_characters_are_there():
    """All but four of the 3,755 common characters of GB 2312, level 1."""
    rows = {row: range(0xA1, 0xFF if row < 0xD7 else 0xFA) for row in range(0xB0, 0xD8)}
    common = [bytes((row, cell)).decode("gb2312") for row, cells in rows.items() for cell in cells]
    assert 3_755 == len(common)
    assert sorted("毖耪谰锨") == missing("".join(common))


@pytest.mark.parametrize("script", ["khmer", "myanmar", "thai", "lao"])
def test_scripts_that_stack_are_shaped(script):
    """A font without shaping rules would put vowels and subscripts side by side."""
    for path in FONTS.glob(f"noto-sans-{script}-*.woff2"):
        with TTFont(path) as font:
            assert {"GSUB", "GPOS"} <= set(font.keys())


def test_fonts_are_those_that_were_chosen():
    """Each file is the one of its release, is used, and has a licence beside it."""
    lines = (FONTS / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    files = {path.name: path for path in FONTS.glob("*.woff2")}
    assert sums == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()
    }
    assert set(files) == set(faces())
    families = {path.stem.removeprefix("LICENSE-") for path in FONTS.glob("LICENSE-*.txt")}
    assert all(any(name.startswith(family) for family in families) for name in files)


def test_fonts_stay_small():
    """All fonts but the Chinese one together have less than 270,000 octets, that one 1,200,000."""
    sizes = {path.name: path.stat().st_size for path in FONTS.glob("*.woff2")}
    chinese = [size for name, size in sizes.items() if "-sc-" in name]
    assert sum(chinese) < 1_200_000
    assert sum(sizes.values()) - sum(chinese) < 270_000
