"""Which rules a new file adds, takes away or changes."""

from pathlib import Path

import pytest

from fedquery.policy.changed_rules import ChangedRules, changed_rules
from fedquery.policy.load import load_rules

POLICIES = Path(__file__).parents[3] / "policies"
SCHEMA = (POLICIES / "schema.cedarschema").read_bytes()
TEXT = (POLICIES / "MM.cedar").read_text()


def rules(text, schema=SCHEMA):
    """Load a file of Myanmar."""
    return load_rules(text.encode(), schema, "MM")


@pytest.fixture(scope="module")
def before():
    """Load the file as it is."""
    return rules(TEXT)


def test_the_first_file_adds_all_of_its_rules(before):
    """And brings a schema."""
    everything = tuple(sorted(before.policies))
    assert ChangedRules(everything, (), (), schema=True) == changed_rules(None, before)


def test_a_comment_changes_no_rule(before):
    """Nor does the order in which rules stand."""
    heads = TEXT.split('@id("')
    turned = '@id("'.join([heads[0], *reversed(heads[1:])])
    nothing = ChangedRules((), (), (), schema=False)
    assert nothing == changed_rules(before, rules(f"{TEXT}\n// another day\n"))
    assert nothing == changed_rules(before, rules(turned))


@pytest.mark.parametrize(
    ("old", "new"),
    [('@title("Only', '@title("None but'), ("forbid (", "permit ("), ("Art. 3", "Art. 33")],
    ids=["title", "effect", "law"],
)
def test_a_rule_that_reads_otherwise_is_changed(before, old, new):
    """Be it in a title: the asker reads it."""
    text = TEXT.replace(old, new, 1)
    if "permit" in new:
        text = text.replace('"any answer"', '"up to hit"', 1)
    assert text != TEXT
    found = changed_rules(before, rules(text))
    assert 1 == len(found.changed)
    assert ((), ()) == (found.added, found.removed)


def test_another_schema_is_told(before):
    """Its digest stands in every answer too."""
    found = changed_rules(before, rules(TEXT, SCHEMA + b"\n// another day\n"))
    assert ChangedRules((), (), (), schema=True) == found
