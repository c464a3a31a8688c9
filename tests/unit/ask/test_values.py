"""Cases, plans and outcomes: pure, and never more than they should say."""

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.ask.nation import NOW_MS, current, rows
from unit.psi.holding import identifier, publish

from fedquery.ask.case import Case, Teller
from fedquery.ask.outcome import WORDS, Outcome, Witnesses, fold, merge, of_others
from fedquery.ask.planning import Form, bits_to_tell, plan
from fedquery.cases.signed import issue
from fedquery.errors import InputError
from fedquery.identifiers import decode
from fedquery.seal.signing import SigningKey

KEY = bytes(range(32))
PUBLICATION = current(publish(rows())).publication


def case(**facts):
    """Make a case."""
    known = {"number": "2026/117", "purpose": "fraud", "maximum_penalty_years": 10}
    return Case(**{**known, "opened_ms": NOW_MS, **facts})


def test_a_case_has_another_name_for_each_holder():
    """Two holders cannot find out that they were asked for one case."""
    names = {case().pseudonym(nation, KEY) for nation in ("VN", "LA", "KH")}
    assert 3 == len(names)
    assert case().pseudonym("VN", KEY) != case().pseudonym("VN", bytes(32))
    assert case().pseudonym("VN", KEY) == case(purpose="trafficking").pseudonym("VN", KEY)


def told_of(one):
    """Give what VN is told of a case."""
    card = one.card("VN", Teller("mekong", "TH/cyber-police", KEY), NOW_MS)
    return one.told_with(issue(card, SigningKey(KEY)), KEY)


def test_neither_number_nor_officer_leave():
    """Marks of them do."""
    told = told_of(case(number="secret-number", officer="somebody"))
    said = f"{told.card.note} {told.officer_mark} {told.justification}"
    assert "secret-number" not in said
    assert "somebody" not in said
    assert told.officer_mark
    assert "" == told_of(case()).officer_mark


@pytest.mark.parametrize(
    "facts",
    [
        {"purpose": "curiosity"},
        {"number": ""},
        {"number": "a\nb"},
        {"maximum_penalty_years": 100},
        {"person_role": "friend"},
        {"aim": "sell"},
        {"offence": "x" * 81},
        {"justification": "x" * 401},
    ],
)
def test_what_a_holder_would_refuse_is_refused_here(facts):
    """Before anything is sent."""
    with pytest.raises(InputError):
        case(**facts)


def outcome(word, place=0, nation="VN", dataset="phones", **more):
    """Make an outcome."""
    return Outcome(place=place, nation=nation, dataset=dataset, kind="phone", word=word, **more)


words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)


@given(words)
def test_a_nation_has_no_hit_only_if_every_dataset_said_so(said):
    """And a hit if any said so."""
    (folded,) = fold(outcome(word, dataset=f"d{at}") for at, word in enumerate(said))
    assert ("no hit" == folded.word) is ({"no hit"} == set(said))
    assert ("hit" == folded.word) is ("hit" in said)


@given(words)
def test_forms_merge_into_the_worst_word_or_a_hit(said):
    """No hit of one form says nothing while another form is open."""
    merged = merge(outcome(word) for word in said)
    assert ("no hit" == merged.word) is ({"no hit"} == set(said))


def test_an_exact_hit_comes_before_a_possible_one():
    """And an alarm before everything else."""
    weak, exact = outcome("hit", weak=True), outcome("hit")
    alarm = outcome("unavailable", alarm=True)
    assert exact == merge([weak, exact])
    assert weak == merge([outcome("no hit"), weak])
    assert alarm == merge([outcome("no hit"), alarm, outcome("refused")])


@pytest.mark.parametrize("weak", [False, True])
@pytest.mark.parametrize("order", [1, -1])
def test_an_alarm_hides_no_hit_and_is_told_beside_it(order, *, weak):
    """The hit keeps its own receipt and claim; that something is false is said with it."""
    hit = outcome("hit", weak=weak, receipt="of the hit", claim_id="7", why="overdue", overdue=True)
    alarm = outcome("unavailable", alarm=True, why="evaluation-proof", receipt="of the lie")
    merged = merge([hit, outcome("no hit"), alarm][::order])
    told = replace(hit, why="evaluation-proof", alarm=True, false_receipt="of the lie")
    assert told == merged
    assert ("of the hit", "of the lie") == merged.receipts


@pytest.mark.parametrize("word", ["refused", "unavailable", "stale"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_possible_hit_says_that_another_form_was_not_answered(order, word):
    """It may be the exact one, of which nobody may read that it is not there."""
    weak, other = outcome("hit", weak=True, receipt="of it"), outcome(word, why="x")
    assert replace(weak, why="x") == merge([weak, outcome("no hit"), other][::order])
    late = replace(weak, why="overdue", overdue=True)
    assert late == merge([late, other][::order])
    exact = replace(weak, weak=False)
    assert exact == merge([exact, weak, other][::order])


def form(place, number):
    """Make the form of a phone."""
    octets = identifier(number)
    return Form(place, decode(octets), octets, exact=True)


@given(st.integers(1, 150), st.booleans(), st.booleans())
def test_a_plan_asks_each_form_once(count, padded, sensitive):
    """In classes that hold exactly as many, or padded up to one class."""
    forms = [form(place, place) for place in range(count)]
    prefix_len = bits_to_tell(PUBLICATION, asked_in_case=count, sensitive=sensitive)
    planned = plan(PUBLICATION, forms, prefix_len=prefix_len, held={}, padded=padded)
    assert [form.octets for one in planned for form in one.forms] == [f.octets for f in forms]
    assert all(len(one.forms) <= one.size_class <= 64 for one in planned)
    if not padded or count > 64:
        assert count == sum(one.size_class for one in planned)
    if sensitive:
        assert {0} == {one.prefix_len for one in planned}


def test_the_same_form_twice_is_one_element():
    """Two spellings of one identifier cost one."""
    forms = [form(0, 1), form(1, 1)]
    (planned,) = plan(PUBLICATION, forms, prefix_len=0, held={}, padded=False)
    assert (1, 2) == (planned.size_class, len(planned.forms))


def test_no_question_of_a_lookup_has_more_than_512_elements():
    """The class of lists is theirs alone, however many forms a lookup has and holds buckets for."""
    forms = [form(place, place) for place in range(4200)]
    held = dict.fromkeys(range(1 << PUBLICATION.prefix_bits), b"")
    planned = plan(PUBLICATION, forms, prefix_len=0, held=held, padded=False)
    assert [512] * 8 == [one.size_class for one in planned][:8]
    assert 4200 == sum(one.size_class for one in planned)


@pytest.mark.parametrize("word", WORDS)
def test_the_same_is_said_of_another_identifier_and_can_be_changed_as_little(word):
    """Every field but place and claim id is kept, and what is made is an outcome like any other."""
    said = Outcome(
        place=3,
        nation="VN",
        dataset="phones",
        kind="phone",
        word=word,
        why="overdue",
        reasons=("a reason",),
        policy_ids=("VN-01",),
        weak=True,
        overdue=True,
        as_of_ms=NOW_MS,
        version=7,
        receipt="a.receipt.json",
        claim_id="a-1-2",
        retry_after_s=5,
        alarm=True,
        witnesses=Witnesses(cosigned=1, of=2, needed=1),
    )
    other = of_others(said)(9, "b-1-9")
    assert type(other) is Outcome
    assert other == replace(said, place=9, claim_id="b-1-9")
    assert hash(other) == hash(replace(said, place=9, claim_id="b-1-9"))
    assert repr(other) == repr(replace(said, place=9, claim_id="b-1-9"))
    with pytest.raises(FrozenInstanceError):
        other.word = "hit"
    # What it was made from is as it was, and so is the next one.
    assert of_others(said)(3, "a-1-2") == said
