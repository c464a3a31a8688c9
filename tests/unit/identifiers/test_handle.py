import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Reason, parse, recognise
from fedquery.identifiers.messengers import Named, linked

NAMES = st.from_regex(r"[a-z][a-z0-9_]{5,15}", fullmatch=True)


def canonical(text):
    """Give the canonical form of a name in a messenger."""
    return parse("handle", text).identifier.canonical


def refused(text):
    """Give the reason why a name is refused."""
    with pytest.raises(IdentifierError) as caught:
        parse("handle", text)
    return caught.value.reason


@given(NAMES.filter(lambda name: not name.startswith(("addst", "addth", "setlang", "confirm"))))
def test_links_and_names_of_telegram_are_one(name):
    """By name, at sign, link, host of its own or the program's link."""
    expected = f"telegram:{name}"
    if linked(f"t.me/{name}") is None:
        # One of the words that are no names.
        return
    for text in (
        expected,
        f"telegram @{name.upper()}",
        f"https://t.me/{name}/12?single#x",
        f"tg://resolve?domain={name}",
        f"{name}.t.me/",
    ):
        assert expected == canonical(text)


@given(NAMES)
def test_a_name_alone_is_never_guessed_at(name):
    """The same name is somebody else's in each messenger."""
    if not name.startswith("wxid_"):
        assert Reason.NO_SERVICE.value == refused(f"@{name}")
        assert Reason.NO_SERVICE.value == refused(name)


@given(NAMES)
def test_services_do_not_meet(name):
    """A name in one messenger never matches the same name in another."""
    found = {canonical(f"{service}:{name}") for service in ("telegram", "wechat", "line")}
    assert 3 == len(found)


@given(st.text(max_size=80))
def test_any_text_is_a_link_or_not(text):
    """Reading links raises nothing, and names only what the link holds."""
    named = linked(text)
    if named is not None:
        assert named.name.strip("#+~@")[:4].lower() in text.lower().replace("%40", "@")


@pytest.mark.parametrize(
    "text", ["https://wa.me/66812345678", "https://zalo.me/0812345678", "https://t.me/+66812345678"]
)
def test_numbers_in_links_are_phones(text):
    """One fact has one place: with the number a phone, and here refused with that reason."""
    assert Reason.PHONE.value == refused(text)
    assert "+66812345678" == parse("phone", text, "TH").identifier.canonical
    (read,) = recognise(text, "TH")
    assert "phone" == read.identifier.kind


def test_words_of_telegram_are_no_names():
    """What core.telegram.org lists beside names is not taken for one."""
    for word in ("joinchat", "addstickers", "proxy", "share", "c", "contact"):
        assert linked(f"https://t.me/{word}/abcdef") is None
    assert Named("telegram", "proxyname") == linked("https://t.me/proxyname")


def test_nothing_prints_whom_a_link_names():
    """A link's name is as secret as the identifier."""
    assert "somebody" not in repr(linked("https://t.me/somebody"))


def test_a_masked_name_shows_its_service():
    """And two characters."""
    assert "telegram:so••••" == parse("handle", "telegram:somebody").identifier.masked()


@pytest.mark.parametrize(
    ("record", "question", "came"),
    [
        ("line:abc123", "LINE ID: abc123", "hit"),
        ("line:@abc123", "https://line.me/R/ti/p/@abc123", "hit"),
        ("line:@abc123", "line:abc123", "possible hit"),
        ("line:abc123", "line:@abc123", "possible hit"),
        ("line:@~abc123", "line:@~abc123", "possible hit"),
        ("line:@abc123", "line:abc124", "no hit"),
        ("line:abc123", "telegram:abc123", "no hit"),
    ],
)
def test_a_name_in_line_is_found_with_and_without_its_at_sign(record, question, came):
    """People leave it out or add it, and it is another account's: so only as a possible hit."""
    kept = parse("handle", record).identifier.kept_under()
    asked = parse("handle", question).identifier
    found = [form.exact for form in (asked, *asked.weaker()) if form in kept]
    assert came == ("no hit" if not found else "hit" if found[0] else "possible hit")
