"""How a policy comes into force at a node, by the commands of its operators."""

import contextlib
import json
import sqlite3

import pytest
from fedquery_node import policy_store, schema
from fedquery_node.__main__ import main as node_command
from fedquery_node.home import open_home
from fedquery_node.upkeep import Upkeep
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.psi.holding import octets

from fedquery.audit.node import PolicyEntry
from fedquery.config.service import wall_clock
from fedquery.policy.trial import try_file


@pytest.fixture
def operators(member, tmp_path, capsys):
    """Name two operators in node.toml, both needed, and give what signs for each."""
    keys = tmp_path / "keys"
    listed = []
    for label in ("linh", "minh", "stranger"):
        code = node_command(["key", "operator", label, "--nation", "VN", "--out", str(keys)])
        assert 0 == code
        listed.append(capsys.readouterr().out.split()[-1])
    named = json.dumps(listed[:2])
    path = member.home / "node.toml"
    path.write_text(path.read_text() + f"\n[policy]\noperators = {named}\nneeded = 2\n")

    def sign(label, proposal, file=member.policies / "VN.cedar"):
        out = tmp_path / f"{label}.note"
        arguments = ["policy", "sign", proposal, file, "--out", out]
        key = keys / f"operator.VN.{label}.key"
        return node_command([*map(str, arguments), "--key", str(key)]), out

    sign.keys = keys
    return sign


def changed(member, text=b"\n// another day\n"):
    """Change the policy file."""
    path = member.policies / "VN.cedar"
    path.write_bytes(path.read_bytes() + text)
    return path


def in_force(member):
    """Say what is in force."""
    return json.loads(member("policy", "show", "--json")[1])["in_force"]["policy"]


def entries(member):
    """Read the log's entries about policies."""
    home = open_home(member.home)
    with contextlib.closing(schema.connect(member.home)) as connection:
        leaves = home.log.entries(connection, 0, home.log.size(connection))
    return [PolicyEntry.decode(one) for one in leaves if json.loads(one)["type"] == "policy"]


def test_two_operators_put_a_policy_in_force(member, operators, tmp_path):
    """One is too few, one twice is one, a stranger is nobody; who has signed stands in the log."""
    before, proposal = in_force(member), tmp_path / "proposal"
    changed(member)
    assert 0 == member("policy", "propose", "--out", proposal)[0]
    signed = {label: operators(label, proposal)[1] for label in ("linh", "minh", "stranger")}
    linh, minh, stranger = signed.values()
    for notes in ((), (linh,), (linh, linh), (stranger,), (linh, stranger)):
        assert 7 == member("policy", "activate", *notes)[0]
        assert before == in_force(member)
    code, out, _ = member("policy", "activate", linh, minh)
    assert (0, True) == (code, "operator/VN/linh+" in out)
    assert before != in_force(member)
    names = [name.partition("+")[0] for name in entries(member)[-1].approved_by]
    assert ["operator/VN/linh", "operator/VN/minh"] == names
    # What was activated is not open any more.
    assert 65 == member("policy", "activate", linh, minh)[0]


def test_a_signature_is_for_one_proposal(member, operators, tmp_path):
    """The same file again, proposed a second time, has to be signed a second time."""
    changed(member)
    first, second = tmp_path / "first", tmp_path / "second"
    assert 0 == member("policy", "propose", "--out", first)[0]
    notes = [operators(label, first)[1] for label in ("linh", "minh")]
    assert 0 == member("policy", "propose", "--out", second)[0]
    code, _, err = member("policy", "activate", *notes)
    assert (7, True) == (code, "another proposal" in err)


def test_an_operator_signs_the_file_that_was_read(member, operators, tmp_path):
    """Not another one; and not with a key that others can read, or that is no operator's."""
    proposal = tmp_path / "proposal"
    path = changed(member)
    assert 0 == member("policy", "propose", "--out", proposal)[0]
    other = tmp_path / "VN.cedar"
    other.write_bytes(path.read_bytes() + b"\n")
    (tmp_path / "schema.cedarschema").write_bytes(
        (member.policies / "schema.cedarschema").read_bytes()
    )
    assert 65 == operators("linh", proposal, other)[0]
    key = operators.keys / "operator.VN.linh.key"
    key.chmod(0o640)
    assert 78 == operators("linh", proposal)[0]
    key.chmod(0o600)
    assert 0 == operators("linh", proposal)[0]
    renamed = operators.keys / "supervisor.VN.linh.key"
    key.rename(renamed)
    arguments = ["policy", "sign", proposal, path, "--out", tmp_path / "o", "--key", renamed]
    assert 65 == node_command([*map(str, arguments)])


@pytest.mark.parametrize(
    "wrong",
    ["operators = []\nneeded = 1", "needed = 0", "needed = 3", "operators = ['x']\nneeded = 1"],
    ids=["none to need", "none needed", "more than there are", "no key"],
)
def test_settings_that_lock_nothing_or_everything_are_refused(member, operators, wrong):
    """Before anything is proposed."""
    path = member.home / "node.toml"
    text, _, section = path.read_text().partition("[policy]")
    listed = section.strip().splitlines()[0]
    kept = wrong if "operators" in wrong else f"{listed}\n{wrong}"
    path.write_text(f"{text}[policy]\n{kept}\n")
    changed(member)
    code, _, err = member("policy", "propose")
    assert (78, True) == (code, "policy." in err)


def test_one_key_under_two_names_is_not_two_operators(member, operators):
    """It would be one voice that counts twice."""
    path = member.home / "node.toml"
    text, _, section = path.read_text().partition("[policy]")
    first = json.loads(section.strip().splitlines()[0].partition("=")[2])[0]
    path.write_text(f"{text}[policy]\noperators = ['{first}', '{first}']\nneeded = 2\n")
    changed(member)
    code, _, err = member("policy", "propose")
    assert (78, True) == (code, "twice" in err)


def test_a_proposal_says_what_it_changes(member):
    """Rules by id; nothing comes into force by it."""
    path = member.policies / "VN.cedar"
    before = in_force(member)
    text = path.read_text().replace("maximumPenaltyYears >= 4", "maximumPenaltyYears >= 5", 1)
    parts = text.partition('@id("VN-04")')
    dropped = '@id("VN-04")' + parts[2].partition('@id("VN-90")')[0]
    path.write_text(text.replace(dropped, dropped.replace("VN-04", "VN-05")))
    tests = member.policies / "tests" / "VN.json"
    # Its tests name the old id: the file does not pass with them.
    assert 78 == member("policy", "propose")[0]
    tests.unlink()
    found = json.loads(member("policy", "propose", "--json")[1])
    assert [["VN-05"], ["VN-04"], ["VN-02"]] == [
        found["added"],
        found["removed"],
        found["changed"],
    ]
    assert before == in_force(member)
    assert ["activated", "proposed"] == [one.act for one in entries(member)[-2:]]


def test_a_proposal_says_for_whom_it_changes_what(member):
    """By effect, not by text: a comment changes nothing, a lower number lets more people claim."""
    path = changed(member)
    code, out, _ = member("policy", "propose")
    assert (0, True) == (code, "nobody may learn more or less" in out)
    path.write_text(
        path.read_text().replace("maximumPenaltyYears >= 4", "maximumPenaltyYears >= 3")
    )
    code, out, _ = member("policy", "propose")
    assert 0 == code
    told = [line for line in out.splitlines() if line.startswith("widened ")]
    assert told
    assert all("3 years" in line for line in told)
    found = json.loads(member("policy", "propose", "--json")[1])["effects"]
    assert {"widened"} == {one["kind"] for one in found}


def test_a_file_that_fails_its_own_test_is_refused(member):
    """By the name of the test."""
    path = member.policies / "VN.cedar"
    path.write_text(path.read_text().replace("up to summary", "up to reference"))
    code, _, err = member("policy", "propose")
    assert (78, True) == (code, "the test " in err)


def test_a_rule_that_never_applies_is_found_before_it_is_in_force(member):
    """Only the thorough check finds it: the file parses, validates and keeps the house rules."""
    rule = (
        b'@id("VN-99") @title("Never") @law("EXAMPLE, Art. 9")'
        b'forbid (principal, action in Action::"any answer", resource in Nation::"VN")'
        b" when { context.elements > 5 && context.elements < 3 };"
    )
    path = changed(member, rule)
    schema_text = (member.policies / "schema.cedarschema").read_bytes()
    assert not try_file(path.read_bytes(), schema_text, "VN", thorough=False).complaints
    code, _, err = member("policy", "propose")
    assert 78 == code
    assert f"{path}, line " in err


def test_every_file_that_was_proposed_can_be_printed(member):
    """To decide again what was decided by it; what is in force is not proposed again."""
    path = member.policies / "VN.cedar"
    code, out, _ = member("policy", "show", in_force(member))
    assert (0, path.read_text()) == (code, out)
    assert 65 == member("policy", "propose")[0]
    assert 65 == member("policy", "show", "ab")[0]
    assert 74 == member("policy", "show", "0" * 64)[0]


TEXTS = st.sampled_from(
    ["permit", "forbid", ";", "}", '"', "unless", "VN", "in", "&&", "\0", "\u202e", "TH", "== 9"]
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(start=st.integers(0, 2_400), length=st.integers(0, 60), put=TEXTS, flip=st.booleans())
def test_no_file_that_fails_its_checks_ever_decides(member, start, length, put, flip):
    """Whatever was cut out and put in: what is in force is what passed, or what was before."""
    path = member.policies / "VN.cedar"
    good = (member.policies / "TH.cedar").parent / "VN.good"
    if not good.exists():
        good.write_bytes(path.read_bytes())
    text = good.read_text()
    changed_text = text[:start] + put + text[start + length :] if flip else f"{text}\n// {put}"
    path.write_bytes(changed_text.encode())
    home = open_home(member.home)
    with contextlib.closing(schema.connect(member.home)) as connection:
        upkeep = Upkeep(home, connection, octets(3))
        force = upkeep.start(wall_clock())
        proposed = member("policy", "propose")[0]
        member("policy", "activate")
        after = upkeep.refresh(force, wall_clock()).rules
    if after.digest != force.rules.digest:
        schema_text = (member.policies / "schema.cedarschema").read_bytes()
        assert 0 == proposed
        assert () == try_file(path.read_bytes(), schema_text, "VN", thorough=True).complaints
        assert after.digest == policy_store.PolicyFiles(path.read_bytes(), b"").digests.policy


def test_kept_files_and_reviews_are_in_the_private_database(member):
    """Nobody else reads them."""
    assert 0o600 == schema.database_path(member.home).stat().st_mode & 0o777
    with contextlib.closing(sqlite3.connect(schema.database_path(member.home))) as connection:
        assert 2 == connection.execute("SELECT count(*) FROM policy_file").fetchone()[0]


@pytest.fixture
def waiting(member, tmp_path, capsys):
    """Put an answer on the list, and name a supervisor."""
    with contextlib.closing(schema.connect(member.home)) as connection:
        connection.execute(
            "INSERT INTO review VALUES (1, ?, 'TH/cyber-police', 'phones', 'hit', 1700000000000,"
            " NULL, NULL, NULL)",
            (bytes(32),),
        )
    keys = tmp_path / "keys"
    for label in ("mai", "stranger"):
        assert 0 == node_command(["key", "supervisor", label, "--nation", "VN", "--out", str(keys)])
        if label == "mai":
            named = capsys.readouterr().out.split()[-1]
    path = member.home / "node.toml"
    path.write_text(path.read_text() + f"\n[review]\nsupervisors = ['{named}']\n")
    return keys


def test_a_supervisor_signs_a_review_off(member, waiting):
    """Once, with a key that the settings name; until then the status says so."""
    assert "1 break-glass answers not signed off since 2023-11-14" in member("status")[1]
    assert "OPEN" in member("reviews")[1]
    stranger, mai = (waiting / f"supervisor.VN.{label}.key" for label in ("stranger", "mai"))
    assert 7 == member("review", "1", "--by", stranger)[0]
    assert 65 == member("review", "2", "--by", mai)[0]
    mai.chmod(0o644)
    assert 78 == member("review", "1", "--by", mai)[0]
    mai.chmod(0o600)
    assert 0 == member("review", "1", "--by", mai)[0]
    assert 65 == member("review", "1", "--by", mai)[0]
    assert "no break-glass answer" in member("reviews")[1]
    assert "REVIEWS" not in member("status")[1]
    (found,) = json.loads(member("reviews", "--all", "--json")[1])
    assert found["signed_by"].startswith("supervisor/VN/mai+")
    # The log is as whole as before, and says who has looked at what.
    assert 0 == member("status", "--verify")[0]
    home = open_home(member.home)
    with contextlib.closing(schema.connect(member.home)) as connection:
        size = home.log.size(connection)
        (leaf,) = home.log.entries(connection, size - 1, size)
    assert ("review", 1) == (json.loads(leaf)["type"], json.loads(leaf)["index"])
