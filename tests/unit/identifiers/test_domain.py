import contextlib
import importlib.metadata
import json
from importlib import resources

import idna
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Reason, parse, suffixes
from fedquery.identifiers.hosts import host_name
from fedquery.identifiers.spelling import clean

# Letters of the six nations and of some more, without those that a bidirectional rule concerns.
LETTERS = "abcกขคงจฉชະປຜຝນກខគងကခဂင中文网络đơưéñüжцλ"
NAMES = st.text(LETTERS + "0123456789-", min_size=1, max_size=20)


def canonical(text):
    """Give the canonical form of a domain."""
    return parse("domain", text).identifier.canonical


def taken(text):
    """Read a domain, or give None."""
    try:
        return canonical(text)
    except IdentifierError:
        return None


@given(NAMES)
def test_names_agree_with_the_oracle(name):
    """What the idna package encodes by IDNA 2008 and UTS 46 comes out as its A-labels."""
    assume(name[2:4] != "--")
    try:
        expected = idna.encode(f"{name}.example", uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        return
    assert expected == canonical(f"{name}.example")


@given(NAMES)
def test_a_name_and_its_a_labels_are_one_domain(name):
    """However a name is written, in its script or in A-labels, it is the same domain."""
    shown = taken(f"{name}.example")
    assume(shown is not None)
    for text in (shown, shown.upper(), f"{shown}.", f"*.{shown}"[2:]):
        assert shown == canonical(text)


@given(st.from_regex(r"xn--[a-z0-9-]{1,20}", fullmatch=True))
def test_a_labels_that_show_no_other_name_are_refused(label):
    """An A-label is taken only where it is that of the name that it shows."""
    host = taken(f"{label}.example")
    if host is not None:
        shown = idna_shown(label)
        assert f"{label}.example" == host
        with contextlib.suppress(IdentifierError):
            # Letters that are newer than this machine's tables are refused as themselves.
            assert host == host_name(clean(f"{shown}.example", keep_digits=True))


def idna_shown(label):
    """Decode an A-label by the language's own decoder of RFC 3492."""
    return label.removeprefix("xn--").encode().decode("punycode")


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("example.com", "example.com"),
        ("a.b.example.com", "example.com"),
        ("b.example.co.th", "example.co.th"),
        ("co.th", None),
        ("x.city.kawasaki.jp", "city.kawasaki.jp"),
        ("a.www.ck", "www.ck"),
        ("b.c.mm", "b.c.mm"),
        ("a.xn--85x722f.com.cn", "xn--85x722f.com.cn"),
        ("xn--55qx5d.cn", None),
        ("a.b.github.io", "b.github.io"),
        ("a.b.notlisted", "b.notlisted"),
    ],
)
def test_registered_names_are_those_of_the_list(host, registered):
    """The cases of publicsuffix.org's own test, and the endings of the region."""
    assert registered == suffixes.registrable(host)


def test_the_vectors_name_the_list():
    """Another list would widen questions otherwise, so its date is part of the vectors' digest."""
    version = importlib.metadata.version("publicsuffixlist").rpartition(".")[2]
    date = f"{version[:4]}-{version[4:6]}-{version[6:]}"
    octets = resources.files("fedquery.identifiers").joinpath("vectors/domain.json").read_bytes()
    notes = [entry["note"] for entry in json.loads(octets) if "Suffix List" in entry["note"]]
    assert len(notes) > 5
    assert all(f"Public Suffix List {date}" in note for note in notes)


@pytest.mark.parametrize(
    ("record", "question", "meet"),
    [
        ("login.example.co.th", "example.co.th", True),
        ("example.co.th", "login.example.co.th", True),
        ("a.example.co.th", "b.example.co.th", True),
        ("example.co.th", "example2.co.th", False),
        ("a.github.io", "b.github.io", False),
    ],
)
def test_hosts_of_one_registered_name_meet(record, question, meet):
    """As a possible hit only, and never across what different people registered."""
    kept = set(parse("domain", record).identifier.kept_under())
    asked = parse("domain", question).identifier
    assert asked not in kept
    found = kept & set(asked.weaker())
    assert meet == bool(found)
    assert not any(form.exact for form in found)


def test_an_ending_that_is_not_listed_is_taken_with_a_doubt():
    """The list lags behind new endings; what it lacks may be one, or the name of a file."""
    assert parse("domain", "report.pdf").warnings
    assert not parse("domain", "example.com").warnings


def test_a_masked_domain_shows_its_shape():
    """The first character of each label, and the last label."""
    assert "l••••.e••••••.c•.th" == parse("domain", "login.example.co.th").identifier.masked()


def test_a_label_of_tor_with_any_wrong_character_is_refused():
    """The checksum of version 3 finds a changed character of the key."""
    good = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"
    assert f"{good}.onion" == canonical(f"{good}.onion")
    for at in range(50):
        wrong = good[:at] + ("a" if good[at] != "a" else "b") + good[at + 1 :]
        with pytest.raises(IdentifierError) as caught:
            canonical(f"{wrong}.onion")
        assert Reason.CHECKSUM.value == caught.value.reason
