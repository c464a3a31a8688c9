"""Words of the pages: nothing without a sentence, and nothing told by its colour alone."""

import pytest
from unit.desk.voices import ENGLISH, english

from fedquery.ask import why
from fedquery.ask.outcome import WORDS as SDK_WORDS
from fedquery.ask.outcome import Outcome
from fedquery.desk import doubts, kind_names, nation_names, why_words
from fedquery.desk.outcome_words import WORDS, said_of, shape_of, shape_of_all, word_of
from fedquery.identifiers import kinds
from fedquery.identifiers.reasons import Notice, Reason


def outcome(word="no hit", **more):
    """Make an outcome of VN."""
    facts = {"place": 0, "nation": "VN", "dataset": "phones", "kind": "phone"}
    return Outcome(word=word, **(facts | more))


def test_each_kind_has_the_name_that_the_table_of_kinds_gives_it():
    """A kind that is added is named on the pages too, in all languages."""
    assert {name: kind.label for name, kind in kinds().items()} == dict(kind_names.NAMES)


def test_each_notice_and_each_reason_has_a_sentence():
    """What the library can say is said on a page."""
    assert set(Notice) == doubts.NOTICES.keys()
    assert set(Reason) == doubts.REASONS.keys()


def test_each_slug_that_the_command_line_explains_is_explained_here():
    """All but one: a lookup never asks for a whole view."""
    assert set(why._WORDS) - {"view-too-large"} <= why_words.WORDS.keys()


def test_no_sentence_names_a_command():
    """An officer has none."""
    sentences = [part for pair in why_words.WORDS.values() for part in pair]
    sentences += [*doubts.NOTICES.values(), *doubts.REASONS.values()]
    assert not [one for one in sentences if "fedquery" in one or "`" in one]


def test_what_is_unknown_is_told_as_it_is():
    """Another nation may have newer kinds, and the wire newer slugs."""
    assert "boat" == kind_names.kind_name("boat", english)
    assert "XX" == nation_names.nation_name("XX", english)
    assert "It gave no answer." == why_words.why_and_what_to_do("newer-slug")[0]


def test_each_word_of_the_sdk_has_a_shape_and_a_possible_hit_has_its_own():
    """Five words and the doubt, each with another shape."""
    shapes = {shape_of(outcome(word)) for word in SDK_WORDS} | {shape_of(outcome("hit", weak=True))}
    assert WORDS.keys() - {"waiting"} == shapes
    assert len(WORDS) == len({word_of(shape, ENGLISH) for shape in WORDS})


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        ([], "waiting"),
        (["no hit", "no hit"], "no-hit"),
        (["no hit", "stale"], "stale"),
        (["refused", "unavailable"], "refused"),
        (["unavailable", "hit"], "hit"),
    ],
)
def test_a_nation_says_no_hit_only_where_all_of_its_datasets_do(words, shape):
    """A hit comes first, else the worst."""
    assert shape == shape_of_all([outcome(word) for word in words])


def test_a_possible_hit_hides_no_hit_and_a_false_proof_none():
    """Exact before possible; what is false before everything else."""
    weak, exact = outcome("hit", weak=True), outcome("hit")
    assert "possible" == shape_of_all([outcome(), weak, outcome("refused")])
    assert "hit" == shape_of_all([weak, exact])
    false = outcome("unavailable", alarm=True)
    assert "hit" == shape_of_all([exact, false])
    assert "possible" == shape_of_all([false, outcome("hit", weak=True, alarm=True)])
    assert "unavailable" == shape_of_all([outcome("refused"), outcome("no hit"), false])


def test_a_hit_is_a_lead_and_says_whom_to_confirm_it_with():
    """The sentence that stands beside every hit."""
    for weak in (False, True):
        said = said_of(outcome("hit", weak=weak), 0, ENGLISH)
        assert "A lead, not evidence: confirm with Viet Nam before acting." == said.do
    assert "less exact" in said.what[0]


def test_a_hit_in_old_data_says_so():
    """It may have been withdrawn since."""
    said = said_of(outcome("hit", overdue=True, as_of_ms=7), 0, ENGLISH)
    assert "The data are past their time: they are of [7]." == said.what[1]


def test_a_false_proof_says_stop_and_never_to_ask_again():
    """Whatever its slug is, and whatever it is called elsewhere."""
    said = said_of(outcome("unavailable", why="proof-failed", alarm=True), 0, ENGLISH)
    assert "Stop. What Viet Nam showed is false. Do not ask it again." == said.what[0]
    assert "Keep the receipt" in said.do


def test_a_hit_beside_something_false_says_both():
    """It is a lead as before, and the nation is not to be asked again."""
    said = said_of(outcome("hit", why="proof-failed", alarm=True), 0, ENGLISH)
    assert "Viet Nam holds a record of it." == said.what[0]
    assert "Stop. What Viet Nam showed is false. Do not ask it again." == said.what[-1]
    assert "A lead, not evidence" in said.do
    assert "Keep the receipt" in said.do


def test_a_refusal_names_its_rule_by_title_and_its_reason():
    """What the nation wrote is shown as it wrote it."""
    refused = outcome(
        "refused", why="policy-denied", reasons=("police may not",), policy_ids=("VN-01", "VN-02")
    )
    said = said_of(refused, 0, ENGLISH, {"VN-01": "No police"})
    assert ("No police [VN-01]", "VN-02") == said.rules
    assert ("police may not",) == said.reasons


def test_a_spent_quota_says_when_it_renews():
    """Counted from when it was asked."""
    said = said_of(outcome("refused", why="quota", retry_after_s=60), 1_000, ENGLISH)
    assert "Its quota for this agency is spent." == said.what[0]
    assert "Ask again after [61000]." == said.do


def test_no_hit_is_said_of_what_was_released_and_of_its_time():
    """It never says that there is no record."""
    said = said_of(outcome(as_of_ms=5), 0, ENGLISH)
    assert ("Not recorded in what Viet Nam had released at [5].",) == said.what


@pytest.mark.parametrize("slug", ["", "overdue", "rules-differ"])
def test_stale_says_why_and_what_helps(slug):
    """Past its time, or other rules of spelling."""
    said = said_of(outcome("stale", why=slug, as_of_ms=3), 0, ENGLISH)
    assert said.what[0]
    assert ("other rules" in said.what[0]) == (slug == "rules-differ")
    assert said.do
