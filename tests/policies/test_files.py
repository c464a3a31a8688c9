"""What the shipped files promise to people: plain titles, invented laws, one form."""

import re

import cedarpy
import pytest

from fedquery.cases import card
from fedquery.errors import ConfigError
from fedquery.identifiers import kinds
from fedquery.policy import house_rules, vocabulary
from fedquery.policy.load import load_rules
from fedquery.policy.source import read_source
from fedquery.policy.words import read_words
from fedquery.psi import question

WORDS = {
    "Purpose": vocabulary.PURPOSES,
    "PersonRole": vocabulary.PERSON_ROLES,
    "Aim": vocabulary.AIMS,
    "Role": vocabulary.SIGNERS,
    "Sort": vocabulary.SORTS,
    "Handling": vocabulary.HANDLINGS,
}


def _words(policies_dir):
    octets = (policies_dir / "schema.cedarschema").read_bytes()
    return read_words(read_source(octets, "policy schema"))


def _enumerated(schema, entity):
    (words,) = re.findall(rf"^entity {entity}\s+enum \[([^\]]*)\];", schema, re.MULTILINE)
    return frozenset(re.findall(r'"([^"]+)"', words))


@pytest.mark.parametrize("entity", sorted(WORDS))
def test_vocabulary_is_the_schema_s(entity, policies_dir):
    """The words that an asker may fill in are exactly those that policies may use."""
    schema = (policies_dir / "schema.cedarschema").read_text(encoding="utf-8")
    assert WORDS[entity] == _enumerated(schema, entity)


def test_what_may_be_asked_is_the_schema_s():
    """What travels inside a question has the same words, in the same order everywhere."""
    assert (vocabulary.PURPOSES, vocabulary.PERSON_ROLES, vocabulary.AIMS) == (
        frozenset(question.PURPOSES),
        frozenset(card.PERSON_ROLES),
        frozenset(question.AIMS),
    )


def test_actions_are_the_schema_s(policies_dir):
    """The rungs, the groups of both chains and what stands beside the ladder are all there are."""
    words = _words(policies_dir)
    rungs = {level.word for level in vocabulary.Level}
    groups = house_rules.PERMIT_GROUPS | house_rules.FORBID_GROUPS
    assert {*rungs, *groups, *vocabulary.BESIDE_THE_LADDER} == set(words.actions)


def test_break_glass_is_a_purpose():
    """The purpose for which rules may make exceptions is one that can be claimed."""
    assert vocabulary.BREAK_GLASS in vocabulary.PURPOSES


def test_teams_are_the_schema_s(policies_dir, six_rules):
    """A node learns from the schema in force which joint teams it may name to the engine."""
    schema = (policies_dir / "schema.cedarschema").read_text(encoding="utf-8")
    assert {_enumerated(schema, "Team")} == {rules.teams for rules in six_rules.values()}


def test_kinds_are_the_registry_s(policies_dir):
    """A policy can speak of every kind of identifier there is, and of no other."""
    schema = (policies_dir / "schema.cedarschema").read_text(encoding="utf-8")
    assert frozenset(kinds()) == _enumerated(schema, "Kind")


def test_every_nation_forbids_something_by_name(six_rules):
    """Each file can refuse with a public reason of its own."""
    for rules in six_rules.values():
        assert "forbid" in {rule.effect for rule in rules.policies.values()}


def test_laws_are_marked_as_examples(six_rules):
    """No shipped rule claims to rest on a real law."""
    laws = {rule.law for rules in six_rules.values() for rule in rules.policies.values()}
    assert {True} == {law.startswith("EXAMPLE, Art. ") for law in laws}


def test_files_are_formatted(policies_dir, six_rules):
    """Each file is as Cedar's formatter writes it at 100 columns, so that diffs show meaning."""
    for nation in six_rules:
        text = (policies_dir / f"{nation}.cedar").read_text(encoding="utf-8")
        assert cedarpy.format_policies(text, line_width=100, indent_width=2) == text


def test_files_cannot_be_swapped(policies_dir):
    """One nation's file does not load as another's, though it is valid."""
    text = (policies_dir / "TH.cedar").read_bytes()
    schema = (policies_dir / "schema.cedarschema").read_bytes()
    with pytest.raises(ConfigError, match='@id must read "VN-"'):
        load_rules(text, schema, "VN")
