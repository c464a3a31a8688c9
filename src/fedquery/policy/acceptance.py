"""What a policy file must pass before it may be proposed or come into force."""

from collections.abc import Sequence
from dataclasses import dataclass

from fedquery.policy.cases import Case, run_cases, unreached
from fedquery.policy.complaint import PolicyError
from fedquery.policy.load import try_and_load
from fedquery.policy.rules import Rules
from fedquery.policy.source import policy_file


@dataclass(frozen=True, slots=True)
class Accepted:
    """A policy file that passed.

    Attributes:
        rules: its rules, ready to decide with.
        tests: how many tests came out as written.
        unreached: ids of the rules that no test reaches, sorted; all of them without tests.
        undecided: ids of the rules of which it was not found out whether they ever apply.
    """

    rules: Rules
    tests: int
    unreached: tuple[str, ...]
    undecided: tuple[str, ...]


def accept_file(policy: bytes, schema: bytes, nation: str, cases: Sequence[Case] = ()) -> Accepted:
    """Check a policy file as `fedquery policy check` does, and run its tests.

    Args:
        policy: the policy file.
        schema: the schema that all nations share.
        nation: the nation that it must speak for.
        cases: its own tests.

    Raises:
        PolicyError: for the first complaint, or the first test that does not come out as written.
    """
    rules, tried = try_and_load(policy, schema, nation, thorough=True)
    outcomes = run_cases(rules, cases)
    for one in outcomes:
        if not one.as_written:
            raise PolicyError.of_file(
                policy_file(nation),
                f"the test {one.case.name!r} expects {one.case.expected}, and gets {one.found}",
                do="Correct the file or the test; `fedquery policy test` runs all.",
            )
    return Accepted(rules, len(outcomes), unreached(rules, outcomes), tried.undecided)
