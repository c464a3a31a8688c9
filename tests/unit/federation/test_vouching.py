"""Who vouches for a case: each signature that must not count, beside its twin that does."""

from dataclasses import replace

import pytest

from fedquery.cases.card import DAY_MS, CaseCard
from fedquery.cases.signed import SignedCard, countersign, issue
from fedquery.errors import InputError, SignatureError
from fedquery.federation import names, vouching
from fedquery.federation.roster import RoleKey, Roster
from fedquery.federation.vouching import RosterKeys, in_time, require_addressed, verified_roles
from fedquery.seal.signing import SigningKey
from fedquery.tlog.note import Signer, sign_line

AGENCY = "TH/cyber-police"


class Case:
    """A case of TH for VN, a prosecutor and a judge of TH, and TH's roster."""

    def __init__(self, world):
        self.world, self.now_ms = world, world.NOW_MS
        self.agency = world.agency(AGENCY)
        self.agency_key = SigningKey(world.seed(AGENCY))
        self.card = CaseCard(
            federation=world.FEDERATION,
            agency=AGENCY,
            holder="VN",
            pseudonym="case-1",
            maximum_penalty_years=10,
            transnational=True,
            opened_ms=world.NOW_MS - 3 * DAY_MS,
            person_role="suspect",
            issued_ms=world.NOW_MS,
            ends_ms=world.NOW_MS + 30 * DAY_MS,
        )
        self.signed = issue(self.card, self.agency_key)
        self.prosecutor = self.signer("prosecutor", "bkk-1")
        self.judge = self.signer("judge", "bkk-2")
        self.roster = Roster(
            federation=world.FEDERATION,
            nation="TH",
            number=1,
            created_ms=self.now_ms,
            expires_ms=self.now_ms + 60 * DAY_MS,
            keys=(self.role(self.judge), self.role(self.prosecutor)),
        )

    def signer(self, role, label, nation="TH"):
        """Make the key of a person."""
        name = names.role_key_name(nation, role, label)
        return Signer(name, self.world.seed(name))

    def role(self, signer):
        """List a key for twenty days."""
        role = signer.name.split("/")[2]
        return RoleKey(role, signer.verifier_key, self.now_ms, self.now_ms + 20 * DAY_MS)

    def roles(self, signed, *, roster=None, now_ms=None):
        """Ask who vouches."""
        keys = RosterKeys(roster or self.roster)
        return verified_roles(signed, self.agency, keys, now_ms or self.now_ms)


@pytest.fixture
def case(world):
    """Make the case."""
    return Case(world)


def test_a_prosecutors_signature_counts(case):
    """The right twin of everything below; a judge's counts beside it."""
    signed = countersign(case.signed, case.prosecutor)
    assert {"prosecutor"} == case.roles(signed)
    assert {"prosecutor", "judge"} == case.roles(countersign(signed, case.judge))
    assert set() == case.roles(case.signed)


def test_a_self_declared_prosecutor_does_not_count(case):
    """Whoever makes a key and calls it a prosecutor's is nobody."""
    own = Signer(case.prosecutor.name, case.world.seed("made up"))
    assert set() == case.roles(countersign(case.signed, own))
    unlisted = case.signer("prosecutor", "unlisted")
    assert set() == case.roles(countersign(case.signed, unlisted))


def test_an_expired_key_does_not_count(case):
    """It counts to its last moment; the card and the roster live on."""
    signed = countersign(case.signed, case.prosecutor)
    ends_ms = case.roster.keys[1].not_after_ms
    assert {"prosecutor"} == case.roles(signed, now_ms=ends_ms - 1)
    assert set() == case.roles(signed, now_ms=ends_ms)


def test_a_key_that_is_not_yet_valid_does_not_count(case):
    """It counts from its first moment."""
    signed = countersign(case.signed, case.prosecutor)
    judge, prosecutor = case.roster.keys
    later = replace(prosecutor, not_before_ms=case.now_ms + DAY_MS)
    roster = replace(case.roster, keys=(judge, later))
    assert set() == case.roles(signed, roster=roster)
    assert {"prosecutor"} == case.roles(signed, roster=roster, now_ms=case.now_ms + DAY_MS)


def test_a_key_of_another_nation_does_not_count(case):
    """VN's prosecutor vouches for no case of TH; only TH's roster is looked at."""
    foreign = case.signer("prosecutor", "hanoi-1", nation="VN")
    assert set() == case.roles(countersign(case.signed, foreign))


@pytest.mark.parametrize(
    "change",
    [{"pseudonym": "case-2"}, {"holder": "LA"}, {"federation": "exercise"}],
    ids=["other-case", "other-holder", "other-federation"],
)
def test_a_signature_for_another_card_refuses_the_card(case, change):
    """A line that was taken from a card of another case, holder or federation."""
    other = replace(case.card, **change)
    stolen = sign_line(other.render(), case.prosecutor)
    with pytest.raises(SignatureError):
        case.roles(SignedCard.read(case.signed.note + stolen))
    right = sign_line(case.card.render(), case.prosecutor)
    assert {"prosecutor"} == case.roles(SignedCard.read(case.signed.note + right))


@pytest.mark.parametrize(
    "change",
    [{"holder": "LA"}, {"federation": "exercise"}, {"agency": "TH/tax"}],
    ids=["other-holder", "other-federation", "other-agency"],
)
def test_a_card_for_somebody_else_is_refused(case, change):
    """However well it is signed."""
    known = {"federation": case.world.FEDERATION, "agency": AGENCY, "holder": "VN"}
    require_addressed(case.card, **known)
    with pytest.raises(InputError):
        require_addressed(replace(case.card, **change), **known)


def test_two_signatures_in_one_role_are_one_role(case):
    """A role counts once, and a second key adds none."""
    second = case.signer("prosecutor", "bkk-9")
    roster = replace(case.roster, keys=(*case.roster.keys, case.role(second)))
    both = countersign(countersign(case.signed, case.prosecutor), second)
    assert {"prosecutor"} == case.roles(both, roster=roster)


def test_a_supervisors_key_under_a_prosecutors_name_does_not_count(case):
    """The name on a line is not signed; the roster says in which role a key signs."""
    supervisor = case.signer("supervisor", "bkk-3")
    keys = (*case.roster.keys, case.role(supervisor))
    roster = replace(case.roster, keys=tuple(sorted(keys, key=lambda key: key.vkey.name)))
    assert {"supervisor"} == case.roles(countersign(case.signed, supervisor), roster=roster)
    renamed = Signer(case.prosecutor.name, supervisor.seed)
    assert set() == case.roles(countersign(case.signed, renamed), roster=roster)


def test_an_expired_roster_makes_nobody_a_prosecutor(case):
    """Its keys may have been taken back since; before its end they count."""
    signed = countersign(case.signed, case.prosecutor)
    short = replace(case.roster, expires_ms=case.now_ms + DAY_MS)
    assert {"prosecutor"} == case.roles(signed, roster=short, now_ms=case.now_ms + DAY_MS - 1)
    assert set() == case.roles(signed, roster=short, now_ms=case.now_ms + DAY_MS)


def test_without_a_roster_nobody_vouches(case):
    """The card can still be used, as one that the agency alone has signed."""
    signed = countersign(case.signed, case.prosecutor)
    assert frozenset() == verified_roles(signed, case.agency, None, case.now_ms)


def test_a_card_that_its_agency_has_not_signed_is_refused(case):
    """A prosecutor alone does not ask; nor does another agency's key."""
    alone = SignedCard.read(
        case.card.render() + b"\n" + sign_line(case.card.render(), case.prosecutor)
    )
    with pytest.raises(SignatureError):
        case.roles(alone)
    with pytest.raises(SignatureError):
        case.roles(issue(case.card, SigningKey(case.world.seed("another key"))))


def test_an_agencys_own_key_vouches_for_nothing(case):
    """Even if it got into the roster after all."""
    own = Signer("fedquery/TH/prosecutor/own", case.world.seed(AGENCY))
    keys = (*case.roster.keys, case.role(own))
    roster = replace(case.roster, keys=tuple(sorted(keys, key=lambda key: key.vkey.name)))
    assert set() == case.roles(countersign(case.signed, own), roster=roster)


def test_a_card_is_used_in_its_time(case):
    """Clocks may differ by two minutes at its beginning, and not at its end."""
    assert in_time(case.card, case.now_ms - 120_000)
    assert not in_time(case.card, case.now_ms - 120_001)
    assert in_time(case.card, case.card.ends_ms - 1)
    assert not in_time(case.card, case.card.ends_ms)


def test_a_case_that_is_opened_in_the_future_is_not_used(case):
    """Its age would be negative, and no rule on old cases would ever stop it."""
    hours_ms = 14 * 3_600_000
    ahead = replace(case.card, opened_ms=case.now_ms + hours_ms)
    assert in_time(ahead, case.now_ms)
    assert not in_time(replace(ahead, opened_ms=ahead.opened_ms + 121_000), case.now_ms)
    assert not in_time(replace(ahead, opened_ms=case.now_ms + 365 * DAY_MS), case.now_ms)


def test_what_was_verified_is_remembered_for_these_keys_only(case, monkeypatch):
    """A second question with one card verifies nothing; after a new roster it is verified anew."""
    opened = []
    real = vouching.open_note
    monkeypatch.setattr(vouching, "open_note", lambda *args: opened.append(1) or real(*args))
    signed = countersign(case.signed, case.prosecutor)
    first = RosterKeys(case.roster)
    for _ in range(3):
        assert {"prosecutor"} == verified_roles(signed, case.agency, first, case.now_ms)
    assert 1 == len(opened)
    without = RosterKeys(replace(case.roster, number=2, keys=case.roster.keys[:1]))
    assert set() == verified_roles(signed, case.agency, without, case.now_ms)
    assert 2 == len(opened)
