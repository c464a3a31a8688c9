"""`fedquery audit reconcile`: the log of a real node, and the logs that its peers have of it."""

import json
from dataclasses import replace

import pytest
from unit.audit.test_sense import ASKED, CONCLUDED
from unit.cli_audit.conftest import write_log

from fedquery.ask import audit_results
from fedquery.audit.node import KeyEntry, QuestionEntry
from fedquery.audit.reading import decode_entry
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.cli.__main__ import main
from fedquery.storage import twin_table
from fedquery.storage.log_reading import read_log
from fedquery.tlog.note import Signer
from fedquery.tlog.tree import leaf_hash

DAY_MS = 86_400_000
HUB = "fedquery.log/mekong/coordinator/hub"
ASKER = "fedquery.log/mekong/agency/TH/cyber-police"
VN = "fedquery.log/mekong/VN"


@pytest.fixture
def run(capsys):
    """Run a command; give its code, its document and what went to standard error."""

    def call(*words):
        code = main(["audit", "reconcile", *map(str, words), "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return call


def peers_of(leaves):
    """Write what coordinator and asker log of the questions in a node's log."""
    hub, asker, seen = [], [], set()
    for index, leaf in enumerate(leaves):
        if not any(mark in leaf for mark in (b'"answer"', b'"refusal"', b'"claim"')):
            continue
        entry = decode_entry(leaf)
        if not isinstance(entry, QuestionEntry) or entry.request_digest in seen:
            continue
        seen.add(entry.request_digest)
        common = {"request_digest": entry.request_digest, "size_class": entry.size_class}
        received_ms = entry.received_ms
        relay = RelayEntry(
            from_agency=entry.agency, to_nation="VN", received_ms=received_ms, **common
        )
        hub += [relay, RelayedEntry(
            request_digest=entry.request_digest, outcome="answered", replied_ms=received_ms
        )]  # fmt: skip
        known = {"dataset": entry.dataset, "version": entry.version} if entry.version else {}
        claim = entry.type == "claim"
        asker.append(
            replace(
                ASKED,
                asking="claim" if claim else "question",
                asked_ms=received_ms,
                level=entry.asked_level,
                **common,
                **known,
            )
        )
        outcome = ("released" if claim else "answered") if entry.granted_level else "refused"
        asker.append(
            replace(
                CONCLUDED,
                request_digest=entry.request_digest,
                outcome=outcome,
                reason=entry.reason,
                hits=None,
                replied_ms=received_ms,
                receipt_origin=VN,
                receipt_index=index,
                receipt_leaf_hash=leaf_hash(leaf),
            )
        )
    return [one.encode() for one in hub], [one.encode() for one in asker]


class Three:
    """The logs of a node, a coordinator and an asker, to be changed and written."""

    def __init__(self, real, directory):
        """Take a real node's, and write what its peers have of it."""
        self.directory = directory
        self.node = list(read_log(real.new))
        self.hub, self.asker = peers_of(self.node)
        self.late_ms = DAY_MS + max(
            one.decided_ms for one in map(entry_of, self.node) if isinstance(one, QuestionEntry)
        )
        # What was logged a day later shows that nothing of before is still to come.
        key = KeyEntry(
            nation="VN",
            key_id=bytes(8),
            public_digest=bytes(32),
            not_before_ms=self.late_ms,
            not_after_ms=self.late_ms,
        )
        late = {"request_digest": bytes(32), "replied_ms": self.late_ms}
        self.node.append(key.encode())
        self.hub.append(RelayedEntry(outcome="timeout", **late).encode())
        self.asker.append(
            replace(CONCLUDED, **late, outcome="unavailable", reason="timeout", hits=None).encode()
        )

    def write(self):
        """Write the three, and give their directories."""
        logs = {"node": (VN, self.node), "hub": (HUB, self.hub), "asker": (ASKER, self.asker)}
        for name, (origin, leaves) in logs.items():
            write_log(self.directory / name, leaves, Signer(origin, bytes(32)))
        return [self.directory / name for name in logs]


def entry_of(leaf):
    """Decode a leaf, if it is not a publication."""
    return None if b'"type":"publication"' in leaf else decode_entry(leaf)


@pytest.fixture
def three(real, tmp_path):
    """Give the three logs."""
    return Three(real, tmp_path)


def test_a_day_of_a_real_node_fits_what_its_peers_log(run, three):
    """Every question is paired; nothing is found."""
    code, found, _ = run(*three.write())
    assert (0, 0, []) == (code, found["found"], found["findings"])
    assert found["questions"]["paired"] > 250
    # What was logged last, and by two of the three alone.
    assert {"paired", "too new"} == set(found["questions"])
    assert 1 == found["questions"]["too new"]
    assert {"node", "coordinator", "agency"} == {log["kind"] for log in found["logs"]}


@pytest.mark.parametrize(("name", "origin"), [("node", VN), ("hub", HUB), ("asker", ASKER)])
def test_an_entry_that_one_of_them_drops_is_named(run, three, name, origin):
    """With its digest, its parties, and where its twins stand."""
    digest = next(e for e in map(entry_of, three.node) if getattr(e, "reason", 1) == "")
    gone = digest.request_digest.hex().encode()
    leaves = getattr(three, name)
    setattr(three, name, [leaf for leaf in leaves if gone not in leaf])
    if name == "node":
        # The receipts of later questions would name other places: they are not what is tested.
        three.asker = [leaf for leaf in three.asker if gone in leaf or b'"asked"' in leaf]
    code, found, _ = run(*three.write())
    assert (8, 1) == (code, found["found"])
    (finding,) = found["findings"]
    assert (gone.decode(), "lacks", [origin]) == (
        finding["request_digest"],
        finding["kind"],
        finding["lacking"],
    )
    assert ("TH/cyber-police", "VN") == (finding["agency"], finding["nation"])
    assert {VN, HUB, ASKER} - {origin} == set(finding["having"])


def test_what_a_log_has_not_signed_yet_is_not_missed(run, real, three):
    """The node's older export: what it lacks is counted, and nobody is blamed."""
    _, hub, asker = three.write()
    code, found, _ = run(real.old, hub, asker)
    assert (0, 0) == (code, found["found"])
    assert found["questions"]["too new"] > 100


def test_twins_that_contradict_are_named(run, three, capsys):
    """A coordinator that says another agency asked; for people too."""
    place = next(i for i, leaf in enumerate(three.hub) if b'"relay"' in leaf)
    three.hub[place] = three.hub[place].replace(b"TH/cyber-police", b"TH/other-police")
    logs = three.write()
    code, found, _ = run(*logs)
    assert (8, ["contradicts"]) == (code, [one["kind"] for one in found["findings"]])
    assert 8 == main(["audit", "reconcile", *map(str, logs)])
    out = capsys.readouterr().out
    assert "they disagree on its agency" in out
    assert f"in      {HUB} at {place}" in out
    assert "1 things do not fit" in out


def test_a_long_list_is_cut_and_counted(run, three):
    """The earliest first; every finding is counted."""
    three.asker = three.asker[-1:]
    code, found, _ = run(*three.write(), "--most", 5)
    assert (8, 5) == (code, len(found["findings"]))
    assert found["found"] > 250
    times = [one["at_ms"] for one in found["findings"]]
    assert sorted(times) == times


def test_what_cannot_be_compared_is_refused(run, three, tmp_path):
    """One log, one twice, two of a kind, two federations: each in one sentence."""
    node, *_ = three.write()
    assert 2 == run(node)[0]
    for name, words in {
        "named twice": (node, node),
        "of one kind": (node, tmp_path / "LA"),
        "different federations": (node, tmp_path / "elsewhere"),
    }.items():
        origin = "fedquery.log/mekong/LA" if "kind" in name else "fedquery.log/other/LA"
        if not words[1].exists():
            write_log(words[1], [], Signer(origin, bytes(32)))
        code, _, err = run(*words)
        assert (65, True) == (code, name in err)


def test_the_table_leaves_nothing_on_the_disk(monkeypatch, tmp_path):
    """Who asked whom is in it: its file has no name, in the directory for such files."""
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    monkeypatch.setattr(twin_table, "_CACHE_KIB", 8)
    with twin_table.TwinTable() as table:
        table.add(
            twin_table.Event(i.to_bytes(32, "big"), 0, i, "asked", i, "TH/cyber-police")
            for i in range(5_000)
        )
        assert [] == list(tmp_path.iterdir())
        assert 5_000 == sum(1 for _ in table.questions())


def test_an_altered_log_is_refused(run, three):
    """With its file and entry; nothing is said of the questions."""
    node, hub, asker = three.write()
    bundle = hub / "tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b'"VN"', b'"LA"', 1))
    code, found, err = run(node, hub, asker)
    assert (8, None) == (code, found)
    assert "tile/entries/000: entry 0" in err


def test_a_result_is_kept_where_its_desk_finds_it(run, three, tmp_path, monkeypatch):
    """As it is printed, with the time; none is replaced, and no work is done that has no place."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "fedquery.toml").touch()
    monkeypatch.setenv("FEDQUERY_HOME", str(home))
    logs = three.write()
    code, found, err = run(*logs, "--keep-result", "november")
    (kept,) = audit_results.listed(home)
    assert (0, "november", found) == (code, kept.name, kept.kept.result.to_json())
    assert kept.kept.at_ms > 0
    assert "audits/november.json" in err
    monkeypatch.setattr(twin_table.TwinTable, "add", None)  # the next two read no log
    assert 73 == run(*logs, "--keep-result", "november")[0]
    monkeypatch.setenv("FEDQUERY_HOME", str(tmp_path))
    assert 78 == run(*logs, "--keep-result", "december")[0]
    assert (kept,) == audit_results.listed(home)
