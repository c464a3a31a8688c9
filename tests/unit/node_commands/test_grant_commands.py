"""How a grant comes to hold at a node, what it pays for, and what an auditor says of the log."""

import contextlib
import json
from dataclasses import replace

import pytest
from fedquery_node import granting, grants, schema
from fedquery_node.__main__ import main as node_command
from fedquery_node.grant_note import GrantNote
from fedquery_node.home import open_home
from hypothesis import given
from hypothesis import strategies as st
from support.node_log import AGENCY, make_node, quietly

from fedquery.audit.grants import GrantEntry, GrantingEntry
from fedquery.cli.__main__ import main as fedquery
from fedquery.cli.audit.entries import decode_any
from fedquery.config.service import wall_clock
from fedquery.errors import EncodingError, InputError
from fedquery.transport.head import GrantLeft

UNTIL = "2027-10-01"
PHONES = [f"+8491{n:07}" for n in range(40)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make a node that two operators must agree at, and whose quota is three elements an hour."""
    root = tmp_path_factory.mktemp("granting")
    root.chmod(0o700)
    node = make_node(root)
    listed = []
    for label in ("linh", "minh", "mai"):
        out = quietly(
            node_command, "key", "operator", label, "--nation", "VN", "--out", root / "people"
        )
        listed.append(out.split()[-1])
    path = node.home / "node.toml"
    path.write_text(
        f"{path.read_text()}\n[policy]\noperators = {json.dumps(listed[:2])}\nneeded = 2\n"
        "[quota.agency]\nhour = 3\n"
    )
    node.people = root / "people"
    node.log_key = open_home(node.home).log_signer.verifier_key.format()
    return node


@pytest.fixture
def run(made, capsys):
    """Run a command of the node; give its code and what it says."""

    def call(*words):
        code = node_command(["--home", str(made.home), "grant", *map(str, words)])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture
def propose(run, tmp_path):
    """Propose a grant; give its number and the file that operators sign."""

    def call(*words, elements=8):
        out = tmp_path / "grant.txt"
        options = ("--agency", AGENCY, "--dataset", "phones", "--until", UNTIL, "--json")
        code, text, err = run("propose", *options, "--elements", elements, "--out", out, *words)
        assert 0 == code, err
        found = json.loads(text)
        assert out.read_text() == found["proposal"]
        return found["number"], out

    return call


@pytest.fixture
def signed(run, made, tmp_path):
    """Sign a proposal as somebody."""

    def call(proposal, *labels):
        notes = []
        for label in labels:
            key, out = made.people / f"operator.VN.{label}.key", tmp_path / f"{label}.note"
            assert 0 == run("sign", proposal, "--key", key, "--out", out)[0]
            notes.append(out)
        return notes

    return call


def listing(run, *words):
    """List grants by number."""
    return {one["number"]: one for one in json.loads(run("list", "--json", *words)[1])}


def entries(made):
    """Read the log of the node."""
    home = open_home(made.home)
    with contextlib.closing(schema.connect(made.home)) as connection:
        leaves = home.log.entries(connection, 0, home.log.size(connection))
    return [decode_any(octets) for octets in leaves]


def test_two_operators_let_a_grant_hold(run, propose, signed, made):
    """One is too few, one twice is one, a stranger is nobody; who has signed stands in the log."""
    number, proposal = propose("--case", "case-7f3a")
    linh, minh, mai = signed(proposal, "linh", "minh", "mai")
    for notes in ((), (linh,), (linh, linh), (linh, mai)):
        assert 7 == run("approve", number, *notes)[0]
    assert ("proposed", 0) == (listing(run)[number]["state"], listing(run)[number]["used"])
    assert 0 == run("approve", number, linh, minh)[0]
    assert "approved" == listing(run)[number]["state"]
    # A second time it does not wait any more; and the same signatures are for that one alone.
    assert 65 == run("approve", number, linh, minh)[0]
    again, _ = propose("--case", "case-7f3a")
    assert 7 == run("approve", again, linh, minh)[0]
    (entry,) = [one for one in entries(made) if isinstance(one, GrantingEntry)]
    assert number == entry.index
    assert ["operator/VN/linh", "operator/VN/minh"] == [
        name.partition("+")[0] for name in entry.approved_by
    ]
    proposed = entries(made)[number]
    assert isinstance(proposed, GrantEntry)
    assert proposed.case_commit
    assert b"case-7f3a" not in b"".join(one.encode() for one in entries(made))


@pytest.mark.parametrize(
    "wrong",
    [
        {"agency": "TH/nobody"},
        {"agency": "VN/fiu"},
        {"agency": "nobody"},
        {"dataset": "wallets"},
        {"elements": 0},
        {"elements": 10**9 + 1},
        {"until_ms": 1_000},
        {"until_ms": 4_000_000_000_000},
        {"until_ms": 1_800_000_000_001},
        {"pseudonym": "two\nlines"},
        {"pseudonym": "x" * 65},
    ],
    ids=str,
)
def test_what_cannot_be_granted_is_not_proposed(made, wrong):
    """Nothing is logged of it."""
    now_ms = wall_clock()
    until_ms = now_ms - now_ms % 1000 + 86_400_000
    wanted = granting.Wanted(agency=AGENCY, dataset="phones", elements=8, until_ms=until_ms)
    home, before = open_home(made.home), len(entries(made))
    with contextlib.closing(schema.connect(made.home)) as connection, pytest.raises(InputError):
        granting.propose(home, connection, replace(wanted, **wrong), random=bytes, now_ms=now_ms)
    assert before == len(entries(made))


def test_a_proposal_that_has_ended_is_not_approved(made):
    """Signatures that come too late let nothing hold."""
    now_ms = wall_clock()
    until_ms = now_ms - now_ms % 1000 + 1000
    wanted = granting.Wanted(agency=AGENCY, dataset="phones", elements=8, until_ms=until_ms)
    home = open_home(made.home)
    with contextlib.closing(schema.connect(made.home)) as connection:
        note = granting.propose(home, connection, wanted, random=bytes, now_ms=now_ms)
        with pytest.raises(InputError, match="does not wait"):
            granting.approve(home, connection, note.number, (), until_ms)


def test_a_grant_pays_and_is_told_and_the_log_verifies(run, propose, signed, made, tmp_path):
    """A question above the quota is answered; auditors verify and replay what was logged."""
    number, proposal = propose(elements=8)
    assert 0 == run("approve", number, *signed(proposal, "linh", "minh"))[0]
    ask, judged = made.asker.ask, []
    with made.serving() as node:
        for place in range(5):
            sent = ask("VN", PHONES[4 * place : 4 * place + 4], size_class=4, case=f"G-{place}")
            judged.append(node.judge(sent)[1])
        one = node.judge(ask("VN", PHONES[:1], case="G-1"))[1]
    # Three an hour have no room for four; eight granted have room for two questions of four.
    assert ["", "", "quota", "quota", "quota"] == [
        "" if one.granted else one.head.refusal.slug for one in judged
    ]
    told = [one.head.quota_left for one in judged]
    assert [3] * 5 == [left.hour for left in told]
    until_ms = listing(run, "--all")[number]["until_ms"]
    rest = GrantLeft(number, "phones", 4, until_ms, this_case=False)
    assert [(rest,), (), (), (), ()] == [left.grants for left in told]
    assert (True, 2) == (one.granted, one.head.quota_left.hour)
    assert 8 == listing(run, "--all")[number]["used"]
    assert number not in listing(run)
    paid = [entry.grant for entry in entries(made)[-6:]]
    assert [number, number, None, None, None, None] == paid
    quietly(fedquery, "audit", "export", made.home, tmp_path / "log")
    words = ("audit", "verify", tmp_path / "log", "--key", made.log_key, "--json")
    found = json.loads(quietly(fedquery, *words))
    assert found["entries"]["granting"] >= 1
    replayed = json.loads(quietly(fedquery, "audit", "replay", tmp_path / "log", "--json"))
    assert (0, {}) == (replayed["mismatches"], replayed["missing"])


def test_a_revoked_grant_pays_no_more(run, propose, signed, made):
    """From the next question on, without a signature; the log says so, and `status` does too."""
    number, proposal = propose("--case", "R-1", elements=100)
    assert 0 == run("approve", number, *signed(proposal, "linh", "minh"))[0]
    status = json.loads(made.run("status", "--json"))
    assert {number: 100} == {
        one["number"]: one["elements"] for one in status["grants"] if number == one["number"]
    }
    assert "any case" in made.run("status") or "one case" in made.run("status")
    ask = made.asker.ask
    with made.serving() as node:
        assert node.judge(ask("VN", PHONES[:4], size_class=4, case="R-1"))[1].granted
        assert not node.judge(ask("VN", PHONES[:4], size_class=4, case="R-2"))[1].granted
    assert (0, 65) == (run("revoke", number)[0], run("revoke", number)[0])
    with made.serving() as node:
        assert not node.judge(ask("VN", PHONES[:4], size_class=4, case="R-1"))[1].granted
    assert "revoked" == listing(run, "--all")[number]["state"]
    assert ("revoked", ()) == (entries(made)[-2].act, entries(made)[-2].approved_by)


def test_a_claim_is_paid_by_a_grant_too(run, propose, signed, made):
    """So that what a granted list has found can be claimed when the quota is spent."""
    number, proposal = propose("--case", "K-1", elements=1000)
    assert 0 == run("approve", number, *signed(proposal, "linh", "minh"))[0]
    with made.serving() as node:
        found = node.found(made.asker.ask("VN", PHONES[:4], size_class=4, case="K-1"))
        for finding in found:
            node.judge(made.asker.claim("VN", finding, case="K-1"))
    used = listing(run)[number]["used"]
    assert 4 < used <= 8


def test_nothing_of_no_grant_is_asked_or_revoked(run):
    """A number of nothing ends with 65 and says what lists them."""
    for words in (("approve", 10**6), ("revoke", 10**6)):
        code, _, err = run(*words)
        assert (65, True) == (code, "grant list" in err)


NOTES = st.builds(
    GrantNote,
    origin=st.just("fedquery.log/mekong/VN"),
    number=st.integers(0, 10**15),
    leaf_hash=st.binary(min_size=32, max_size=32),
    agency=st.from_regex(r"[A-Z]{2}/[a-z0-9-]{1,40}", fullmatch=True),
    dataset=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True),
    elements=st.integers(1, 10**9),
    until_ms=st.integers(0, 253_402_300_799).map(lambda s: 1000 * s),
    pseudonym=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=64),
)


@given(NOTES, st.data())
def test_what_is_signed_is_read_back(note, data):
    """Exactly; and a changed octet is another grant or none."""
    octets = bytearray(note.render())
    assert note == GrantNote.parse(bytes(octets))
    at = data.draw(st.integers(0, len(octets) - 1))
    octets[at] ^= data.draw(st.integers(1, 255))
    try:
        changed = GrantNote.parse(bytes(octets))
    except EncodingError:
        return
    assert changed != note
    assert bytes(octets) == changed.render()


def test_grants_are_not_printed_with_their_case():
    """A pseudonym stands in no repr."""
    grant = grants.Grant(1, bytes(32), AGENCY, "phones", "case-7f3a", 5, 1, 1)
    assert "7f3a" not in repr(grant)
