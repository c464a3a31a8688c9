"""What the shipped files promise to people: plain titles, invented laws, one form."""

import re

import cedarpy
import pytest

from fedquery.errors import ConfigError
from fedquery.identifiers import kinds
from fedquery.policy import vocabulary
from fedquery.policy.load import load_rules

WORDS = {
    "Purpose": vocabulary.PURPOSES,
    "PersonRole": vocabulary.PERSON_ROLES,
    "Aim": vocabulary.AIMS,
    "Role": vocabulary.SIGNERS,
    "Sort": vocabulary.SORTS,
    "Handling": vocabulary.HANDLINGS,
}


def _enumerated(schema, entity):
    (words,) = re.findall(rf"^entity {entity}\s+enum \[([^\]]*)\];", schema, re.MULTILINE)
    return frozenset(re.findall(r'"([^"]+)"', words))


@pytest.mark.parametrize("entity", sorted(WORDS))
def test_vocabulary_is_the_schema_s(entity, policies_dir):
    """The words that an asker may fill in are exactly those that policies may use."""
    schema = (policies_dir / "schema.cedarschema").read_text(encoding="utf-8")
    assert WORDS[entity] == _enumerated(schema, entity)


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
