"""Forms: exactly the fields of their page, within their caps, and hidden where they are printed."""

from dataclasses import dataclass

import pytest

from fedquery.desk.forms import Upload, bind, chosen, flag, text, texts, upload
from fedquery.desk.refusals import FormError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A form with a field of each sort."""

    pasted: str = text(cap=20)
    nation: tuple[str, ...] = texts(cap=2, most=3)
    padded: bool = flag()
    level: str = chosen("hit", "contact")
    picture: Upload | None = upload(cap=8)


SENT = {
    "pasted": ["+855 91\r\n683 672"],
    "nation": ["VN", "MM"],
    "padded": ["1"],
    "level": ["hit"],
    "picture": [Upload("a.png", b"12345678")],
}


def test_a_form_is_read_into_its_fields():
    """Lines end as people typed them."""
    found = bind(Asked, SENT)
    assert ("+855 91\n683 672", ("VN", "MM"), True, "hit") == (
        found.pasted,
        found.nation,
        found.padded,
        found.level,
    )
    assert b"12345678" == found.picture.octets


def test_what_a_browser_leaves_out_is_not_there():
    """Boxes that are not ticked, and a file that was not chosen, which comes without octets."""
    found = bind(Asked, {"pasted": [""], "level": ["contact"], "picture": [Upload("", b"")]})
    assert ("", (), False, None) == (found.pasted, found.nation, found.padded, found.picture)


@pytest.mark.parametrize(
    "changed",
    [
        {"pasted": []},
        {"pasted": ["a", "b"]},
        {"pasted": ["x" * 21]},
        {"pasted": ["a\0b"]},
        {"pasted": [Upload("a", b"b")]},
        {"nation": ["VN"] * 4},
        {"nation": ["VNM"]},
        {"padded": ["1", "1"]},
        {"level": ["reference"]},
        {"level": []},
        {"picture": ["text"]},
        {"picture": [Upload("a", b"123456789")]},
        {"picture": [Upload("a", b"1"), Upload("b", b"2")]},
        {"role": ["supervisor"]},
    ],
)
def test_what_is_not_the_form_is_refused_whole(changed):
    """Missing, doubled, too long, of another sort, unknown."""
    with pytest.raises(FormError):
        bind(Asked, SENT | changed)


def test_no_field_is_printed():
    """Whatever a person typed may be an identifier."""
    assert "Asked()" == repr(bind(Asked, SENT)).rpartition(".")[2]
