import unicodedata

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, example, given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import parse

ATEXT = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789!#$%&'+-/=?^_`{|}~."
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
DOMAINS = st.tuples(LABELS, st.sampled_from(["example.org", "co.th", "com", "xn--o3cw4h"]))


def canonical(text):
    """Give the canonical form of a mail address."""
    return parse("email", text).identifier.canonical


def weak(text):
    """Give the form that is asked beside an address."""
    (form,) = parse("email", text).identifier.weaker()
    return form.canonical


@given(st.text(ATEXT, min_size=1, max_size=70), DOMAINS)
@example("a..b", ("x", "com"))
@example(".a", ("x", "com"))
@example("a{.}b", ("x", "com"))
@example("{.}", ("x", "com"))
def test_plain_addresses_agree_with_the_oracle(local, domain):
    """What email-validator takes is taken, in lower case; what it refuses is refused."""
    assume(not any(label[2:4] == "--" for label in domain[0].split(".")))
    text = f"{local}@{'.'.join(domain)}"
    try:
        oracle = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        with pytest.raises(IdentifierError):
            canonical(text)
        return
    assert oracle.normalized.lower() == f"{local}@{oracle.domain}".lower()
    assert f"{local.lower()}@{oracle.ascii_domain}" == canonical(text)


@given(st.text("กขคมยรลวสอ中文字ñéü", min_size=1, max_size=15), DOMAINS)
def test_letters_of_other_scripts_are_kept(local, domain):
    """A local part of RFC 6531 that the oracle takes comes out as itself."""
    text = f"{local}@{'.'.join(domain)}"
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return
    expected = unicodedata.normalize("NFKC", local)
    assert expected == canonical(text).rpartition("@")[0]


def test_all_tags_of_a_mailbox_share_a_form():
    """Whoever knows one tag meets who knows another, or none; other mailboxes do not."""
    forms = {weak(text) for text in ("ann@example.org", "Ann+a@example.org", "ann+b+c@example.org")}
    assert {"ann+*@example.org"} == forms
    assert "bob+*@example.org" == weak("bob+a@example.org")


def test_dots_count_everywhere_but_at_google():
    """Only where the provider says that dots do not count are they left out, and never exactly."""
    assert weak("a.nn@gmail.com") == weak("an.n+x@googlemail.com")
    assert weak("a.nn@example.org") != weak("an.n@example.org")
    assert canonical("a.nn@gmail.com") != canonical("an.n@gmail.com")


def test_the_shared_form_is_never_exact():
    """It is another text than any address, so that an exact question cannot find it."""
    form = parse("email", "ann+*@example.org").identifier
    assert not form.exact
    assert parse("email", "ann@example.org").identifier.exact
    assert "ann@example.org" != form.canonical


def test_a_masked_address_shows_little():
    """One character of the name, one of the domain, and its ending."""
    assert "s••••@e••••.co.th" == parse("email", "somebody@example.co.th").identifier.masked()
