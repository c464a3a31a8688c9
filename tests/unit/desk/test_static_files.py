"""Files of pages: named by their content, and style sheets name them so."""

import re

import pytest

from fedquery.desk.static_files import PREFIX, StaticFiles


def test_another_content_has_another_address():
    """So that each may be kept for ever."""
    one, other = StaticFiles.of({"a.js": b"1"}), StaticFiles.of({"a.js": b"2"})
    assert one.address("a.js") != other.address("a.js")
    assert one.address("a.js") == StaticFiles.of({"a.js": b"1"}).address("a.js")
    assert re.fullmatch(PREFIX + r"[0-9a-f]{16}/a\.js", one.address("a.js"))


def test_style_sheets_name_files_by_their_addresses():
    """And change their own with those."""
    files = {"desk.css": b'a{src:url("fonts/x.woff2")}', "fonts/x.woff2": b"1"}
    found = StaticFiles.of(files)
    named = found.by_name["desk.css"].octets.decode()
    assert f'url("{found.address("fonts/x.woff2")}")' in named
    changed = StaticFiles.of(files | {"fonts/x.woff2": b"2"})
    assert found.address("desk.css") != changed.address("desk.css")


def test_a_style_sheet_that_names_no_file_is_found():
    """When the desk starts, not when a page is looked at."""
    with pytest.raises(KeyError):
        StaticFiles.of({"desk.css": b'a{src:url("fonts/x.woff2")}'})


def test_licences_are_not_served():
    """Only what pages load is."""
    assert {} == dict(StaticFiles.of({"fonts/LICENSE.txt": b"", "README.md": b""}).by_name)


def test_no_file_of_the_release_asks_another_host():
    """No script, style or picture names an address elsewhere."""
    for one in StaticFiles.read().by_name.values():
        if one.media_type != "font/woff2":
            text = one.octets.decode().replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?:|@import|//[a-z]+\.", text), one.address


def broken_anywhere(sheet):
    """List the selectors whose text is broken between any two letters."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", sheet)
    return [one.strip() for one, style in rules if re.search(r"word-break:\s*break-all", style)]


def test_only_digests_and_code_are_broken_anywhere():
    """In Khmer and Burmese a line would begin with a vowel whose letter stands above."""
    assert [".a", ".code.b"] == broken_anywhere(
        ".a { word-break: break-all; } .c { color: red; } .code.b{word-break:break-all}"
    )
    sheets = [
        one.octets.decode()
        for one in StaticFiles.read().by_name.values()
        if one.media_type.startswith("text/css")
    ]
    assert sheets
    found = [selector for sheet in sheets for selector in broken_anywhere(sheet)]
    assert [] == [selector for selector in found if ".code" not in selector]
