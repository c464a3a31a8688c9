"""What a manifest tells of a policy: read strictly, capped, and left out by older nodes."""

from dataclasses import replace

import pytest

from fedquery.errors import EncodingError, InputError
from fedquery.federation.manifest import Manifest
from fedquery.federation.policy_summary import MOST_RULES, PolicySummary, RuleSummary
from fedquery.federation.signed_manifest import open_manifest, sign_manifest, verify_manifest

PERMIT = RuleSummary("VN-01", "permit", "up to hit", "A hit, for police")
FORBID = RuleSummary("VN-90", "forbid", "more than reference", "Summaries in office hours")
SUMMARY = PolicySummary(b"\x01" * 32, (PERMIT, FORBID), more=3)


def test_a_manifest_with_a_summary_is_read_as_it_was_written(world):
    """And verified as any other."""
    offering = world.offering()
    manifest = offering.manifest(policy=SUMMARY)
    assert manifest == Manifest.parse(manifest.render())
    note = sign_manifest(manifest, world.node_key("VN"))
    found, newest = open_manifest(note, world.node("VN"))
    verify_manifest(found, newest, world.NOW_MS)
    assert SUMMARY == found.policy


def test_a_manifest_without_one_stays_valid(world):
    """A node of before tells nothing, and is asked as before."""
    body = world.offering().manifest().render()
    assert b'"policy"' not in body
    assert Manifest.parse(body).policy is None


def test_levels():
    """A permit by its highest level, a forbid by what it stops."""
    assert ("hit", "more than reference") == (PERMIT.level, FORBID.level)
    assert "snapshot" == replace(PERMIT, action="snapshot").level
    assert "everything" == replace(FORBID, action="").level


FAULTS = {
    "null": lambda b: b[: b.index(b'"policy":')] + b'"policy":null}\n',
    "member_more": lambda b: b.replace(b'"more":3', b'"more":3,"note":1'),
    "member_less": lambda b: b.replace(b'"more":3,', b""),
    "capital_digest": lambda b: b.replace(b'"digest":"01', b'"digest":"0A'),
    "short_digest": lambda b: b.replace(b'"digest":"01', b'"digest":"'),
    "rules_out_of_order": lambda b: b.replace(b"VN-01", b"VN-99"),
    "a_rule_twice": lambda b: b.replace(b"VN-01", b"VN-90"),
    "other_effect": lambda b: b.replace(b'"permit"', b'"allow"'),
    "other_id": lambda b: b.replace(b"VN-01", b"VN_01"),
    "action_with_capitals": lambda b: b.replace(b"up to hit", b"Up to hit"),
    "control_in_title": lambda b: b.replace(b"A hit,", b"A \\u001b[2J,"),
    "c1_control_in_title": lambda b: b.replace(b"A hit,", b"A \xc2\x9b2J,"),
    "empty_title": lambda b: b.replace(b"A hit, for police", b""),
    "negative": lambda b: b.replace(b'"more":3', b'"more":-3'),
    "huge": lambda b: b.replace(b'"more":3', b'"more":100001'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_malformed(world, fault):
    """Each malformed summary is refused with the one error of the format."""
    body = world.offering().manifest(policy=SUMMARY).render()
    changed = FAULTS[fault](body)
    assert body != changed, "the fault was not planted"
    with pytest.raises(EncodingError, match=r"^malformed manifest$"):
        Manifest.parse(changed)


def test_the_caps_hold():
    """200 rules are told, and one more is refused."""
    rules = tuple(replace(PERMIT, policy_id=f"VN-{number:04}") for number in range(MOST_RULES + 1))
    assert PolicySummary(bytes(32), rules[:-1])
    with pytest.raises(InputError):
        PolicySummary(bytes(32), rules)
    with pytest.raises(InputError):
        replace(PERMIT, title="x" * 201)
