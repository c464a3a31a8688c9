"""The words of a schema: what a policy may say, without asking the engine."""

from fedquery.policy.source import read_source
from fedquery.policy.words import read_words

SCHEMA = b"""
// entity Ghost enum ["comment"];
entity Nation enum ["CN", "KH"];
entity Team enum ["Joint Team 2026-07"];
entity Agency in [Nation, Team] = { sort: Sort, };
type Used = { elementsToday: Long };
action "up to hit";
action "hit", "look" in ["up to hit"]
  appliesTo { principal: Agency, resource: Agency, context: { used: Used } };
"""


def test_words_are_read_as_they_are_declared():
    """Types, enumerated ids, actions and attributes are read; comments and keywords are not."""
    words = read_words(read_source(SCHEMA, "policy schema"))
    assert {"Nation": ("CN", "KH"), "Team": ("Joint Team 2026-07",)} == dict(words.enumerated)
    assert {"Action", "Nation", "Team", "Agency"} == words.entity_types
    assert ("up to hit", "hit", "look") == words.actions
    assert {"sort", "elementsToday", "used"} == words.attributes
    assert {"Joint Team 2026-07"} == words.teams


def test_a_schema_without_teams_has_none():
    """Where the schema names no team, none can be named to the engine."""
    assert frozenset() == read_words(read_source(b"entity Team;", "policy schema")).teams
