"""What a person reads and what a program gets of an outcome."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from fedquery.ask.outcome import Lookup, Outcome, Witnesses, fold
from fedquery.cli.reading import read_identifiers
from fedquery.cli.result import document
from fedquery.cli.table import console, print_lookup
from fedquery.cli.wording import OTHER_FORMS, exit_of, sentence, witness_lines

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "result.v1.json"
PHONE = "+84855501990"


def outcome(word, nation="VN", dataset="phones", **more):
    """Make an outcome."""
    return Outcome(place=0, nation=nation, dataset=dataset, kind="phone", word=word, **more)


HIT = outcome("hit", claim_id="0" * 16, as_of_ms=1_795_500_000_000, version=3)
NO_HIT = outcome("no hit", as_of_ms=1_795_500_000_000, version=3)
DENIED = outcome("refused", "MM", why="policy-denied", reasons=("No.",), policy_ids=("MM-90",))
SPENT = outcome("refused", "LA", why="quota", retry_after_s=3600)
DOWN = outcome("unavailable", "KH", dataset="", why="node-down")
STALE = outcome("stale", "CN", why="overdue", as_of_ms=1_795_500_000_000)
FALSE = outcome("unavailable", "CN", why="evaluation-proof", alarm=True)
CUT = outcome("unavailable", "CN", why="outcome-unknown")


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([HIT], 0),
        ([NO_HIT], 0),
        ([HIT, DOWN], 3),
        ([NO_HIT, DENIED], 3),
        ([HIT, STALE], 3),
        ([DOWN], 4),
        ([STALE], 4),
        ([DENIED], 5),
        ([DENIED, DOWN], 5),
        ([SPENT], 6),
        ([SPENT, DENIED], 6),
        ([HIT, FALSE], 7),
        ([CUT, HIT], 9),
        ([CUT, FALSE], 7),
        ([NO_HIT, outcome("no hit", dataset="others")], 0),
        ([NO_HIT, outcome("stale", dataset="others", why="overdue")], 4),
    ],
)
def test_exit_codes(outcomes, code):
    """A false proof first, then what is unknown, then how many answered."""
    assert code == exit_of(fold(outcomes))


def test_no_hit_says_what_it_does_not_say():
    """It is bound to a publication, a nation and a time."""
    said = sentence(NO_HIT, "TH")
    assert said.startswith("not recorded in what VN had released to TH at ")


def test_a_hit_says_what_stands_against_it():
    """That it is late, and that its other forms could not be asked about."""
    late = outcome("hit", weak=True, why="rules-differ", overdue=True)
    said = sentence(late, "TH")
    assert said.startswith("possible hit")
    assert "past its time" in said
    assert said.endswith(OTHER_FORMS)
    assert OTHER_FORMS not in sentence(HIT, "TH")


def test_a_refusal_names_its_rule_and_an_alarm_says_stop():
    """So that a person knows what to do."""
    assert "[MM-90]" in sentence(DENIED, "TH")
    assert "again in 60 min" in sentence(SPENT, "TH")
    assert sentence(FALSE, "TH").startswith("STOP")


def test_a_hit_beside_something_false_says_both():
    """An alarm about another form of it hides no hit."""
    said = sentence(outcome("hit", "CN", why="evaluation-proof", alarm=True), "TH")
    assert said.startswith("recorded in what CN had released to TH")
    assert "STOP" in said
    assert said.endswith("(evaluation-proof)")


def test_results_fit_their_schema():
    """Every word, with and without what was asked."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    asked, _ = read_identifiers([PHONE], "phone", "TH")
    seen = outcome("no hit", "TH", witnesses=Witnesses(cosigned=3, of=5, needed=3, newest=False))
    lookup = Lookup("0" * 16, 1, (HIT, DENIED, SPENT, DOWN, STALE, FALSE, seen))
    for given, show in ((asked, False), (asked, True), ([], False)):
        found = json.loads(json.dumps(document(lookup, given, show=show)))
        jsonschema.validate(found, schema)
        assert (PHONE in json.dumps(found)) is show
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**found, "more": 1}, schema)


def test_the_table_masks_unless_told_to_show(capsys):
    """What stands on a screen is seen by who passes."""
    asked, _ = read_identifiers([PHONE], "phone", "TH")
    lookup = Lookup("0" * 16, 1, (HIT, DENIED, DOWN))
    print_lookup(console(), lookup, asked, "TH", show=False)
    masked = capsys.readouterr().out
    print_lookup(console(), lookup, asked, "TH", show=True)
    shown = capsys.readouterr().out
    assert PHONE not in masked
    assert PHONE in shown
    for said in ("hit", "refused", "unavailable", "MM-90", f"fedquery claim {'0' * 16}", "lead"):
        assert said in masked
    assert "\x1b" not in masked


def test_a_hit_beside_something_false_is_not_offered_to_be_claimed(capsys):
    """Its nation is not to be asked again; the receipt that shows what is false is named."""
    hit = replace(HIT, alarm=True, why="evaluation-proof", false_receipt="f" * 64 + ".json")
    print_lookup(console(), Lookup("0" * 16, 1, (hit,)), [], "TH", show=False)
    said = capsys.readouterr().out
    assert "fedquery claim" not in said
    assert f"receipt {hit.false_receipt}" in " ".join(said.split())


@pytest.mark.parametrize("outcomes", [[HIT], [NO_HIT, DENIED], [CUT]])
def test_what_could_not_be_kept_ends_with_74(outcomes):
    """Whatever was answered; only a false proof comes before."""
    assert 74 == exit_of(fold(outcomes), kept=False)
    assert 7 == exit_of(fold([*outcomes, FALSE]), kept=False)
    lookup = Lookup("0" * 16, 1, tuple(outcomes), kept=False)
    assert 74 == document(lookup, [], show=False)["exit_code"]


def seen(nation, cosigned, of, needed, **more):
    """Make an outcome of a nation whose log was seen by some."""
    found = Witnesses(cosigned=cosigned, of=of, needed=needed, **more)
    return outcome("no hit", nation, witnesses=found)


def test_a_lookup_says_who_has_seen_what_it_rests_on():
    """Once for each nation, however many identifiers and datasets there were."""
    said = witness_lines(
        [
            seen("VN", 3, 5, 3),
            seen("VN", 3, 5, 3),
            seen("LA", 3, 5, 3),
            seen("KH", 5, 5, 3),
            seen("CN", 3, 5, 3, newest=False),
            seen("MM", 2, 5, 3),
            DOWN,
        ]
    )
    assert [
        "witnesses: 2 of 5 (MM), fewer than the 3 that are a quorum",
        "witnesses: 3 of 5 (LA, VN)",
        "witnesses: 3 of 5 (CN), of what was accepted last: something newer waits for witnesses",
        "witnesses: 5 of 5 (KH)",
    ] == said
    assert [] == witness_lines([DOWN])


def test_a_policy_that_asks_for_nobody_is_said_to():
    """Nobody takes it for a quorum."""
    assert ["witnesses: none (VN; none is asked for)"] == witness_lines([seen("VN", 0, 0, 0)])
    assert ["witnesses: 1 of 5 (VN; none is asked for)"] == witness_lines([seen("VN", 1, 5, 0)])
