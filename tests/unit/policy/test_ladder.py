"""The ladder of the schema is the one that all nations' rules rest on."""

import pytest

from fedquery.policy.complaint import PolicyError
from fedquery.policy.ladder import require_ladder
from fedquery.policy.load import load_rules
from fedquery.policy.source import read_source

MORE = 'action "summary" in ["up to summary", "more than reference"]'


def changed(schema_text, old, new):
    """Change one place of the schema."""
    text = schema_text.decode()
    assert old in text
    return read_source(text.replace(old, new).encode(), "schema.cedarschema")


def test_the_schema_of_all_nations_has_the_ladder(schema_text):
    """The twin of the faults is good."""
    require_ladder(read_source(schema_text, "schema.cedarschema"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (MORE, 'action "summary" in ["up to summary", "more than reference", "up to hit"]'),
        (MORE, 'action "summary" in ["up to summary"]'),
        (MORE, 'action "summary" in [Action::"up to summary", Action::"more than reference"]'),
        ('action "more than hit" in ["any answer"]', 'action "more than hit"'),
        ('action "up to hit" in ["up to reference"]', 'action "up to hit"'),
        ('action "snapshot"', 'action "snapshot" in ["up to hit"]'),
        ('action "hit" in', '@doc("x") action "hit" in'),
    ],
    ids=["wider", "no bound", "unread", "open above", "lower", "beside", "annotated"],
)
def test_a_rung_in_other_groups_is_refused(schema_text, old, new):
    """No nation's file would change by a letter, and what it says would."""
    with pytest.raises(PolicyError, match=r"schema\.cedarschema: "):
        require_ladder(changed(schema_text, old, new))


def test_no_file_passes_with_such_a_schema(schema_text, rule):
    """Neither the node nor check takes it."""
    wider = schema_text.replace(MORE.encode(), MORE.replace("]", ', "up to hit"]').encode())
    with pytest.raises(PolicyError, match="other groups than the ladder"):
        load_rules(rule().encode(), wider, "TH")
