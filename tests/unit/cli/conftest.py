"""The shipped policies, for the commands that read them."""

from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Policies:
    """Where they are, and their schema."""

    directory: Path
    schema: bytes


@pytest.fixture(scope="session")
def policies():
    """Find the shipped policies."""
    directory = Path(__file__).parents[3] / "policies"
    return Policies(directory, (directory / "schema.cedarschema").read_bytes())
