"""A schema, a way to compile small files, and one plain situation."""

from pathlib import Path

import pytest

from fedquery.policy.rules import compile_rules
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used
from fedquery.policy.source import check_source, read_source

NOW_MS = 1_795_496_400_000  # 2026-11-24T05:00:00Z


@pytest.fixture(scope="session")
def schema_text():
    """Read the schema that is shipped."""
    return (Path(__file__).parents[3] / "policies" / "schema.cedarschema").read_bytes()


@pytest.fixture(scope="session")
def compiled(schema_text):
    """Compile a file in this process, as the loader does after the trial."""

    def compile_text(text, nation="TH"):
        source = read_source(text.encode("utf-8"), f"policy file of {nation}")
        check_source(source)
        return compile_rules(source, read_source(schema_text, "policy schema"), nation)

    return compile_text


@pytest.fixture(scope="session")
def question():
    """Make an ordinary question of a Vietnamese police officer to Thailand."""
    return Situation(
        asker=Asker("VN/crime-police", "VN", "police"),
        dataset=Dataset("TH", "phones", "phone", sensitive=False),
        case=CaseCard("C-1", 5, True, NOW_MS - 86_400_000, frozenset({"officer"})),
        purpose="fraud",
        person_role="suspect",
        aim="identify",
        elements=1,
        used=Used(),
        now_ms=NOW_MS,
    )


@pytest.fixture(scope="session")
def rule():
    """Write a rule with its annotations."""

    def write(
        policy_id="TH-01", effect="permit", action='in Action::"up to hit"', nation="TH", when=""
    ):
        clause = f" when {{ {when} }}" if when else ""
        return (
            f'@id("{policy_id}")\n@title("title of {policy_id}")\n@law("EXAMPLE, Art. 1")\n'
            f'{effect} (principal, action {action}, resource in Nation::"{nation}"){clause};\n'
        )

    return write
