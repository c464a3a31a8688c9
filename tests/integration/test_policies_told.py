"""What nodes tell of their policies before anything is asked, from node to terminal."""

import json

from integration.conftest import HOUR, PHONES


async def test_policies_are_told_before_anything_is_asked(federation, asker, vn):
    """By the digest that then stands in answers; ids, levels and titles, and no condition."""
    told = federation.run_asker("policies", "--json")
    assert 0 == told.code
    found = json.loads(told.out)
    assert {"VN", "MM"} == found.keys()
    rules = {rule["id"]: rule for rule in found["VN"]["policy"]["rules"]}
    assert ("permit", "hit") == (rules["VN-01"]["effect"], rules["VN-01"]["level"])
    assert "more than reference" == rules["VN-90"]["level"]
    assert "maximumPenalty" not in told.out
    # The defaults, but for what the tests' federation takes in an hour, a day and a year.
    quota = found["VN"]["quota"]
    assert (HOUR, 10**6) == (quota["agency"]["hour"], quota["nation"]["hour"])
    checks = {one["name"]: one for one in json.loads(federation.run_asker("doctor", "--json").out)}
    assert checks["quota VN"]["ok"]
    assert f"{HOUR:,} elements an hour" in checks["quota VN"]["what"]
    answered = await asker.send(asker.ask("VN", [PHONES[0]]), vn)
    assert found["VN"]["policy"]["digest"] == answered.head.decision.policy_digest.hex()


def test_they_are_read_on_a_terminal(federation):
    """One line a rule; an unknown nation is a wrong option."""
    told = federation.run_asker("policies", "--nations", "mm")
    assert 0 == told.code
    assert "MM-90" in told.out
    assert "forbids any answer" in told.out
    assert "VN" not in told.out
    assert 2 == federation.run_asker("policies", "--nations", "XX").code
