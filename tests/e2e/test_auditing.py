"""What an auditor reads: results of audits, and what policy files mean, in a real browser."""

import json
from pathlib import Path

import pytest
from support.desk_asking import ask_now, case_of, name_case, paste
from support.desk_users import sign_in
from support.desk_watch import keep_picture, violations, wider_than_the_window

from fedquery.ask import audit_results
from fedquery.audit import kept_result
from fedquery.audit.kept_result import KeptResult
from fedquery.audit.reconciled import ComparedLog, Misfit, Reconciled

POLICIES = Path(__file__).parents[2] / "policies"
RULE = (
    '@id("MM-77")\n@title("Police may learn all")\n@law("EXAMPLE, Art. 7")\n'
    'permit (principal, action in Action::"up to summary", resource in Nation::"MM");\n'
)
MISFIT = Misfit(
    kind="lacks",
    request_digest="ab" * 32,
    at_ms=1_790_000_000_000,
    agency="TH/cyber-police",
    nation="VN",
    what="no coordinator has an entry of it",
    lacking=("fedquery.log/demo/coordinator/hub",),
    having={"fedquery.log/demo/VN": (4711,)},
)
FOUND = Reconciled(
    logs=(
        ComparedLog(
            origin="fedquery.log/demo/VN", kind="node", size=9_000, until_ms=1_790_000_000_000
        ),
        ComparedLog(
            origin="fedquery.log/demo/coordinator/hub", kind="coordinator", size=0, until_ms=0
        ),
    ),
    questions={"paired": 8_998, "too new": 1},
    found=1,
    findings=(MISFIT,),
)


@pytest.fixture
def auditor(page, make_account):
    """Sign an auditor in."""
    page.goto("/desk/")
    sign_in(page, make_account("auditor"))
    return page


def look(page, name):
    """Keep a picture, and find nothing wrong with the page, wide or narrow."""
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        keep_picture(page, f"{name}-{width}")
        assert 0 == wider_than_the_window(page)
        assert [] == violations(page)


def test_a_result_that_is_kept_is_read_and_downloaded(auditor, federation):
    """What does not fit is an alarm, with what was not looked at; the file says the same."""
    home = federation.asker
    audit_results.keep(home, "misfits", KeptResult(FOUND, 1_790_000_000_000))
    auditor.goto("/desk/audit")
    look(auditor, "audit-with-results")
    auditor.click("text=misfits")
    assert "Things that do not fit: 1." in auditor.inner_text("[role=alert]")
    assert "who signed these logs" in auditor.inner_text("main")
    look(auditor, "audit-result")
    with auditor.expect_download() as download:
        auditor.click("a[href$='result.json']")
    assert FOUND == kept_result.decode(download.value.path().read_bytes()).result
    auditor.goto("/desk/audit/results")
    look(auditor, "audit-results")


def test_a_result_from_another_machine(auditor, tmp_path):
    """It is shown; what is none is said beside the field."""
    path = tmp_path / "result.json"
    path.write_text("{}")
    auditor.goto("/desk/audit/results")
    auditor.set_input_files("[name=result]", path)
    auditor.click("main button[type=submit]")
    assert auditor.locator("#e-result").count()
    path.write_text(json.dumps(FOUND.to_json()))
    auditor.set_input_files("[name=result]", path)
    auditor.click("main button[type=submit]")
    auditor.wait_for_selector("text=not said")
    assert "ab" * 32 in auditor.inner_text("main")


def bring(page, *files):
    """Bring policy files along."""
    page.goto("/desk/audit/policies")
    page.select_option("[name=nation]", "MM")
    for name, path in zip(("policy", "newer"), files, strict=False):
        page.set_input_files(f"[name={name}]", path)
    page.set_input_files("[name=schema]", POLICIES / "schema.cedarschema")
    page.click("main button[type=submit]")


def test_what_a_policy_file_means_and_what_a_new_one_changes(auditor, tmp_path):
    """With the file in force named as such, and who may learn more by the other."""
    auditor.goto("/desk/audit/policies")
    look(auditor, "policies")
    bring(auditor, POLICIES / "MM.cedar")
    auditor.wait_for_url("**/desk/audit/policies/*")
    assert "says that this file is in force" in auditor.inner_text("main")
    assert 4 == auditor.locator("tbody tr").count()
    look(auditor, "policy-means")
    newer = tmp_path / "MM.cedar"
    newer.write_text((POLICIES / "MM.cedar").read_text() + "\n" + RULE)
    bring(auditor, POLICIES / "MM.cedar", newer)
    auditor.wait_for_selector("text=Wider")
    assert "MM-77 “Police may learn all”" in auditor.inner_text("main")
    look(auditor, "policy-changes")
    with auditor.expect_download() as download:
        auditor.click("a[href$='difference.json']")
    nations = json.loads(download.value.path().read_text())["nations"]
    assert "widened" in {one["kind"] for one in nations[0]["changes"]}


def test_answers_are_held_against_the_logs_of_their_nations(auditor, make_account, open_window):
    """The page comes again by itself until it is done, and nothing is broken."""
    user, officer = make_account(), open_window()
    officer.goto("/desk/")
    sign_in(officer, user)
    paste(officer, "+84855501990")
    name_case(officer, case_of(user))
    ask_now(officer)
    officer.wait_for_selector("a.to-proof")
    auditor.goto("/desk/audit/answers")
    auditor.click("main button[type=submit]")
    auditor.wait_for_selector("main dt:text-is('Receipts')")
    assert 0 == auditor.locator(".is-alarm").count()
    assert auditor.locator("main ul.lines li").count()
    look(auditor, "answers-and-logs")


def test_a_hostile_file_is_a_complaint_with_its_place(auditor, tmp_path):
    """Nested deeper than the engine bears; the desk goes on."""
    path = tmp_path / "MM.cedar"
    deep = f"{'(' * 5_000}true{')' * 5_000}"
    path.write_text(RULE.replace(";", f" when {{ {deep} }};"))
    bring(auditor, path)
    auditor.wait_for_selector("text=nested more than 20 deep")
    look(auditor, "policy-refused")
