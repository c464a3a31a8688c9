"""`fedquery policies`: what is printed for each nation, and which exit code."""

import json

import pytest
from click.testing import CliRunner

from fedquery.ask.session import Distrusted
from fedquery.cli import policies
from fedquery.cli.policies import Told
from fedquery.federation.ceilings import Ceilings, WindowCeilings
from fedquery.federation.policy_summary import PolicySummary, RuleSummary

RULES = (
    RuleSummary("VN-01", "permit", "up to hit", "A hit, for police"),
    RuleSummary("VN-90", "forbid", "any answer", "Nothing on Sundays"),
)
CEILINGS = Ceilings(WindowCeilings(200, 2000, 50_000), WindowCeilings(1000, 1500, 100_000), 5000)
TOLD = {
    "KH": Told(None, CEILINGS),
    "LA": Told(Distrusted("node-down")),
    "VN": Told(PolicySummary(b"\x01" * 32, RULES, more=2), CEILINGS),
    "CN": Told(PolicySummary(b"\x02" * 32, RULES)),
}


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run the command where nodes told this."""

    def run(told, *options):
        async def answer(_client, _nations):
            return told

        monkeypatch.setattr(policies, "_told", answer)
        monkeypatch.setattr(policies.Client, "open", lambda _home: None)
        return CliRunner().invoke(policies.policies, options, obj=tmp_path, standalone_mode=False)

    return run


def test_each_nation_is_told(run):
    """With its rules, without any, or why it cannot be asked; 3 where some do not tell."""
    found = run(TOLD)
    assert 3 == found.return_value
    assert "permits hit                A hit, for police" in found.output
    assert "and 2 more" in found.output
    assert "KH  tells nothing" in found.output
    assert "LA  cannot be asked: its node does not answer" in found.output


def test_codes(run):
    """0 where all tell, 4 where none does."""
    assert 0 == run({"VN": TOLD["VN"]}).return_value
    assert 4 == run({"KH": TOLD["KH"]}).return_value


def test_json(run):
    """The same for programs."""
    found = json.loads(run(TOLD, "--json").output)
    assert {"policy": None, "why": "node-down", "quota": None} == found["LA"]
    assert ["hit", "any answer"] == [rule["level"] for rule in found["VN"]["policy"]["rules"]]
    assert CEILINGS.to_json() == found["VN"]["quota"] == found["KH"]["quota"]
    assert found["CN"]["quota"] is None


def test_quotas_are_told_beside_policies(run):
    """Those of an agency, of all of a nation and of a case; also where no policy is told."""
    found = run(TOLD).output
    assert 2 == found.count("each agency: 200 elements an hour, 2,000 a day, 50,000 a year")
    assert 2 == found.count("quota of all of a nation: 1,000 elements an hour, 1,500 a day")
    assert 2 == found.count("quota of each case: 5,000")
    assert 1 == found.count("tells nothing of its quota")
