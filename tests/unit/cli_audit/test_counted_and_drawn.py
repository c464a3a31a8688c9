"""Statistics and samples of a log that a node itself has written, through its own commands."""

import json
from collections import Counter

from click.testing import CliRunner
from support.node_log import quietly

from fedquery.audit.node import QuestionEntry
from fedquery.cli.__main__ import main as fedquery
from fedquery.cli.audit.entries import decode_any
from fedquery.cli.commands import cli
from fedquery.cli.notes import member_list
from fedquery.federation.signed_statistics import open_statistics
from fedquery.storage.log_reading import read_log


def test_a_real_log_is_counted_as_its_entries_say(real):
    """Questions, claims and faults; the same from the data directory and from its export."""
    found = json.loads(quietly(fedquery, "audit", "stats", real.home, "--json"))["statistics"]
    assert (
        found == json.loads(quietly(fedquery, "audit", "stats", real.new, "--json"))["statistics"]
    )
    entries = [decode_any(octets) for octets in read_log(real.home)]
    types = Counter(one.type for one in entries if isinstance(one, QuestionEntry))
    said = {one["name"]: one["total"] for one in found[0]["populations"]}
    assert types["answer"] + types["refusal"] == said["questions"] > 100
    for name in ("claim", "fault"):
        few = types[name] < 5
        assert ("<5" if few else types[name]) == said[f"{name}s"]
    questions = found[0]["populations"][0]
    purposes = {
        row["name"] for t in questions["tables"] if t["name"] == "purpose" for row in t["rows"]
    }
    assert {"fraud", "threat to life"} <= purposes


def test_a_real_node_signs_what_the_member_list_verifies(real):
    """With the key of its own data directory; a month that nothing was asked in is empty."""
    words = ["audit", "stats", str(real.home), "--month", "2026-01", "--sign"]
    note = CliRunner().invoke(cli, words).stdout_bytes
    said = open_statistics(note, member_list(real.members))
    assert ("node", "VN", "2026-01") == (said.kind, said.party, said.month)
    assert 0 == said.populations[0].total


def test_what_was_drawn_can_be_opened(real):
    """By the command that is printed, in the data directory; the checkpoint is verified."""
    text = quietly(
        fedquery,
        "audit",
        "sample",
        real.new,
        "--n",
        "2",
        "--of",
        "answer",
        "--members",
        real.members,
    )
    commands = [line.split() for line in text.splitlines() if "audit open" in line]
    assert 2 == len(commands)
    for words in commands:
        opened = quietly(*(fedquery, *[str(real.home) if w == "HOME" else w for w in words[1:]]))
        assert f"entry {words[-1]} of fedquery.log/mekong/VN" in opened
