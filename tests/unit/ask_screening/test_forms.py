"""Less exact forms, other kinds and former rules: lists come to what lookups come to."""

import contextlib
import itertools
import secrets
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.ask.test_concluding import CASE
from unit.ask.test_rules_differ import OLD, old_holder, spelling
from unit.ask_screening.test_asking import screening
from unit.federation import conftest as world
from unit.psi.holding import identifier, octets, publish

from fedquery.ask.looking import Looking
from fedquery.ask.screening.look import Look
from fedquery.ask.screening.screening import resumed
from fedquery.errors import InputError
from fedquery.federation.offer import Offer
from fedquery.federation.signed_manifest import sign_manifest
from fedquery.identifiers import decode, former, parse, vectors_digest
from fedquery.identifiers.rules import Former, Spelled, as_today

_SAME = ("place", "nation", "dataset", "kind", "word", "why", "weak", "version")
_NAMES = itertools.count()


def holding(kind, *texts, digest=None):
    """Make a nation that keeps some identifiers of a kind, under all forms that nodes keep.

    By the rules of today, or those of another digest.
    """
    rows = [form.encode() for text in texts for form in parse(kind, text).identifier.kept_under()]
    rows += [f"{kind}:v1:filler-{number}".encode() for number in range(40)]
    published = publish(list(dict.fromkeys(rows)))
    publication = replace(published.publication, kind=kind)
    nation = made.Nation(
        made.current(
            replace(published, publication=publication),
            vectors_digest=digest or vectors_digest(kind),
        )
    )

    def note():
        place = nation.places[-1]
        offering = world.Offering(nation.log, place, nation.kem)
        kem = replace(
            offering.manifest().kem_keys[0],
            not_before_ms=made.NOW_MS - 1000,
            not_after_ms=made.NOW_MS + made.KEM_LIFE_MS,
        )
        datasets = (Offer("phones", kind, (nation.log.logged(place),)),)
        manifest = offering.manifest(datasets=datasets, kem_keys=(kem,))
        return sign_manifest(manifest, world.node_key("VN"))

    nation.note = note
    return nation


async def compared(directory, nation, listed):
    """Ask a list and look it up, and give what both came to."""
    session = made.asker(directory / str(next(_NAMES)), nation)
    with contextlib.closing(session.connection):
        async with screening(session, listed, CASE) as one:
            summary = await one.run()
            screened = [outcome for row in one.results() for outcome in row.outcomes]
        looking = Looking(session, secrets.token_bytes, lambda _outcome: None)
        looked_up = (await looking.run(listed, CASE, ["VN"], 2000)).outcomes
    assert [tuple(getattr(one, name) for name in _SAME) for one in screened] == [
        tuple(getattr(one, name) for name in _SAME) for one in looked_up
    ]
    assert sum(summary.nations[0].words.values()) == summary.distinct
    return [(one.word, one.why, one.weak) for one in screened]


@pytest.mark.parametrize(
    ("kind", "kept", "asked"),
    [
        (
            "account",
            ["TH::1234567890", "TH:014:1234567891"],
            ["TH:004:1234567890", "TH:014:1234567890", "TH:014:1234567891", "TH:004:1234567891"],
        ),
        (
            "email",
            ["a@example.com", "b+x@example.com"],
            [
                "a@example.com",
                "a+y@example.com",
                "b@example.com",
                "b+z@example.com",
                "c@example.org",
            ],
        ),
        (
            "domain",
            ["login.example.com", "example.org"],
            [
                "example.com",
                "login.example.com",
                "www.example.com",
                "www.example.org",
                "a.example.net",
            ],
        ),
    ],
)
async def test_less_exact_forms_are_possible_hits(tmp_path, kind, kept, asked):
    """Also where several identifiers share one, which is asked once."""
    listed = [parse(kind, text).identifier for text in asked]
    found = await compared(tmp_path, holding(kind, *kept), listed)
    assert {word for word, _, _ in found} >= {"hit"}
    assert any(weak for _, _, weak in found)


async def test_a_page_is_looked_for_among_domains(tmp_path):
    """And is not said to be missing where a nation has no pages, but by a word of its own."""
    listed = [
        parse("url", "https://login.example.com/x").identifier,
        parse("domain", "www.example.com").identifier,
        parse("phone", "+66812345678").identifier,
    ]
    found = await compared(tmp_path, holding("domain", "login.example.com"), listed)
    assert ("unavailable", "no-such-dataset", False) in found
    assert ("hit", "", True) in found


async def test_older_rules_are_asked_by_former_forms(tmp_path, vn, monkeypatch):
    """What has no former form is stale; the rest of the list is asked."""
    monkeypatch.setattr(former, "FORMER", {"phone": (Former(OLD, spelling),)})
    vn.publish(old_holder())
    listed = [decode(identifier(number)) for number in (*range(30, 50), 30)]
    listed.insert(3, parse("phone", "+4930901820").identifier)
    found = await compared(tmp_path, vn, listed)
    assert found[3] == ("stale", "rules-differ", False)
    assert [word for word, _, _ in found].count("hit") == 11


async def test_rules_that_nobody_shares_are_stale_and_nothing_is_asked(session, vn, case):
    """Other spelling rules could miss what is there: never a silent no hit."""
    vn.publish(made.current(publish(made.rows(), version=4), vectors_digest=OLD))
    listed = [decode(identifier(number)) for number in range(30, 50)]
    async with screening(session, listed, case) as one:
        summary = await one.run()
        rows = list(one.results())
    assert {(row.outcomes[0].word, row.outcomes[0].why) for row in rows} == {
        ("stale", "rules-differ")
    }
    assert summary.nations[0].words == {"stale": 20}
    assert session.coordinators.sent == []


async def test_a_form_that_cannot_be_asked_hides_no_hit_of_another(tmp_path, monkeypatch):
    """It is shown with what stands against it; where nothing is found, it stays stale."""

    def bank_14_alone(form):
        return as_today(form) if ":004:" not in form.canonical else ()

    monkeypatch.setattr(former, "FORMER", {"account": (Former(OLD, bank_14_alone),)})
    vn = holding("account", "TH::1234567890", digest=OLD)
    texts = [f"TH:{bank}:123456789{n}" for n in range(2) for bank in ("004", "014")]
    listed = [parse("account", text).identifier for text in [*texts, "TH:004:1234567892"]]
    assert await compared(tmp_path, vn, listed) == [
        ("hit", "rules-differ", True),
        ("hit", "", True),
        ("stale", "rules-differ", False),
        ("no hit", "", False),
        ("stale", "rules-differ", False),
    ]


async def test_a_false_proof_is_an_alarm_beside_a_form_that_cannot_be_asked(tmp_path, monkeypatch):
    """For both identifiers whose form was asked, in a list as in a lookup."""
    bank_14_alone = Former(
        OLD, lambda form: as_today(form) if ":004:" not in form.canonical else ()
    )
    monkeypatch.setattr(former, "FORMER", {"account": (bank_14_alone,)})
    vn = holding("account", "TH::1234567890", digest=OLD)
    vn.lies.body = lambda body: replace(body, evaluated=body.evaluated[::-1])
    texts = ("TH:004:1234567890", "TH:014:1234567890", "TH:004:1234567899")
    listed = [parse("account", text).identifier for text in texts]
    found = await compared(tmp_path, vn, listed)
    assert [word for word, _, _ in found] == ["unavailable", "unavailable", "stale"]


async def test_an_alarm_hides_no_hit_of_another_form(tmp_path, monkeypatch):
    """Of the question that is read first the hit was verified; the next one's answer is false."""
    monkeypatch.setattr(
        "fedquery.ask.screening.purse.smallest_cover", lambda count, **_kind: [1] * count
    )
    vn = holding("account", "TH:004:1234567890")
    # The first one brings the buckets.
    vn.lies.body = lambda body: body if body.slots else replace(body, proof=bytes(64))
    listed = [parse("account", "TH:004:1234567890").identifier]
    session = made.asker(tmp_path / "asker", vn)
    with contextlib.closing(session.connection):
        async with screening(session, listed, CASE) as one:
            summary = await one.run()
            ((found,),) = [row.outcomes for row in one.results()]
            job_id = one.job_id
        look = Look.open(session.home, job_id, octets(6))
        ((again,),) = [row.outcomes for row in look.rows()]
        look.close()
    assert ("hit", False, True, "evaluation-proof") == (
        found.word,
        found.weak,
        found.alarm,
        found.why,
    )
    assert found.claim_id
    # What shows that it was false is named too, and is another file.
    assert found.false_receipt not in {"", found.receipt}
    assert all((session.home.receipts / name).exists() for name in found.receipts)
    assert found == again
    assert {"hit": 1} == summary.nations[0].words
    assert summary.nations[0].alarm
    assert not summary.finished


async def test_answers_by_other_spelling_rules_are_not_taken_over(session, vn, case, monkeypatch):
    """What was an exact hit then may be a possible one now: it is asked again, and judged so."""
    vn.publish(made.current(publish(made.rows(), version=4), vectors_digest=OLD))
    numbers = (5, 900)
    listed = [decode(identifier(number)) for number in numbers]

    def same_as_today(*, exact):
        def spelled(form):
            return (Spelled(form.encode(), exact=exact),)

        return {"phone": (Former(OLD, spelled),)}

    async def asked():
        async with screening(session, listed, case) as one:
            cost = await one.prepare()
            await one.run()
            found = [(row.outcomes[0].word, row.outcomes[0].weak) for row in one.results()]
            return found, cost.elements, one.job_id

    monkeypatch.setattr(former, "FORMER", same_as_today(exact=True))
    first, elements, job_id = await asked()
    assert (first, elements) == ([("hit", False), ("no hit", False)], 2)
    assert (await asked())[:2] == (first, 0)
    # Another release, to which several phones were written alike before.
    newer = same_as_today(exact=False)["phone"] + (Former(bytes(32), as_today),)
    monkeypatch.setattr(former, "FORMER", {"phone": newer})
    assert (await asked())[:2] == ([("hit", True), ("no hit", False)], 2)
    with pytest.raises(InputError, match="spelling rules"):
        resumed(session, job_id, octets(5))
    # It says what it said, by the rules of then.
    with contextlib.closing(Look.open(session.home, job_id, octets(5))) as look:
        assert [(row.outcomes[0].word, row.outcomes[0].weak) for row in look.rows()] == first


async def test_what_is_not_lost_any_more_is_not_read_as_it(session, vn, case):
    """A holder that has published by the rules of today: what was stale waits to be asked."""
    vn.publish(made.current(publish(made.rows(), version=4), vectors_digest=OLD))
    async with screening(session, [decode(identifier(5))], case) as one:
        await one.run()
    vn.publish(made.current(publish(made.rows(), version=5)))
    await session.freshen(force=True)
    async with resumed(session, one.job_id, octets(5)) as again:
        await again.prepare()
    with contextlib.closing(Look.open(session.home, one.job_id, octets(5))) as look:
        assert [row.outcomes[0].why for row in look.rows()] == ["not-asked"]
