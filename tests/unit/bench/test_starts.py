"""Every measurement still starts: what it measures has not been renamed from under it."""

import importlib
from pathlib import Path

import pytest

import bench
from bench import kernel, kind_rows, screening

ROOT = Path(bench.__file__).parent
MODULES = sorted(
    ".".join(("bench", *path.relative_to(ROOT).with_suffix("").parts))
    for path in ROOT.rglob("*.py")
    # Parties of a comparison are programs of environments of their own.
    if path.stem not in ("__init__", "__main__") and path.parent.name != "parties"
)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_imported(module):
    """Also those that no other test runs."""
    assert importlib.import_module(module).__doc__


@pytest.mark.parametrize(("kind", "rows"), [("phone", 30), ("account", 60)])
def test_rows_of_kinds_are_counted(tmp_path, kind, rows):
    """A record of a phone is one row, and a less exact form is one more."""
    assert rows == kind_rows._measure(tmp_path, kind, 30)["rows"]


def test_the_arithmetic_of_a_question_is_measured():
    """On the back end in use, whichever that is."""
    assert kernel.element_us(screening.one_core(), 4) > 0
