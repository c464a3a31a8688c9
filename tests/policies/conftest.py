"""The six policy files in force, as a node would load them."""

from pathlib import Path

import pytest

from fedquery.policy.load import load_rules
from fedquery.policy.rules import Rules

POLICIES = Path(__file__).parents[2] / "policies"
NATIONS = ("CN", "KH", "LA", "MM", "TH", "VN")


@pytest.fixture(scope="session")
def policies_dir() -> Path:
    """Name the directory of the shipped policies."""
    return POLICIES


@pytest.fixture(scope="session")
def six_rules() -> dict[str, Rules]:
    """Load all six files."""
    schema = (POLICIES / "schema.cedarschema").read_bytes()
    return {n: load_rules((POLICIES / f"{n}.cedar").read_bytes(), schema, n) for n in NATIONS}
