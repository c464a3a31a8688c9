"""`fedquery audit stats` and `stats merge`: over logs on the disk, as text, page, JSON and note."""

import json
import re
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from support.audit_entries import (
    OCTOBER,
    asked,
    concluded,
    question,
    refusal,
    relay,
    relayed,
    write_home,
)
from unit.federation import conftest as made

from fedquery.audit.grants import GrantEntry
from fedquery.audit.statistics import LogBehind, Statistics
from fedquery.audit.tabulation import Row, Table
from fedquery.audit.tally import Population
from fedquery.cli.audit import stats as command
from fedquery.cli.audit.stats_page import stats_page
from fedquery.cli.audit.stats_view import view_of
from fedquery.cli.commands import cli
from fedquery.errors import ConfigError, EncodingError, InputError, LogFaultError, SignatureError
from fedquery.federation import membership, names
from fedquery.federation.signed_statistics import open_statistics

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
MEMBERS = made.four_nations()
SMALL = [question()] * 30 + [refusal()] * 3


def run(*arguments):
    """Run a command of `fedquery audit stats`."""
    done = CliRunner().invoke(cli, ["audit", "stats", *map(str, arguments)], standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.return_value, done.stdout


def document(schema, *arguments):
    """Run a command with --json, and hold what it prints against its schema."""
    code, out = run(*arguments, "--json")
    assert 0 == code
    found = json.loads(out)
    Draft202012Validator(json.loads((SCHEMAS / schema).read_text())).validate(found)
    return found


def node(tmp_path, nation, entries, key=None):
    """Make the data directory of a node."""
    origin = names.node_log_origin(made.FEDERATION, nation)
    signing = made.seed(key or f"node {nation}")
    entries = [one for one in entries if one.nation == nation]
    return write_home(tmp_path / nation, "node", origin, entries, signing)


@pytest.fixture
def home(tmp_path):
    """Make a node's data directory with thirty answers and three refusals."""
    return node(tmp_path, "VN", SMALL)


@pytest.fixture
def members(tmp_path):
    """Write the member list."""
    path = tmp_path / "federation.note"
    path.write_bytes(membership.sign(MEMBERS, made.root_signer("TH")).render())
    return path


def test_figures_name_the_log_behind_them(home):
    """Origin, size and root of the checkpoint, in the text and in the JSON."""
    (found,) = document("audit-stats.v1.json", home, "--month", "2026-10")["statistics"]
    assert ("node", "VN", "2026-10") == (found["kind"], found["party"], found["month"])
    assert ("fedquery.log/mekong/VN", 33) == (found["log"]["origin"], found["log"]["size"])
    _, text = run(home, "--month", "2026-10")
    for told in ("fedquery.log/mekong/VN, 33 entries", found["log"]["root"], "Questions: 33"):
        assert told in text


def test_a_small_number_is_in_nothing_that_is_printed(home, tmp_path):
    """Three refusals of 33: neither 3 nor 30 in text, page, JSON or note."""
    page = tmp_path / "stats.html"
    run(home, "--html", page)
    printed = [
        run(home)[1],
        page.read_text().partition("<body>")[2],
        json.dumps(document("audit-stats.v1.json", home)["statistics"][0]["populations"]),
        run(home, "--month", "2026-10", "--sign")[1].splitlines()[1].partition('"populations"')[2],
    ]
    for text in printed:
        assert set() == {"3", "30"} & set(re.findall(r"(?<![\w.])\d+(?![\w.])", text))
        assert "33" in text


def test_entries_of_other_months_are_not_counted(tmp_path):
    """Nor is anything of the month left out."""
    entries = [question()] * 7 + [question(received_ms=OCTOBER.end_ms)] * 9
    home = node(tmp_path, "VN", entries)
    totals = [
        document("audit-stats.v1.json", home, *month)["statistics"][0]["populations"][0]["total"]
        for month in ([], ["--month", "2026-10"], ["--month", "2026-11"], ["--month", "2026-09"])
    ]
    assert [16, 7, 9, 0] == totals


def test_each_kind_of_log_has_its_own_figures(tmp_path):
    """A coordinator's relays, and an agency's hits and times."""
    digests = [number.to_bytes(32, "big") for number in range(21)]
    relays = [one for digest in digests for one in (relay(digest), relayed(digest))]
    origin = names.coordinator_log_origin(made.FEDERATION, "hub")
    hub = write_home(tmp_path / "hub", "coordinator", origin, relays)
    questions = [one for d in digests for one in (asked(d), concluded(d, hits=1, after_ms=250))]
    origin = names.agency_log_origin(made.FEDERATION, "TH/cyber-police")
    agency = write_home(tmp_path / "agency", "agency", origin, questions)
    one, two = document("audit-stats.v1.json", hub, agency)["statistics"]
    assert ("coordinator", "hub", None) == (one["kind"], one["party"], one["answer_ms"])
    assert {"median": 250, "p95": 250} == two["answer_ms"]
    assert ["hit"] == [row["name"] for row in two["populations"][0]["tables"][0]["rows"]]
    text = run(hub, agency)[1]
    assert "Relays: 21" in text
    assert "19 of 20 came within 0.25 s" in text


def test_grants_are_told_in_text_page_json_and_note(tmp_path, members):
    """By what became of them, asker and dataset; their elements in one number."""
    granted = GrantEntry(
        nation="VN",
        agency="TH/fiu",
        dataset="phones",
        elements=1_000,
        until_ms=OCTOBER.end_ms,
        at_ms=OCTOBER.begin_ms,
        retain_until_ms=OCTOBER.end_ms,
    )
    home = node(tmp_path, "VN", [*SMALL, *[granted] * 7])
    (found,) = document("audit-stats.v1.json", home)["statistics"]
    told = {one["name"]: one for one in found["populations"]}
    assert (7, 7_000) == (told["grants"]["total"], told["granted"]["total"])
    page = tmp_path / "stats.html"
    text = run(home)[1]
    run(home, "--html", page)
    for said in ("Grants above the quota: 7", "Elements of grants: 7,000", "TH/fiu", "proposed"):
        assert said in text
        assert said.partition(":")[0] in page.read_text()
    joint = document("audit-joint-stats.v1.json", "merge", signed(home), "--members", members)
    (elements,) = [one for one in joint["populations"] if "granted" == one["name"]]
    assert {"at_least": 7_000, "at_most": 7_000} == elements["total"]


def changed(home, statement, *values):
    """Change the database of a node as somebody with the file could."""
    connection = sqlite3.connect(home / "node.db", isolation_level=None)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement, values)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entry SET data = CAST(replace(data, 'ph', 'sp') AS BLOB) WHERE position = 20",
        "DELETE FROM log_entry WHERE position = 32",
        "UPDATE log_entry SET data = (SELECT data FROM log_entry AS e WHERE e.position = 32)",
    ],
)
def test_nothing_is_said_of_a_log_that_does_not_verify(home, tmp_path, statement):
    """A changed entry, a missing one, one in the place of another: no figure, page or note."""
    changed(home, statement)
    page = tmp_path / "stats.html"
    for options in ([], ["--json"], ["--html", page], ["--month", "2026-10", "--sign"]):
        done = CliRunner().invoke(cli, ["audit", "stats", str(home), *map(str, options)])
        assert isinstance(done.exception, LogFaultError)
        assert "" == done.stdout
    assert not page.exists()


def test_the_log_of_nobody_is_refused(tmp_path):
    """Whose figures would they be?"""
    with pytest.raises(InputError, match="name of a node's"):
        run(write_home(tmp_path / "x", "node", "th.example/log", SMALL))


@pytest.mark.parametrize("arguments", [[], [".", "--month", "October"]])
def test_a_wrong_command_line_ends_with_2(arguments):
    """No log, no month."""
    done = CliRunner().invoke(cli, ["audit", "stats", "logs", *arguments])
    assert 2 == done.exit_code


def test_the_default_command_is_that_of_logs(home):
    """`stats LOG`, with its options before or behind, is `stats logs LOG`."""
    whole = run("logs", home, "--month", "2026-10")
    assert whole == run(home, "--month", "2026-10") == run("--month", "2026-10", home)
    assert "merge" in CliRunner().invoke(cli, ["audit", "stats", "--help"]).output


def test_a_page_needs_nothing_else_and_says_what_the_text_says(home, tmp_path):
    """No script, nothing fetched, every table with a caption and heads; numbers as printed."""
    page = tmp_path / "stats.html"
    assert 0 == run(home, "--month", "2026-10", "--html", page)[0]
    html = page.read_text()
    for refused in ("<script", "http:", "https:", "url(", "<link", "<img", "@import"):
        assert refused not in html
    assert html.count("<table") == html.count("<caption") == html.count("<thead")
    assert html.count("<th ") == html.count('scope="')
    assert "default-src 'none'" in html
    assert "@media print" in html
    assert "prefers-color-scheme: dark" in html
    assert "fedquery.log/mekong/VN" in html
    assert "&lt;5" in html
    assert "5+" in html


def test_a_page_escapes_what_a_log_says():
    """Names of a note that others signed go through the escape of the page."""
    said = view_of(made_up('<script>alert("x")</script>'))
    assert "<script" not in stats_page([said])
    assert "&lt;script&gt;" in stats_page([said])


def made_up(name):
    """Make statistics with a name that no log has."""
    table = Table("dataset", rows=(Row(name, "", 7),))
    log = LogBehind("fedquery.log/mekong/VN", 7, "00" * 32)
    return Statistics("node", "VN", "2026-10", log, (Population("questions", 7, (table,)),))


def signed(home):
    """Sign a month, and put the note beside the data directory."""
    note = home.with_suffix(".note")
    code, out = run(home, "--month", "2026-10", "--sign")
    assert 0 == code
    note.write_text(out)
    return note


def test_a_signed_note_is_verified_by_the_member_list(home):
    """What is in it is what --json says."""
    statistics = open_statistics(signed(home).read_bytes(), MEMBERS.federation)
    (found,) = document("audit-stats.v1.json", home, "--month", "2026-10")["statistics"]
    assert found["populations"] == json.loads(json.dumps(statistics.document()))["populations"]
    assert found["log"] == statistics.document()["log"]


def test_a_month_that_is_not_over_is_not_signed(home, monkeypatch):
    """To the millisecond: at its end it is over."""
    monkeypatch.setattr(command, "wall_clock", lambda: OCTOBER.end_ms - 1)
    with pytest.raises(InputError, match="not over"):
        run(home, "--month", "2026-10", "--sign")
    monkeypatch.setattr(command, "wall_clock", lambda: OCTOBER.end_ms)
    assert 0 == run(home, "--month", "2026-10", "--sign")[0]


@pytest.mark.parametrize(
    "options", [["--sign"], ["--sign", "--month", "2026-10", "--json"], ["--sign", "two"]]
)
def test_a_note_is_of_one_log_and_one_month(home, options):
    """And nothing is printed beside it."""
    options = [str(home) if one == "two" else one for one in options]
    done = CliRunner().invoke(cli, ["audit", "stats", str(home), *options])
    assert 2 == done.exit_code


def test_only_a_data_directory_signs(home, tmp_path):
    """An exported log has no key; a key that others may read is not used."""
    directory = tmp_path / "export"
    exported = CliRunner().invoke(cli, ["audit", "export", str(home), str(directory)])
    assert exported.exception is None or exported.exit_code == 0
    with pytest.raises(InputError, match="no signing key"):
        run(directory, "--month", "2026-10", "--sign")
    (home / "keys" / "signing.key").chmod(0o644)
    with pytest.raises(ConfigError, match="0600"):
        run(home, "--month", "2026-10", "--sign")


@pytest.fixture
def notes(tmp_path):
    """Sign the month of three nodes of four."""
    logs = {
        "TH": [question(nation="TH")] * 12 + [refusal(nation="TH")] * 6,
        "VN": SMALL,
        "LA": [question(nation="LA")] * 4,
    }
    return [signed(node(tmp_path, nation, entries)) for nation, entries in logs.items()]


def test_notes_are_added_up_and_the_missing_nation_is_named(notes, members, tmp_path):
    """What is hidden in one is a range in the sum; every log is named."""
    found = document("audit-joint-stats.v1.json", "merge", *notes, "--members", members)
    assert (["KH"], ["LA", "TH", "VN"]) == (
        found["missing"],
        [log["party"] for log in found["logs"]],
    )
    questions = found["populations"][0]
    # 18 and 33, and between 1 and 4.
    assert {"at_least": 52, "at_most": 55} == questions["total"]
    rows = {row["name"]: row["total"] for row in questions["tables"][0]["rows"]}
    assert {"at_least": 7, "at_most": 14} == rows["refused"]
    code, text = run("merge", *notes, "--members", members)
    assert 0 == code
    assert "Questions: 52 to 55" in text
    assert "no statistics of the month were given: KH" in text
    page = tmp_path / "joint.html"
    run("merge", *notes, "--members", members, "--html", page)
    assert "52 to 55" in page.read_text()
    assert "fedquery.log/mekong/LA" in page.read_text()


def test_a_forged_note_is_refused(notes, members):
    """One digit; the whole sum is refused, and the note is named."""
    forged = notes[1]
    forged.write_text(forged.read_text().replace('"total":33', '"total":34'))
    with pytest.raises(SignatureError, match=r"VN\.note"):
        run("merge", *notes, "--members", members)


def test_a_node_cannot_sign_for_another(tmp_path, members, notes):
    """The key in the data directory is not the one of the member list."""
    other = signed(node(tmp_path, "KH", [question(nation="KH")] * 9, key="node LA"))
    with pytest.raises(SignatureError, match=r"KH\.note"):
        run("merge", *notes, other, "--members", members)


def test_notes_of_one_log_or_two_months_are_refused(tmp_path, notes, members):
    """Twice the same note; and one of November."""
    with pytest.raises(InputError, match="one log"):
        run("merge", *notes, notes[0], "--members", members)
    november = tmp_path / "november.note"
    home = node(tmp_path, "KH", [question(nation="KH", received_ms=OCTOBER.end_ms)] * 9)
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patched:
        patched.setattr(command, "wall_clock", lambda: OCTOBER.end_ms + 40 * 86_400_000)
        november.write_text(run(home, "--month", "2026-11", "--sign")[1])
    with pytest.raises(InputError, match="different months"):
        run("merge", *notes, november, "--members", members)


def test_what_is_no_note_is_named(tmp_path, notes, members):
    """A file that is something else."""
    other = tmp_path / "other.note"
    other.write_bytes(b"\xff\x00")
    with pytest.raises(EncodingError, match=r"other\.note"):
        run("merge", *notes, other, "--members", members)


def test_a_seed_of_this_test_is_that_of_the_list():
    """The homes above are those of the member list, or the tests of forgery would pass for it."""
    assert made.node_key("TH").verify_key.public == MEMBERS.federation.nodes["TH"].signing_public
