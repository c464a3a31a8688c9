"""Details by command: an auditor's key, opened, held and erased; each act is logged before."""

import json
from contextlib import closing

import pytest

from fedquery.ask import asker_log, schema
from fedquery.ask.home import open_home
from fedquery.audit.asker import AskedEntry
from fedquery.audit.detail import salted
from fedquery.audit.node import QuestionEntry
from fedquery.audit.reading import decode_entry
from fedquery.cli.__main__ import main
from fedquery.cli.audit import acting, erase
from fedquery.config.service import wall_clock
from fedquery.seal.auditor import seal_to_auditor
from fedquery.storage import details
from fedquery.storage.applications import NODE
from fedquery.storage.database import open_database
from fedquery.storage.log import LogStore
from fedquery.storage.log_check import verify
from fedquery.storage.transaction import transaction

DIGEST = b"\x05" * 32
LOOKED = (
    b'{"case":"2026/117","identifiers":[{"kind":"phone","text":"+84855501990"}],"officer":"o 7"}'
)
NODE_ORIGIN = "fedquery.log/mekong/VN"


def octets(length):
    """Give octets; each detail is hashed with its own text."""
    return bytes(range(length))


@pytest.fixture
def run(tmp_path, capsys):
    """Make an agency's home, and give what runs commands in it."""
    home = tmp_path / "home"

    def call(*words):
        code = main(["--home", str(home), *map(str, words)])
        out = capsys.readouterr()
        return code, out.out, out.err

    made = call("init", "--agency", "TH/cyber-police", "--sort", "police", "--federation", "mekong")
    assert 0 == made[0], made
    return call


@pytest.fixture
def keys(run, tmp_path):
    """Make the auditor's key and install it."""
    assert 0 == run("audit", "key", "--nation", "TH", "--out", tmp_path / "keys")[0]
    code, out, _ = run("audit", "install", tmp_path / "keys" / "TH.auditor.pub", "--yes")
    assert (0, True) == (code, "fingerprint" in out)
    return tmp_path / "keys"


@pytest.fixture
def home(keys, tmp_path):
    """Write a question into the log of the home, as a lookup does."""
    path = tmp_path / "home"
    opened = open_home(path)
    with closing(schema.connect(path)) as connection:
        add(opened, connection, wall_clock() + 1_000_000)
        asker_log.sign_checkpoint(connection, opened, wall_clock())
    return path


def add(opened, connection, retain_until_ms, names=None):
    """Append a question that is sealed to the auditor."""
    place = {"origin": opened.log.origin, "request_digest": DIGEST, "size_class": 1}
    said = {
        "case": "7f3a",
        "identifiers": seal_to_auditor(opened.auditor, LOOKED, **place),
        "justification": '{"justification":"two victims\\u001b[2J","offence":"fraud"}',
    }
    kept = salted(said.items(), octets)
    entry = AskedEntry(
        asking="question",
        agency="TH/cyber-police",
        nation="VN",
        dataset="phones",
        version=1,
        request_digest=DIGEST,
        size_class=1,
        level="hit",
        purpose="fraud",
        person_role="suspect",
        aim="identify",
        asked_ms=1,
        auditor_key_id=names or opened.auditor.key_id,
        retain_until_ms=retain_until_ms,
        **{f"{one.name}_commit": one.commit() for one in kept},
    )
    with transaction(connection):
        index, _ = opened.log.append(connection, [entry.encode()])
        details.insert(connection, index, kept, retain_until_ms)
    return index


@pytest.fixture
def node(tmp_path):
    """Make the database of a node with one question."""
    path = tmp_path / "node"
    path.mkdir(mode=0o700)
    store = LogStore(NODE_ORIGIN)
    kept = salted({"case": "7f3a", "record": "VN-1"}.items(), octets)
    entry = QuestionEntry(
        type="answer",
        nation="VN",
        dataset="phones",
        version=1,
        agency="TH/cyber-police",
        request_digest=DIGEST,
        size_class=1,
        columns="none",
        prefix_len=0,
        received_ms=1,
        decided_ms=1,
        asked_level="hit",
        retain_until_ms=1,
        **{f"{one.name}_commit": one.commit() for one in kept},
    )
    connection = open_database(
        path / NODE.database,
        application_id=NODE.application_id,
        user_version=NODE.user_version,
        create=True,
    )
    with closing(connection), transaction(connection):
        store.install(connection)
        details.install(connection)
        store.append(connection, [entry.encode(), b'{"type":"publication"}'])
        details.insert(connection, 0, kept, 1)
    return path


def entries(path, origin=None):
    """Read the log of a home or of the node."""
    name = "node.db" if origin else "asker.db"
    application = {"node.db": (NODE.application_id, NODE.user_version)}.get(name)
    connection = (
        open_database(
            path / name, application_id=application[0], user_version=application[1], create=False
        )
        if application
        else schema.connect(path)
    )
    with closing(connection):
        store = LogStore(origin) if origin else open_home(path).log
        size = store.size(connection)
        found = store.entries(connection, 0, size)
        signed = store.head(connection).size
    return [decode_entry(one) for one in found if b"publication" not in one], signed


def test_a_key_is_two_files_and_the_secret_one_is_private(run, tmp_path):
    """And it is never overwritten."""
    made = run("audit", "key", "--nation", "TH", "--out", tmp_path / "keys")
    assert 0 == made[0]
    secret = tmp_path / "keys" / "TH.auditor.key"
    assert 0o600 == secret.stat().st_mode & 0o777
    before = secret.read_bytes()
    assert 73 == run("audit", "key", "--nation", "TH", "--out", tmp_path / "keys")[0]
    assert before == secret.read_bytes()
    assert secret.read_text().strip() not in made[1]


def test_a_key_is_installed_after_its_fingerprint_was_shown(run, tmp_path, monkeypatch):
    """The same that the auditor was shown; without a yes nothing changes."""
    shown = run("audit", "key", "--nation", "TH", "--out", tmp_path / "keys")[1]
    (line,) = [one for one in shown.splitlines() if one.startswith("fingerprint")]
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: "n")
    code, out, _ = run("audit", "install", tmp_path / "keys" / "TH.auditor.pub")
    assert (130, True) == (code, line in out)
    assert not (tmp_path / "home" / "auditor.pub").exists()
    assert ([], 0) == entries(tmp_path / "home")


def test_an_installation_is_an_entry_and_signed(keys, tmp_path):
    """Whoever swaps the auditor leaves a trace."""
    found, signed = entries(tmp_path / "home")
    assert ["auditor"] == [one.use for one in found]
    assert 1 == signed


def test_another_nations_key_is_not_installed(run, tmp_path):
    """Exit code 65, and nothing changed."""
    run("audit", "key", "--nation", "VN", "--out", tmp_path / "keys")
    code, _, err = run("audit", "install", tmp_path / "keys" / "VN.auditor.pub", "--yes")
    assert (65, True) == (code, "another nation" in err)
    assert ([], 0) == entries(tmp_path / "home")


def test_opening_without_the_key_shows_no_identifier_and_is_logged(run, home):
    """Whoever has the home sees what the holder was told, and that the rest is sealed."""
    code, out, _ = run("audit", "open", home, "1", "--json")
    found = json.loads(out)
    assert (0, {"case", "justification"}) == (code, found["details"].keys())
    assert found["sealed_to"]
    assert "+848" not in out
    own = entries(home)[0][found["logged_as"]]
    assert ("opened", 1, ("case", "justification"), "home", b"") == (
        own.act,
        own.index,
        own.details,
        own.by,
        own.why_commit,
    )


def test_the_auditor_sees_what_was_looked_up_and_is_logged_before(run, home, keys):
    """By the id of the key and with the reason beside the log; signed at once."""
    key = keys / "TH.auditor.key"
    code, out, _ = run("audit", "open", home, "1", "--key", key, "--why", "inspection 7")
    assert 0 == code
    assert "phone +84855501990" in out
    assert "case: 2026/117" in out
    assert "officer: o 7" in out
    # What another agency wrote moves no cursor.
    assert "\x1b" not in out
    found, signed = entries(home)
    assert (3, 3) == (len(found), signed)
    assert found[2].by == f"auditor+{open_home(home).auditor.key_id.hex()}"
    assert ("case", "identifiers", "justification") == found[2].details
    assert "inspection 7" in run("audit", "open", home, "2")[1]


def test_nothing_is_shown_where_it_cannot_be_logged(run, home, keys, monkeypatch):
    """The entry comes first."""

    def full(*_arguments):
        raise OSError(28, "no room")

    monkeypatch.setattr(LogStore, "append", full)
    code, out, _ = run("audit", "open", home, "1", "--key", keys / "TH.auditor.key")
    assert (74, "") == (code, out)


def test_another_auditor_opens_nothing(run, home, tmp_path):
    """Nothing is shown, and nothing logged; which key it wants is said, and nobody is accused."""
    run("audit", "key", "--nation", "TH", "--out", tmp_path / "others")
    key = tmp_path / "others" / "TH.auditor.key"
    code, out, err = run("audit", "open", home, "1", "--key", key)
    assert (65, "") == (code, out)
    assert open_home(home).auditor.key_id.hex() in err
    assert 2 == len(entries(home)[0])


def test_what_is_sealed_to_another_than_the_entry_names_is_a_fault(run, home, keys):
    """Exit code 8: the entry says whose auditor reads it, and a changed client sealed otherwise."""
    opened = open_home(home)
    with closing(schema.connect(home)) as connection:
        index = add(opened, connection, 2 * wall_clock(), names=b"\x01" * 8)
    for key in ((), ("--key", keys / "TH.auditor.key")):
        code, out, err = run("audit", "open", home, str(index), *key)
        assert (8, "") == (code, out)
        assert f"asker.db: entry {index}: what was looked up is sealed to another" in err


def test_a_detail_that_is_gone_before_its_time_is_told(run, home):
    """Exit code 8: `erase` takes none before the time that the entry itself says."""
    with closing(schema.connect(home)) as connection:
        connection.execute("DELETE FROM detail WHERE field = 'identifiers'")
    code, out, _ = run("audit", "open", home, "1")
    assert (8, True) == (code, "ERASED BEFORE ITS TIME" in out)
    code, out, _ = run("audit", "open", home, "1", "--json")
    assert (8, True) == (code, json.loads(out)["erased_early"])


def test_a_changed_detail_is_told_by_file_and_entry(run, home):
    """Exit code 8, and none of the details is shown."""
    with closing(schema.connect(home)) as connection:
        connection.execute("UPDATE detail SET octets = x'00' WHERE field = 'case'")
    code, out, err = run("audit", "open", home, "1")
    assert (8, "") == (code, out)
    assert "asker.db: entry 1: its detail case" in err


def test_a_node_needs_no_key(run, node):
    """Its home has everything; the node's own clock signs."""
    code, out, _ = run("audit", "open", node, "0")
    assert 0 == code
    assert "VN-1" in out
    found, signed = entries(node, NODE_ORIGIN)
    assert (2, 0) == (len(found), signed)


@pytest.mark.parametrize("index", ["1", "7"])
def test_what_has_no_details_is_not_opened(run, node, index):
    """A publication, and an entry that is not there."""
    assert 65 == run("audit", "open", node, index)[0]
    assert 1 == len(entries(node, NODE_ORIGIN)[0])


@pytest.mark.parametrize("words", [["open", "1"], ["erase", "--due"], ["hold", "1", "--why", "x"]])
def test_a_directory_without_details_is_told(run, tmp_path, words):
    """An exported log, or any other directory."""
    (tmp_path / "other").mkdir()
    code, _, err = run("audit", words[0], tmp_path / "other", *words[1:])
    assert (65, True) == (code, "node.db and asker.db" in err)


def at(monkeypatch, now_ms):
    """Set the clock of the commands."""
    for module in (acting, erase):
        monkeypatch.setattr(module, "wall_clock", lambda: now_ms)


def test_what_is_due_is_erased_unless_it_is_held(run, home, monkeypatch):
    """Said first, then done, logged and signed; the log verifies, and what is gone is told."""
    opened = open_home(home)
    now_ms = wall_clock()
    with closing(schema.connect(home)) as connection:
        held = add(opened, connection, now_ms)
        gone = add(opened, connection, now_ms)
    code, out, _ = run("audit", "hold", home, held, "--why", "court order 4", "--json")
    told = json.loads(out)
    assert (0, held, True) == (code, told["index"], told["held"])
    assert "AuditorEntry" == type(entries(home)[0][told["logged_as"]]).__name__
    at(monkeypatch, now_ms + 1)
    expected = {"details": 3, "entries": 1, "held": 1}
    code, out, _ = run("audit", "erase", home, "--due", "--dry-run", "--json")
    assert (0, expected) == (code, {key: json.loads(out)[key] for key in expected})
    size = len(entries(home)[0])
    code, out, _ = run("audit", "erase", home, "--due")
    assert (0, True) == (code, "3 details of 1 entries erased" in out)
    found, signed = entries(home)
    assert (size + 1, size + 1) == (len(found), signed)
    assert (3, 1, 1, now_ms + 1) == (
        found[-1].details,
        found[-1].entries,
        found[-1].held,
        found[-1].until_ms,
    )
    with closing(schema.connect(home)) as connection:
        assert size + 1 == verify(opened.log, connection, opened.log_signer.verifier_key)
    code, out, _ = run("audit", "open", home, gone)
    assert (0, 3) == (code, out.count("erased"))
    assert "logged" not in out
    assert "under a legal hold" in run("audit", "open", home, held)[1]
    assert 0 == run("audit", "hold", home, held, "--why", "it is over", "--release")[0]
    assert "3 details of 1 entries" in run("audit", "erase", home, "--due")[1]


def test_erasing_wants_to_be_told_what(run, home):
    """Without --due nothing happens."""
    assert 2 == run("audit", "erase", home)[0]


def test_an_agency_forgets_what_cannot_be_claimed_any_more(run, home, monkeypatch):
    """What holders were told of a case stands beside each hit too."""
    now_ms = wall_clock()
    with closing(schema.connect(home)) as connection:
        for claim_id, until_ms in (("a", now_ms), ("b", now_ms + 2)):
            connection.execute(
                "INSERT INTO hit VALUES (?, '', 'VN', 'phones', 1, x'', x'', x'', x'', ?)",
                (claim_id, until_ms),
            )
    at(monkeypatch, now_ms + 1)
    assert 0 == run("audit", "erase", home, "--due")[0]
    with closing(schema.connect(home)) as connection:
        assert [("b",)] == connection.execute("SELECT claim_id FROM hit").fetchall()
