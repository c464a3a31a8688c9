from urllib.parse import quote, unquote, urlsplit

import ada_url
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Reason, parse

SEGMENTS = st.text("abcXYZ019-._~!$&'()*+,;=:@กขคนำ้中文é", min_size=1, max_size=8)
PATHS = st.lists(SEGMENTS.filter(lambda text: text not in (".", "..", "*")), max_size=4)


def canonical(text):
    """Give the canonical form of a page."""
    return parse("url", text).identifier.canonical


def refused(text):
    """Give the reason why a page is refused."""
    with pytest.raises(IdentifierError) as caught:
        parse("url", text)
    return caught.value.reason


@given(PATHS, st.text("abc=&019ก", max_size=10))
def test_pages_agree_with_the_oracle(parts, query):
    """Host, path and query are those of the language's own reader of RFC 3986, decoded."""
    path = "/".join(parts)
    text = f"https://example.com/{path}" + (f"?{query}" if query else "")
    split = urlsplit(canonical(text))
    assert "example.com" == split.netloc
    assert unquote(f"/{path}") == unquote(split.path)
    assert query == unquote(split.query)


@given(PATHS)
def test_escaped_and_plain_paths_are_one_page(parts):
    """Whether a chat shows the letters of a path or their escapes does not matter."""
    path = "/".join(parts)
    escaped = quote(path, safe="/!$&'()*+,;=:@")
    expected = canonical(f"https://example.com/{path}")
    for text in (escaped, escaped.lower() if path.isascii() and path.islower() else escaped):
        assert expected == canonical(f"http://example.com:80/{text}#x")


@given(PATHS, st.sampled_from(["", "%2e%2e/", "%", "%zz", "%41", "a%2Fb", "%C3%28"]))
@example([], "%2e/%2E%2e")
def test_canonical_forms_are_fixed_points_of_the_standard(parts, odd):
    """The URL standard's own reader changes nothing in a canonical form."""
    text = canonical(f"https://example.com/{odd}{'/'.join(parts)}")
    assert text == canonical(text)
    assert f"https:{text}" == ada_url.URL(f"https:{text}").href


@given(st.text(max_size=40))
def test_what_the_standard_refuses_is_refused(text):
    """No text without a host by the standard is read as a page."""
    try:
        read = canonical(f"https://{text}")
    except IdentifierError:
        return
    assert ada_url.check_url(f"https:{read}")


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/login",
        "http://example.com/login",
        "HTTPS://EXAMPLE.COM/login",
        "example.com/login",
        "https://example.com:443/login#now",
        "hxxps://example[.]com/login",
        "https://somebody@example.com/login",
    ],
)
def test_ways_to_one_page_are_one_page(text):
    """Scheme, common port, fragment, user and brackets make no other page."""
    assert "//example.com/login" == canonical(text)


def test_other_pages_of_a_host_meet_as_a_possible_hit():
    """Records are kept under their host as well; www. is left out there."""
    kept = set(parse("url", "https://www.example.com/a").identifier.kept_under())
    asked = parse("url", "http://example.com/b?c").identifier
    assert asked not in kept
    (found,) = kept & set(asked.weaker())
    assert not found.exact


def test_a_page_is_looked_for_among_domains_as_well():
    """The last form is of the kind domain, and is one that records of domains are kept under."""
    last = parse("url", "https://login.example.co.th/x").identifier.weaker()[-1]
    assert "domain" == last.kind
    assert last in parse("domain", "www.example.co.th").identifier.kept_under()


def test_invitations_of_one_messenger_have_nothing_in_common():
    """Otherwise each would be a possible hit of every other."""
    assert () == parse("url", "https://t.me/+AbCdEfGhIjKlMnOp").identifier.weaker()


def test_names_in_messengers_are_sent_to_their_kind():
    """One fact has one place, or its two sides would not meet."""
    assert Reason.MESSENGER.value == refused("https://t.me/somebody")
    assert parse("handle", "https://t.me/somebody")
    assert parse("phone", "https://wa.me/66812345678")


def test_a_masked_page_shows_no_path():
    """The host's ends alone."""
    assert "//l••••o.th/••••" == parse("url", "https://login.x.co.th/secret").identifier.masked()
