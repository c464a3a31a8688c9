"""The pages of what auditors' commands found: as it is kept, and for auditors alone."""

import csv
import io
import json

import pytest
from unit.audit.test_kept_result import ONE
from unit.desk_pages import served

from fedquery.ask import audit_results
from fedquery.ask.audit_results import DIRECTORY
from fedquery.audit import kept_result
from fedquery.audit.kept_result import KeptResult
from fedquery.audit.reconciled import Reconciled
from fedquery.audit.verified import Faulty, Noted, Verified
from fedquery.desk.audit_result_view import MOST

ADDRESS = "/desk/audit/results"
FITS = Reconciled(logs=ONE.logs, questions={"paired": 4, "too new": 2}, found=0, findings=())
UNSIGNED = Verified(
    is_signed=False,
    origin="fedquery.log/mekong/VN",
    size=12,
    root="cd" * 32,
    witnesses=None,
    since=None,
    entries={"answer": 12},
    unsigned=3,
    remarks=Noted(clock_back_at=4, clock_back_ms=130_000, clock_backs=1, without_outcome=2),
    not_checked=("details beside the log (fedquery audit open)",),
)
FAULT = Faulty(file="tile/0/000", index=3, what="is <b>another</b> entry")


@pytest.fixture
async def auditor(desk, browser):
    """Sign an auditor in."""
    await browser.sign_in(served.account(desk, "Auditor One", "auditor"))
    return browser


def keep(session, name, result, at_ms=1_772_000_000_000):
    """Keep a result, and give the address of its page."""
    home = session.home.path
    audit_results.keep(home, name, KeptResult(result, at_ms))
    return next(
        f"{ADDRESS}/{one.address}" for one in audit_results.listed(home) if one.name == name
    )


async def bring(browser, octets):
    """Send a result from another machine."""
    token = served.token_of((await browser.get(ADDRESS)).text)
    return await browser.window.post(
        ADDRESS,
        data={"csrf": token},
        files={"result": ("result.json", octets, "application/json")},
        headers=browser.headers,
    )


async def test_the_newest_stands_first_and_on_the_page_of_auditors(session, auditor):
    """With what came of it; what does not fit is said in strong words."""
    keep(session, "fits", FITS, at_ms=1)
    address = keep(session, "misfits", ONE, at_ms=2)
    for page in ("/desk/audit", ADDRESS):
        text = (await auditor.get(page)).text
        assert text.index("misfits</") < text.index("fits</", text.index("misfits</") + 9)
        assert f'<a href="{address}"' in text
        assert "<strong>Things that do not fit: 1." in text
        assert "Every question stands where it must, as far as these logs reach." in text


async def test_each_finding_stands_with_its_logs(session, auditor):
    """The question by its digest, what is wrong, and where it is and is not."""
    text = (await auditor.get(keep(session, "misfits", ONE))).text
    for shown in ("no coordinator has an entry of it", "ab" * 32, "log/hub", "entry 1, 2"):
        assert shown in text
    assert 'class="notice is-alarm"' in text
    assert "TH/police → VN" in text


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (FITS, ("questions that are newer than one of the logs: 2", "who signed these logs")),
        (ONE, ("who signed these logs",)),
        (
            UNSIGNED,
            (
                "which witnesses saw it: no trust policy was given",
                "whether it goes on from an older checkpoint: none was given",
                "entries that were not signed yet: 3",
                "details beside the log",
            ),
        ),
        (
            Reconciled(logs=ONE.logs, questions={}, found=9, findings=ONE.findings),
            ("findings that are not listed here: 8",),
        ),
    ],
    ids=["fits", "misfits", "unsigned", "cut"],
)
async def test_what_was_not_looked_at_is_said(session, auditor, result, said):
    """A result that says less than it seems to is no proof of the rest."""
    text = (await auditor.get(keep(session, "one", result))).text
    below = text[text.index("What was not looked at") :]
    assert all(one in below for one in said)


async def test_a_signature_that_nobody_verified_is_a_warning(session, auditor):
    """And clocks and open questions are remarks."""
    text = (await auditor.get(keep(session, "one", UNSIGNED))).text
    assert "Not verified: no key was given, and anybody may have written this log." in text
    assert "is-warning" in text
    assert "The clock went back by up to 130 s, first at entry 4." in text
    assert "Questions without an outcome in the log: 2" in text


async def test_a_false_log_is_an_alarm_and_its_words_are_text(session, auditor):
    """What a file says is never markup."""
    text = (await auditor.get(keep(session, "one", FAULT))).text
    assert "The log is not what it claims to be." in text
    assert "At entry 3 of tile/0/000: is &lt;b&gt;another&lt;/b&gt; entry" in text


@pytest.mark.parametrize("result", [UNSIGNED, FAULT], ids=["unsigned", "fault"])
async def test_no_heading_says_that_a_log_was_verified(session, auditor, result):
    """It is the same for each outcome: only the sentence below it says what came of it."""
    address = keep(session, "one", result)
    for page in (address, ADDRESS):
        text = (await auditor.get(page)).text
        assert "Verification of a log" in text
        assert "Log verified" not in text


async def test_a_page_of_findings_is_not_endless(session, auditor):
    """The rest is counted, and stands in the files."""
    result = Reconciled(logs=ONE.logs, questions={}, found=950, findings=ONE.findings * 130)
    address = keep(session, "many", result)
    text = (await auditor.get(address)).text
    assert MOST == text.count("no coordinator has an entry of it")
    assert "findings that are not listed here: 850" in text
    assert 131 == len((await auditor.get(f"{address}/result.csv")).text.splitlines())


async def test_a_time_that_no_calendar_has_is_said_to_be_one(session, auditor):
    """A false log may say any time."""
    log = type(ONE.logs[0])(origin="log/VN", kind="node", size=1, until_ms=2**53 - 1)
    result = Reconciled(logs=(log, ONE.logs[1]), questions={}, found=0, findings=())
    assert "a time beyond the calendar" in (await auditor.get(keep(session, "one", result))).text


async def test_files_say_the_same(desk, session, auditor):
    """JSON as it is kept, a table in which no cell is a formula, and names that tell exercises."""
    address = keep(session, "misfits", ONE)
    json_file = await auditor.get(f"{address}/result.json")
    assert KeptResult(ONE, 1_772_000_000_000) == kept_result.decode(json_file.content)
    table = await auditor.get(f"{address}/result.csv")
    mark = "TRAINING-" if desk.training else ""
    wanted = f'attachment; filename="{mark}misfits.csv"'
    assert wanted == table.headers["content-disposition"]
    head, row = csv.reader(io.StringIO(table.content.decode("utf-8-sig")))
    assert ("lacks", "ab" * 32) == (row[0], row[head.index("request digest")])
    address = keep(session, "formula", Faulty(file="=cmd()", index=None, what="@x"))
    text = (await auditor.get(f"{address}/result.csv")).content.decode("utf-8-sig")
    assert ("file,'=cmd()" in text, "fault,'@x" in text) == (True, True)


@pytest.mark.parametrize("result", [ONE, FITS, UNSIGNED, FAULT], ids=["one", "fits", "un", "fault"])
async def test_a_result_of_another_machine_is_shown_and_not_kept(session, auditor, result):
    """Printed or kept; a printed one does not say when."""
    printed = await bring(auditor, json.dumps(result.to_json()).encode())
    kept = await bring(auditor, KeptResult(result, 1).encode())
    assert (200, 200) == (printed.status_code, kept.status_code)
    assert "not said" in printed.text
    assert "not said" not in kept.text
    assert "result.json" not in kept.text
    assert not (session.home.path / DIRECTORY).exists()


@pytest.mark.parametrize(
    "octets", [b"", b"{}", b"[" * 60_000, b'{"schema":"fedquery/audit-verify/v1"}', b"\xff"]
)
async def test_what_is_no_result_is_said_beside_the_field(auditor, octets):
    """Without a word of what was sent."""
    found = await bring(auditor, octets)
    assert 422 == found.status_code
    assert 'id="e-result"' in found.text


async def test_a_file_that_others_may_write_is_listed_and_not_believed(session, auditor):
    """Nobody is told that logs fit by whoever can write into the directory."""
    address = keep(session, "one", FITS)
    (session.home.path / DIRECTORY / "one.json").chmod(0o666)
    assert "This file cannot be read" in (await auditor.get(ADDRESS)).text
    assert 404 == (await auditor.get(address)).status_code


@pytest.mark.parametrize("place", ["one", "0" * 32, "..%2Fone"])
async def test_no_other_address_is_there(session, auditor, place):
    """Neither a name, nor what is no result of this home."""
    keep(session, "one", FITS)
    assert 404 == (await auditor.get(f"{ADDRESS}/{place}")).status_code


@pytest.mark.parametrize(("role", "status"), [("officer", 403), ("supervisor", 200)])
async def test_who_reads_results(desk, session, browser, role, status):
    """Auditors and supervisors."""
    address = keep(session, "one", FITS)
    await browser.sign_in(served.account(desk, "Somebody", role))
    for page in (ADDRESS, address, f"{address}/result.json", f"{address}/result.csv"):
        assert status == (await browser.get(page)).status_code
