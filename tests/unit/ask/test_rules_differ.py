"""Releases with different spelling rules: what is asked of whom, and what is said otherwise.

The pretended change: phones of Thailand were written with a `0` after the country code before.
"""

import hashlib
from dataclasses import replace

import pytest
from unit.ask.nation import KNOWN, OTHER, current, rows
from unit.ask.test_concluding import look
from unit.psi.holding import publish

from fedquery.ask.agreeing import agree, standing
from fedquery.ask.doctor import examine
from fedquery.ask.planning import Form
from fedquery.identifiers import former, parse, vectors_digest
from fedquery.identifiers.rules import Former, Spelled, as_today, extended
from fedquery.transport.head import AnswerHead, Decision, Refusal

OLD = hashlib.sha256(b"the first rules of phones").digest()
NEWER = hashlib.sha256(b"the rules of phones to come").digest()
TODAY = vectors_digest("phone")


def old_octets(octets):
    """Write a phone as the pretended first rules did."""
    assert octets.startswith(b"phone:v1:+66")
    return octets[:12] + b"0" + octets[12:]


def spelling(identifier):
    """Give its former form; other countries were refused."""
    if not identifier.canonical.startswith("+66"):
        return ()
    return (Spelled(old_octets(identifier.encode()), exact=True),)


@pytest.fixture
def changed(monkeypatch):
    """Have this installation know of the change."""
    monkeypatch.setattr(former, "FORMER", {"phone": (Former(OLD, spelling),)})


def old_holder():
    """Publish the rows as a node of the first release does."""
    old_rows = [old_octets(octets) for octets in rows()]
    return current(publish(old_rows, version=4), vectors_digest=OLD)


async def words(session, *identifiers):
    """Look up, and give word and reason of each outcome."""
    return [(one.word, one.why) for one in await look(session, *identifiers)]


async def test_a_newer_holder_is_asked_by_rules_that_are_former_there(session, vn):
    """What it keeps under former forms is a hit or no hit, as before the change."""
    vn.publish(
        current(publish(rows(), version=4), vectors_digest=NEWER, vectors_former=(OLD, TODAY))
    )
    assert [("hit", ""), ("no hit", "")] == await words(session, KNOWN, OTHER)
    assert "newer" == standing(vn.holding.publication)


async def test_an_older_holder_is_asked_by_former_forms(session, vn, changed):
    """An identifier whose form changed is found; one that had none is stale, and the rest asked."""
    vn.publish(old_holder())
    german = parse("phone", "+4930901820").identifier.encode()
    came = await words(session, KNOWN, german, OTHER)
    assert [("hit", ""), ("stale", "rules-differ"), ("no hit", "")] == came
    assert "older" == standing(vn.holding.publication)


async def test_without_the_second_form_it_would_be_a_silent_no_hit(session, vn, monkeypatch):
    """A release that wrongly says that nothing changed: what the check above is for."""
    wrong = Former(OLD, extended(lambda _identifier: True))
    monkeypatch.setattr(former, "FORMER", {"phone": (wrong,)})
    vn.publish(old_holder())
    assert [("no hit", "")] == await words(session, KNOWN)


async def test_a_holder_that_changes_in_between_is_asked_by_its_new_rules(session, vn, changed):
    """The form of the rules before is not sent a second time, where it would not be found."""
    vn.publish(old_holder())
    second = current(publish(rows(), version=5))

    def answer(sealed):
        vn.lies.head = vn.lies.answer = lambda honest: honest
        vn.publish(second)
        return sealed

    gone = AnswerHead(decision=Decision(), refusal=Refusal("epoch-unknown", "replaced"))
    vn.lies.head, vn.lies.answer = lambda _honest: gone, answer
    assert [("hit", "")] == await words(session, KNOWN)
    assert 2 == len(session.coordinators.sent)


def test_an_identifier_is_stale_as_a_whole_where_a_weaker_form_had_none(vn, monkeypatch):
    """Asking the rest of it would be a no hit that says less than it seems to."""
    exact = Former(OLD, lambda form: as_today(form) if form.exact else ())
    monkeypatch.setattr(former, "FORMER", {"account": (exact,)})
    publication = replace(vn.holding.publication, kind="account", vectors_digest=OLD)
    full, bare = (
        parse("account", text).identifier for text in ("TH:004:1234567890", "TH::1234567890")
    )
    forms = [
        Form(place, form, form.encode(), form.exact)
        for place, identifier in enumerate([full, bare])
        for form in (identifier, *identifier.weaker())
    ]
    assert {True, False} == {form.exact for form in forms}
    assert ([], forms) == agree(publication, forms)
    monkeypatch.setattr(former, "FORMER", {"account": (Former(OLD, as_today),)})
    assert (forms, []) == agree(publication, forms)


def test_what_was_asked_beside_another_stays_so_when_it_is_asked_once_more(vn, monkeypatch):
    """By the rules of the next version, too: not all of its forms were among what is asked."""
    bank_14 = Former(OLD, lambda form: as_today(form) if ":004:" not in form.canonical else ())
    monkeypatch.setattr(former, "FORMER", {"account": (bank_14,)})
    publication = replace(vn.holding.publication, kind="account", vectors_digest=OLD)
    lost_one, other = (
        parse("account", f"TH:{bank}:1234567890").identifier for bank in ("004", "014")
    )
    forms = [
        Form(place, form, form.encode(), form.exact)
        for place, identifier in enumerate([lost_one, other])
        for form in (identifier, *identifier.weaker())
    ]
    asked, lost = agree(publication, forms)
    assert [] == lost
    (beside,) = [form for form in asked if not form.whole]
    assert (0, False) == (beside.place, beside.exact)
    assert {1} == {form.place for form in asked if form.whole}
    newer = replace(publication, vectors_digest=vectors_digest("account"))
    assert (asked, []) == agree(newer, asked)
    # Without the other one there is nothing that would be asked.
    assert ([], [beside]) == agree(newer, [beside])


def test_a_former_form_of_several_identifiers_is_a_possible_hit(vn, monkeypatch):
    """An exact form today, and not one then."""
    merged = Former(OLD, lambda form: (Spelled(old_octets(form.encode()), exact=False),))
    monkeypatch.setattr(former, "FORMER", {"phone": (merged,)})
    today = parse("phone", "+66855501990").identifier
    form = Form(0, today, today.encode(), exact=True)
    ((asked,), lost) = agree(replace(vn.holding.publication, vectors_digest=OLD), [form])
    assert (old_octets(form.octets), False, []) == (asked.octets, asked.exact, lost)


@pytest.mark.parametrize(
    ("rules", "name"),
    [((TODAY,), "same"), ((NEWER, TODAY), "newer"), ((OLD,), "older"), ((NEWER, OLD), "older")],
)
async def test_the_doctor_says_how_rules_stand(session, vn, changed, rules, name):
    """By kind and nation, and nothing where they are the same; none of these needs to be mended."""
    vn.publish(
        current(publish(rows(), version=4), vectors_digest=rules[0], vectors_former=rules[1:])
    )
    assert name == standing(vn.holding.publication)
    found = [one for one in await examine(session) if one.name == "rules VN"]
    assert [one.what.split(" ")[:2] for one in found] == [["phone:", name]] * (name != "same")
    assert all(one.ok for one in found)


async def test_the_doctor_says_that_nothing_is_shared(session, vn):
    """Then the kind is not asked there, and something is to be done."""
    vn.publish(current(publish(rows(), version=4), vectors_digest=NEWER))
    (found,) = [one for one in await examine(session) if one.name == "rules VN"]
    assert not found.ok
    assert found.what.startswith("phone: other spelling rules")
    assert [("stale", "rules-differ")] == await words(session, KNOWN)


def test_a_kind_that_is_not_known_here_has_its_word(vn):
    """A newer node may offer one; the doctor does not stumble over it."""
    assert "unknown" == standing(replace(vn.holding.publication, kind="fax"))
