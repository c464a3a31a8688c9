"""`fedquery audit sample`: the same entries for all who have the checkpoint, and verified ones."""

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from support.audit_entries import (
    NOW,
    asked,
    concluded,
    question,
    refusal,
    relay,
    relayed,
    review,
    seed,
    write_home,
)

from fedquery.audit.sampling import draw, seed_of
from fedquery.cli.commands import cli
from fedquery.errors import InputError, LogFaultError
from fedquery.storage.log import LogStore
from fedquery.tlog.note import Signer

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "audit-sample.v1.json"
ORIGIN = "fedquery.log/mekong/VN"
SIGNER = Signer(ORIGIN, seed(f"log {ORIGIN}"))
# Reviews stand between: the place in the log is not the place among what is drawn from.
ENTRIES = [
    entry
    for number in range(100)
    for entry in (
        question(dataset=f"d-{number}"),
        review(0),
        refusal(dataset=f"d-{number}"),
        question(type="claim", granted_level="summary", dataset=f"d-{number}"),
    )
]


def run(*arguments):
    """Run the command; give its code and its output."""
    done = CliRunner().invoke(cli, ["audit", "sample", *map(str, arguments)], standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.return_value, done.stdout


def sampled(*arguments):
    """Run it with --json, and hold what it prints against its schema."""
    code, out = run(*arguments, "--json")
    found = json.loads(out)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(found)
    return code, found


@pytest.fixture
def home(tmp_path):
    """Make a node's data directory."""
    return write_home(tmp_path / "VN", "node", ORIGIN, ENTRIES)


@pytest.fixture
def directory(home, tmp_path):
    """Export its log."""
    path = tmp_path / "export"
    CliRunner().invoke(cli, ["audit", "export", str(home), str(path)])
    return path


def grown(home, entries):
    """Append entries to the log and sign it."""
    store = LogStore(ORIGIN)
    connection = sqlite3.connect(home / "node.db", isolation_level=None)
    connection.execute("BEGIN")
    store.append(connection, [entry.encode() for entry in entries])
    store.sign_checkpoint(connection, SIGNER, NOW + 1)
    connection.execute("COMMIT")
    connection.close()


def test_the_data_directory_and_an_export_give_the_same_sample(home, directory):
    """And so does anybody who draws by hand: places among the entries of these types, in order."""
    code, found = sampled(home, "--n", "7", "--of", "answer,claim")
    assert 3 == code
    assert found == sampled(directory, "--n", "7", "--of", "answer,claim")[1]
    body = (directory / "checkpoint").read_bytes().partition(b"\n\n")[0] + b"\n"
    places = [n for n, one in enumerate(ENTRIES) if one.type in {"answer", "claim"}]
    by_hand = [places[place] for place in draw(seed_of(body), len(places), 7)]
    assert by_hand == [one["index"] for one in found["entries"]]
    assert (200, seed_of(body).hex()) == (found["of"], found["seed"])
    for one in found["entries"]:
        entry = ENTRIES[one["index"]]
        assert (entry.type, f"VN/{entry.dataset}") == (one["type"], one["holder"])


def test_all_that_says_who_asked_whom_is_drawn_from_where_nothing_is_said(home):
    """Reviews, keys and policies are not."""
    _, found = sampled(home, "--n", "400")
    assert 300 == found["of"] == len(found["entries"])
    assert {"answer", "refusal", "claim"} == {one["type"] for one in found["entries"]}


def test_a_larger_sample_begins_with_the_smaller(home):
    """An auditor who wants more goes on where it was."""
    small, large = (sampled(home, "--n", n)[1]["entries"] for n in (5, 50))
    assert small == large[:5]


def test_another_entry_gives_another_sample(home):
    """The log cannot keep its sample while it changes anything."""
    before = [one["index"] for one in sampled(home)[1]["entries"]]
    grown(home, [question()])
    assert before != [one["index"] for one in sampled(home)[1]["entries"]]


def test_a_checkpoint_that_was_kept_gives_the_sample_of_its_time(home, directory):
    """Also when the log has grown since, and only of the entries that there were."""
    before = sampled(home)[1]
    grown(home, [question(dataset="later")] * 500)
    checkpoint = directory / "checkpoint"
    assert before == sampled(home, "--checkpoint", checkpoint)[1]


def test_the_signature_is_verified_where_a_key_is_given(home, directory):
    """Exit code 0; by another key 8, and of a kept checkpoint 65."""
    key = SIGNER.verifier_key.format()
    code, found = sampled(home, "--key", key)
    assert (0, True, None) == (code, found["signature_verified"], found["witnesses"])
    other = Signer(ORIGIN, seed("another")).verifier_key.format()
    with pytest.raises(LogFaultError, match="no known key"):
        run(home, "--key", other)
    with pytest.raises(InputError, match="checkpoint"):
        run(home, "--key", other, "--checkpoint", directory / "checkpoint")


def test_nothing_is_drawn_by_a_checkpoint_of_another_history(tmp_path, home):
    """Of the same log and key, but the log does not begin with its tree; or a larger one."""
    fork = write_home(tmp_path / "fork", "node", ORIGIN, [*ENTRIES[:-1], question()])
    CliRunner().invoke(cli, ["audit", "export", str(fork), str(tmp_path / "forked")])
    with pytest.raises(LogFaultError, match="does not begin with"):
        run(home, "--checkpoint", tmp_path / "forked" / "checkpoint")
    longer = write_home(tmp_path / "longer", "node", ORIGIN, [*ENTRIES, question()])
    CliRunner().invoke(cli, ["audit", "export", str(longer), str(tmp_path / "long")])
    with pytest.raises(InputError, match="this log has 400"):
        run(home, "--checkpoint", tmp_path / "long" / "checkpoint")
    other = write_home(tmp_path / "TH", "node", "fedquery.log/mekong/TH", ENTRIES)
    CliRunner().invoke(cli, ["audit", "export", str(other), str(tmp_path / "other")])
    with pytest.raises(InputError, match="another log"):
        run(home, "--checkpoint", tmp_path / "other" / "checkpoint")


def test_nothing_is_said_of_a_log_that_does_not_verify(directory):
    """One flipped bit, in an entry that may never be drawn."""
    (path,) = (directory / "tile" / "entries").glob("*.p/*")
    octets = bytearray(path.read_bytes())
    octets[-3] ^= 1
    path.write_bytes(octets)
    done = CliRunner().invoke(cli, ["audit", "sample", str(directory)])
    assert isinstance(done.exception, LogFaultError)
    assert "" == done.stdout


def test_the_commands_to_open_each_are_printed(home):
    """In the order in which they were drawn."""
    _, found = sampled(home, "--n", "3")
    _, text = run(home, "--n", "3")
    commands = [line.strip() for line in text.splitlines() if "audit open" in line]
    assert [f"fedquery audit open HOME {one['index']}" for one in found["entries"]] == commands
    assert "NOT VERIFIED" in text


def test_other_logs_have_their_own_types(tmp_path):
    """Relays of a coordinator, which has no details; what an agency asked."""
    digests = [number.to_bytes(32, "big") for number in range(5)]
    relays = [one for digest in digests for one in (relay(digest), relayed(digest))]
    hub = write_home(tmp_path / "hub", "coordinator", "fedquery.log/mekong/coordinator/hub", relays)
    assert {"relay"} == {one["type"] for one in sampled(hub)[1]["entries"]}
    assert "audit open" not in run(hub)[1]
    questions = [one for digest in digests for one in (asked(digest), concluded(digest))]
    origin = "fedquery.log/mekong/agency/TH/cyber-police"
    agency = write_home(tmp_path / "agency", "agency", origin, questions)
    assert 5 == sampled(agency)[1]["of"]
    done = CliRunner().invoke(cli, ["audit", "sample", str(agency), "--of", "answer"])
    assert 2 == done.exit_code
    assert "asked" in done.output


def test_an_empty_log_gives_an_empty_sample(tmp_path):
    """Nothing was asked yet."""
    home = write_home(tmp_path / "VN", "node", ORIGIN, [review(0)])
    assert [] == sampled(home)[1]["entries"]
