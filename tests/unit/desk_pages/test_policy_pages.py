"""The pages of policies: what a file means, what a new one changes, how told ones have changed."""

import asyncio
import csv
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from unit.desk_pages import served
from unit.policy.test_trial import DEEP, HOSTILE

from fedquery.ask import policies_seen
from fedquery.desk import policy_routes
from fedquery.desk.app import make_app
from fedquery.desk.policy_history import MOST
from fedquery.federation.policy_summary import PolicySummary, RuleSummary
from fedquery.policy import study
from fedquery.policy.complaint import PolicyError

ADDRESS = "/desk/audit/policies"
POLICIES = Path(__file__).parents[3] / "policies"
SCHEMA = (POLICIES / "schema.cedarschema").read_bytes()
OLD = (POLICIES / "VN.cedar").read_bytes()
RULE = b'@id("VN-77")\n@title("All <b>of it</b>")\n@law("EXAMPLE, Art. 7")\npermit (principal, '
REST = b'action in Action::"up to summary", resource in Nation::"VN");\n'
NEW = OLD + b"\n" + RULE + REST
FIELDS = {"nation": "VN", "agency": "", "penalty": "5", "role": "suspect", "aim": "identify"}


@pytest.fixture
async def auditor(desk, browser):
    """Sign an auditor in."""
    await browser.sign_in(served.account(desk, "Auditor One", "auditor"))
    return browser


async def bring(browser, policy=OLD, newer=b"", schema=SCHEMA, **changed):
    """Send files, and what describes the question."""
    token = served.token_of((await browser.get(ADDRESS)).text)
    agency = browser.desk.home.settings.agency
    files = {
        name: (f"{name}.cedar", octets, "application/octet-stream")
        for name, octets in (("policy", policy), ("newer", newer), ("schema", schema))
        if octets
    }
    fields = {"csrf": token, **FIELDS, "agency": agency, "handling": "open", **changed}
    return await browser.window.post(ADDRESS, data=fields, files=files, headers=browser.headers)


async def brought(browser, **how):
    """Send files that are taken, and give the address of what came of them, and its page."""
    sent = await bring(browser, **how)
    assert 303 == sent.status_code, sent.text
    address = sent.headers["location"]
    return address, (await browser.get(address)).text


async def test_one_file_is_who_may_learn_what(auditor):
    """Each dataset and purpose with its level and rules, for the question that was described."""
    _, text = await brought(auditor, signed="prosecutor")
    for shown in ("what the file means", "wallets", "threat to life", "VN-01", "prosecutor"):
        assert shown in text
    assert "What changes, in every situation" not in text
    assert "What is in force in Viet Nam is not known here now." in text


async def test_two_files_are_what_the_second_changes(auditor):
    """Who may learn more by it stands first, with the rule; what it says is never markup."""
    _, text = await brought(auditor, newer=NEW)
    assert "Wider: somebody may learn more than before." in text
    assert "▲ Wider: somebody may learn more (" in text
    assert "VN-77 “All &lt;b&gt;of it&lt;/b&gt;”" in text
    assert "<strong>wider</strong>" in text
    _, back = await brought(auditor, policy=NEW, newer=OLD)
    assert "Stricter: nobody may learn more." in back
    assert "▲" not in back
    assert "<strong>stricter</strong>" in back
    _, same = await brought(auditor, newer=OLD + b"// a comment\n")
    assert "Nobody may learn more or less." in same
    assert "Places of the table that differ: 0" in same


async def test_a_file_is_held_against_what_its_nation_says(session, auditor):
    """That it is in force, or which is."""
    await auditor.get("/desk/audit")
    state = session.nations["VN"]
    for digest, said in (
        (policy_digest(OLD), "Viet Nam says that this file is in force."),
        (bytes(32), f"Viet Nam says that another file is in force: {'00' * 32}"),
    ):
        told = replace(state.manifest, policy=PolicySummary(digest, ()))
        session.nations["VN"] = replace(state, manifest=told)
        assert said in (await brought(auditor))[1]


def policy_digest(octets):
    """Give the digest of a file."""
    return hashlib.sha256(octets).digest()


async def test_files_say_the_same(desk, auditor):
    """As the commands print it, and as tables in which no cell is a formula."""
    address, _ = await brought(auditor, newer=NEW)
    levels = json.loads((await auditor.get(f"{address}/levels.json")).content)
    assert ["fedquery/policy-try/v1"] * 2 == [one["schema"] for one in levels]
    difference = json.loads((await auditor.get(f"{address}/difference.json")).content)
    assert ("fedquery/policy-diff/v1", 0) == (difference["schema"], difference["left_out"])
    rows = [*csv.reader(io.StringIO((await auditor.get(f"{address}/levels.csv")).text))]
    assert 1 + 2 * 4 * 5 == len(rows)
    found = await auditor.get(f"{address}/difference.csv")
    mark = "TRAINING-" if desk.training else ""
    assert f'attachment; filename="{mark}VN-difference.csv"' == found.headers["content-disposition"]
    assert "widened" in found.text
    alone, _ = await brought(auditor, policy=RULE.replace(b"All", b"=All") + REST)
    assert ",'=All <b>of it</b>" in (await auditor.get(f"{alone}/levels.csv")).text
    assert 404 == (await auditor.get(f"{alone}/difference.json")).status_code
    assert 404 == (await auditor.get(f"{alone}/other.json")).status_code


async def test_what_is_wrong_with_a_file_is_told_with_its_place(auditor):
    """Of the file that it is in; what was typed stays."""
    found = await bring(auditor, newer=NEW.replace(b"permit", b"permt"), penalty="9")
    assert 422 == found.status_code
    assert "did you mean permit?" in found.text
    assert 'id="e-newer"' in found.text
    assert 'id="e-policy"' not in found.text
    assert 'value="9"' in found.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nation", ""),
        ("nation", "XX"),
        ("agency", "XX/nobody"),
        ("penalty", "100"),
        ("penalty", "many"),
        ("penalty", "-1"),
        ("signed", "king"),
        ("role", "x"),
        ("aim", "x"),
        ("handling", "x"),
    ],
)
async def test_each_fault_stands_beside_its_field(auditor, field, value):
    """And no process was started for it."""
    found = await bring(auditor, **{field: value})
    assert 422 == found.status_code
    assert f'id="e-{field}"' in found.text or f"{field}" in found.text
    assert "has-error" in found.text


@pytest.mark.parametrize("missing", ["policy", "schema"])
async def test_a_file_that_is_missing_is_asked_for(auditor, missing):
    """Beside its field."""
    found = await bring(auditor, **{missing: b""})
    assert (422, True) == (found.status_code, f'id="e-{missing}"' in found.text)


async def test_a_file_over_the_cap_is_no_form_of_ours(auditor):
    """It is not read."""
    assert 400 == (await bring(auditor, policy=b" " * 200_001)).status_code


@pytest.mark.parametrize("attack", ["nesting", "brackets only", "chained ifs", "zeroes", "UTF-16"])
async def test_a_hostile_file_is_a_complaint(auditor, attack):
    """And the desk goes on."""
    octets = HOSTILE[attack][0].replace(b"TH", b"VN")
    assert 422 == (await bring(auditor, policy=octets)).status_code
    assert 200 == (await auditor.get(ADDRESS)).status_code


async def test_a_file_that_kills_what_reads_it_kills_nothing_else(auditor, monkeypatch):
    """Known-bad twin: nested deeper than the engine bears, and not measured before."""
    unmeasured = (
        "import sys; from fedquery.policy import study_child;"
        "study_child.unsafe = lambda source: (); sys.exit(study_child.main())"
    )
    monkeypatch.setattr(study, "_PROGRAM", ("-c", unmeasured))
    deep = DEEP.replace("TH", "VN").replace("(" * 40, "(" * 5_000).replace(")" * 40, ")" * 5_000)
    found = await bring(auditor, policy=deep.encode())
    assert 422 == found.status_code
    assert "they crash the engine or take too long" in found.text
    monkeypatch.undo()
    await brought(auditor)


async def test_a_broken_schema_is_said_to_be_that(auditor):
    """Whatever the file."""
    found = await bring(auditor, schema=b"entity {")
    assert (422, True) == (found.status_code, 'id="e-schema"' in found.text)


async def test_files_are_looked_at_one_after_the_other(auditor, monkeypatch):
    """Whoever comes meanwhile is told to wait: one visitor cannot take all processors."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    at_once = asyncio.to_thread

    async def slow(call, *arguments):
        if call is not study.study:
            return await at_once(call, *arguments)
        begun.set()
        await go_on.wait()
        raise PolicyError.of_file("VN.cedar", "takes too long to read")

    monkeypatch.setattr(policy_routes.asyncio, "to_thread", slow)
    first = asyncio.create_task(bring(auditor))
    await asyncio.wait_for(begun.wait(), 20)
    second = await asyncio.wait_for(bring(auditor), 20)
    go_on.set()
    assert (503, 422) == (second.status_code, (await first).status_code)


async def test_what_came_of_files_is_for_its_session(desk):
    """Nobody else finds it, and newer files take its place."""
    app = make_app(desk)
    auditor, other = (served.Browser(desk, app=app, address=f"192.0.2.{n}") for n in (7, 8))
    for number, one in enumerate((auditor, other)):
        await one.sign_in(served.account(desk, f"Auditor {number}", "auditor"))
    address, _ = await brought(auditor)
    assert 200 == (await auditor.get(address)).status_code
    for path in (address, f"{address}/levels.csv"):
        assert 404 == (await other.get(path)).status_code
    await brought(auditor)
    assert 404 == (await auditor.get(address)).status_code


async def test_it_ends_with_the_day(session, auditor, monkeypatch):
    """A page that was left open tells nothing the next morning."""
    address, _ = await brought(auditor)
    monkeypatch.setattr("fedquery.desk.studies._LIFE_MS", 1_000)
    session.clock.now_ms += 2_000
    assert 404 == (await auditor.get(address)).status_code


def rule(policy_id, title="Fraud", action="up to hit"):
    """Make a rule."""
    return RuleSummary(policy_id, "permit", action, title)


async def test_how_a_policy_has_changed(session, auditor):
    """Each step with its time: rules that came, that went, and that are told otherwise."""
    connection = session.connection
    for at_ms, digest, rules in (
        (1_772_000_000_000, b"\x01", (rule("VN-01"), rule("VN-02", "Old <i>"))),
        (1_772_100_000_000, b"\x02", (rule("VN-01", action="up to summary"), rule("VN-03", "New"))),
        (1_772_200_000_000, b"\x03", (rule("VN-01", action="up to summary"), rule("VN-03", "New"))),
    ):
        policies_seen.keep(connection, "VN", at_ms, PolicySummary(digest * 32, rules))
    text = (await auditor.get(ADDRESS)).text
    newest, middle, oldest = (text.index(digest * 32) for digest in ("03", "02", "01"))
    assert newest < middle < oldest
    assert "Another file. Nothing of what is told of its rules has changed." in text[newest:middle]
    between = text[middle:oldest]
    assert "The first that this agency has seen." in text[oldest:]
    for shown in ("rule told otherwise", "VN-01", "a summary", "a hit", "new rule", "VN-03"):
        assert shown in between
    assert "rule taken out</strong>" in between
    assert "Old &lt;i&gt;" in between


async def test_a_page_of_changes_is_not_endless(session, auditor):
    """The rest of a step is counted."""
    for number in range(2):
        rules = tuple(rule(f"VN-{place:03}", f"Title {number}") for place in range(200))
        summary = PolicySummary(bytes([number]) * 32, rules)
        policies_seen.keep(session.connection, "VN", 1_772_000_000_000 + number, summary)
    text = (await auditor.get(ADDRESS)).text
    assert MOST == text.count("rule told otherwise")
    assert "and 180 more" in text


async def test_without_the_engine_the_page_says_so(auditor, monkeypatch):
    """And shows what it can."""
    monkeypatch.setattr(policy_routes, "find_spec", lambda _: None)
    text = (await auditor.get(ADDRESS)).text
    assert "The policy engine is not installed here." in text
    assert 'type="file"' not in text
    assert "How policies have changed" in text


@pytest.mark.parametrize(("role", "status"), [("officer", 403), ("supervisor", 200)])
async def test_who_reads_policies(desk, browser, role, status):
    """Auditors and supervisors."""
    await browser.sign_in(served.account(desk, "Somebody", role))
    assert status == (await browser.get(ADDRESS)).status_code
    expected = 403 if status == 403 else 404
    assert expected == (await browser.get(f"{ADDRESS}/0000000000000000")).status_code
