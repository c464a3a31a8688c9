"""Policies side by side: each rule of each nation stands once, where it belongs."""

from unit.desk.voices import ENGLISH

from fedquery.desk.policy_table import policy_table
from fedquery.federation.policy_summary import PolicySummary, RuleSummary

VN = PolicySummary(
    bytes(32),
    (
        RuleSummary("VN-01", "permit", "up to reference", "Fraud"),
        RuleSummary("VN-02", "permit", "up to reference", "Trafficking"),
        RuleSummary("VN-03", "forbid", "more than hit", "Journalists"),
    ),
)
LA = PolicySummary(
    b"\x01" * 32,
    (
        RuleSummary("LA-01", "permit", "up to hit", "All"),
        RuleSummary("LA-02", "forbid", "", "Nobody"),
    ),
)


def test_rules_stand_by_what_they_do():
    """Permits first; a nation without such a rule has an empty place."""
    table = policy_table({"VN": VN, "LA": LA}, ENGLISH)
    assert ("Lao PDR", "Viet Nam") == table.nations
    assert ("01" * 8, "00" * 8) == table.digests
    assert [
        ("permits", "a hit", (("LA-01",), ())),
        ("permits", "a reference", ((), ("VN-01", "VN-02"))),
        ("forbids", "everything", (("LA-02",), ())),
        ("forbids", "more than a hit", ((), ("VN-03",))),
    ] == [(row.effect, row.level, row.rules) for row in table.rows]
    told = sorted(one for row in table.rows for ids in row.rules for one in ids)
    assert sorted(rule.policy_id for policy in (VN, LA) for rule in policy.rules) == told


def test_nobody_tells():
    """An empty table."""
    assert () == policy_table({}, ENGLISH).rows
