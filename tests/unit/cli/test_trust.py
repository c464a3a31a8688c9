"""Which witnesses an agency believes: installed whole or not at all, and shown."""

import json

import pytest
from unit.ask import nation as made
from unit.federation import conftest as world
from unit.psi.holding import octets

from fedquery.ask import home as asker_home
from fedquery.ask.trust_file import TRUST, read_trust
from fedquery.cli.__main__ import main as fedquery
from fedquery.config import service
from fedquery.errors import ConfigError
from fedquery.federation.members import Agency
from fedquery.federation.membership import enrol, sign
from fedquery.federation.roots import Roots
from fedquery.tlog.trust_policy import TrustPolicy

LISTED = world.four_nations().federation
WITNESSES = "".join(
    f"witness {code} {node.witness_vkey.format()}\n" for code, node in sorted(LISTED.nodes.items())
)
POLICY = f"# ours\n{WITNESSES}group all-four 2 KH LA TH VN\nquorum all-four\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Make a home with a member list that names it."""
    path = tmp_path / "home"
    new = asker_home.NewAgency("TH/cyber-police", "police", world.FEDERATION)
    asker_home.make_home(path, new, octets(1))
    public = asker_home.open_home(path).signing_key.verify_key.public
    agency = Agency("TH/cyber-police", "police", public)
    listed = enrol(world.four_nations(), agency)
    for code in ("KH", "LA", "TH"):
        listed = sign(listed, world.root_signer(code))
    roots = Roots(3, listed.federation.nations)
    asker_home.install_members(path, listed.render(), roots.render(), made.NOW_MS)
    for module in ("fedquery.cli.audit.trust", "fedquery.cli.home", service.__name__):
        monkeypatch.setattr(f"{module}.wall_clock", lambda: made.NOW_MS)
    return path


@pytest.fixture
def run(home, capsys):
    """Give what runs a command in that home: exit code, standard output, standard error."""

    def run(*arguments):
        code = fedquery(["--home", str(home), *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_member_list_says_it_where_nothing_is_installed(run, home):
    """For each log, a majority of the others."""
    assert read_trust(home) is None
    code, out, _ = run("audit", "trust")
    assert 0 == code
    assert "member list" in out
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines()[1:]}
    assert ["2", "of", "3", "KH,", "LA,", "TH"] == lines["VN"]
    assert ["3", "of", "4", "KH,", "LA,", "TH,", "VN"] == lines["hub"]


def test_the_policy_for_one_log_is_a_file(run):
    """What is printed is read by whoever reads tlog-policy."""
    code, out, _ = run("audit", "trust", "--of", "VN")
    policy = TrustPolicy.parse(out.encode())
    assert (0, 2) == (code, policy.needed)
    assert [LISTED.nodes["VN"].log_vkey] == [log.key for log in policy.logs]
    assert 2 == run("audit", "trust", "--of", "XX")[0]


def test_a_policy_is_installed_and_shown(run, home, tmp_path):
    """As it was given, with its comments; a nation does not count for itself."""
    given = tmp_path / "given.txt"
    given.write_text(POLICY)
    code, out, _ = run("members", "--trust", given)
    assert (0, "trust policy in force: 2 of 4 witnesses\n") == (code, out)
    assert POLICY == (home / TRUST).read_text()
    found = json.loads(run("audit", "trust", "--json")[1])
    assert TRUST == found["source"]
    expected = {
        "origin": LISTED.nodes["VN"].log_vkey.name,
        "needed": 2,
        "of": 3,
        "witnesses": ["KH", "LA", "TH"],
    }
    assert expected == found["logs"]["VN"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (POLICY.replace("quorum all-four", "quorum all-five"), "line 7: the quorum is a name"),
        (POLICY[:-1], "line 7: its end, a newline, is missing"),
        (POLICY.replace("VN fed", "VN\tfed\x1b"), "line 5: it has a control character"),
        (POLICY.replace("all-four", "all\u202efour"), "a name that cannot be shown"),
        ("#" * 70_000, "larger than 65536 bytes"),
    ],
)
def test_a_policy_that_is_wrong_is_not_installed(run, home, tmp_path, text, said):
    """The file and the line are named, and what was in force before still is."""
    given = tmp_path / "given.txt"
    given.write_text(POLICY)
    run("members", "--trust", given)
    given.write_text(text)
    code, _, error = run("members", "--trust", given)
    assert 65 == code
    assert f"{given}: malformed trust policy: " in error
    assert said in error
    assert POLICY == (home / TRUST).read_text()
    assert {TRUST} == {path.name for path in home.iterdir() if TRUST in path.name}


def test_a_wrong_policy_beside_a_list_changes_neither(run, home, tmp_path):
    """Both files are looked at before one is in force."""
    note = home / "federation.note"
    before = note.stat().st_mtime_ns
    given = tmp_path / "given.txt"
    given.write_text("quorum nobody\n")
    assert 65 == run("members", note, "--trust", given)[0]
    assert (before, False) == (note.stat().st_mtime_ns, (home / TRUST).exists())
    given.write_text(POLICY)
    code, out, _ = run("members", note, "--trust", given)
    assert (0, 2) == (code, out.count("in force"))


def test_members_wants_a_file(run, tmp_path):
    """Root keys alone are nothing."""
    assert 2 == run("members")[0]
    roots = tmp_path / "roots.txt"
    roots.write_text("")
    assert 2 == run("members", "--roots", roots)[0]


def test_a_policy_that_others_may_write_is_not_believed(home):
    """Whoever writes it says whom to believe."""
    (home / TRUST).write_text(POLICY)
    (home / TRUST).chmod(0o666)
    with pytest.raises(ConfigError, match="others may write it"):
        read_trust(home)
