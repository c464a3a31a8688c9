"""What is written of a comparison: tables, a picture, and locked requirements."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.peers import plot, table

_REQUIREMENTS = Path(__file__).parents[3] / "requirements"
_SVG = "{http://www.w3.org/2000/svg}"


def test_a_contender_that_was_left_out_is_named_with_the_reason(document):
    """A missing row must not look as if nobody had thought of it."""
    text = table.markdown(document)

    assert "spu was left out: no wheel." in text
    assert 2 == text.count("\n## ")


def test_ratios_are_over_the_reference_of_the_same_figure(document):
    """Set-up and questions are measured minutes apart, on a machine that others use."""
    text = table.markdown(document)

    assert "| 30.0 (1.59) |" in text  # 33,333 rows a second over 21,000
    assert "| 50 (0.005) |" in text  # 50 identifiers a second over 10,000


def test_all_lines_of_a_table_have_as_many_cells(document):
    """A cell too few shifts a figure under another head."""
    for block in re.findall(r"(?:^\|.*\n)+", table.markdown(document), re.MULTILINE):
        assert 1 == len({line.count("|") for line in block.splitlines()})


def test_the_picture_is_xml_and_longer_bars_are_larger_values(document):
    """Also with a machine whose name has characters of markup."""
    document["machine"]["date"] = "<&>"
    root = ET.fromstring(plot.svg(document))  # noqa: S314 -- our own text
    bars = [one for one in root.iter(f"{_SVG}rect") if one.get("x") is not None]
    lengths = [float(bar.get("width")) for bar in bars]

    # Set-up 30, 10 and 30 us, twice; 20, 10 and 20 ms; 50, 100 and 50 a second; processor.
    assert 15 == len(lengths)
    for first in (0, 3, 6, 12):
        assert lengths[first] == lengths[first + 2] > lengths[first + 1] > 0
    assert lengths[9] == lengths[11] < lengths[10]


def test_nothing_measured_is_a_picture_still(document):
    """A run in which all were left out is written too."""
    document["rows"] = {"10": {"spu": {"skipped": "no wheel"}}}

    ET.fromstring(plot.svg(document))  # noqa: S314 -- our own text


@pytest.mark.parametrize("peer", ["openmined-psi", "spu"])
def test_peers_are_locked_by_hashes_and_say_nothing_of_an_index(peer):
    """What is measured is what was measured before, from wherever pip takes it."""
    text = (_REQUIREMENTS / f"peers-{peer}.txt").read_text(encoding="utf-8")
    wanted = re.split(r"\n(?=\S)", text.replace("\\\n", " ").strip())

    assert any(line.startswith(f"{peer}==") for line in wanted)
    for line in wanted:
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; [^-]+)?(\s+--hash=sha256:[0-9a-f]{64})+", line)
    assert "://" not in text
