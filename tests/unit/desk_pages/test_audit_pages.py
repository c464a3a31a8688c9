"""The pages of auditors: heads, evidence and figures as they are kept; no question, no officer."""

import re
from unittest.mock import AsyncMock

import pytest
from unit.ask import nation as made
from unit.desk_pages import asked, served

from fedquery.ask.evidence import DIRECTORY
from fedquery.desk.audit_routes import MONTHS, months_until
from fedquery.errors import PeerError
from fedquery.identifiers import decode

ADDRESS = "/desk/audit"
# The month of the clock of these tests.
MONTH = "2026-03"


@pytest.fixture
async def auditor(desk, browser):
    """Sign an auditor in."""
    await browser.sign_in(served.account(desk, "Auditor One", "auditor"))
    return browser


async def ask(desk, times=1):
    """Ask some questions, and sign the log."""
    officer = served.account(desk)
    case = asked.begun(desk, officer)
    for number in range(times):
        await asked.ask(desk, officer, case, question_id=f"{number:016x}")
    desk.client.checkpoint()


async def test_heads_of_all_logs(desk, session, auditor):
    """The own one with its root; of each nation who has cosigned it and when, and who has not."""
    await ask(desk)
    text = (await auditor.get(ADDRESS)).text
    own = session.home.log.latest_checkpoint(session.connection)[0]
    assert (own.origin in text, own.root.hex() in text) == (True, True)
    vn = session.nations["VN"].cosigned
    assert vn.opened.checkpoint.root.hex() in text
    assert f"{vn.count} of {vn.of} witnesses" in text
    assert all(name in text for name in (*vn.times_s, *vn.missing))
    # Two nations of the four have a node that shows nothing here.
    assert 2 == text.count("Nothing of its log was accepted yet.")
    assert re.search(r"<dt>Receipts kept</dt><dd>[1-9]", text)


async def test_an_agency_that_has_asked_nothing(auditor):
    """Each page says so."""
    for address in (ADDRESS, f"{ADDRESS}/figures?month={MONTH}"):
        assert "Nothing was signed yet." in (await auditor.get(address)).text


async def test_what_was_accepted_is_shown_without_a_coordinator(desk, session, auditor):
    """503, and the head that was accepted last."""
    await ask(desk)
    root = session.nations["VN"].cosigned.opened.checkpoint.root.hex()
    session.nations.clear()
    session.clock.now_ms += 120_000
    session.coordinators.manifests = AsyncMock(side_effect=PeerError("none", why="unavailable"))
    found = await auditor.get(ADDRESS)
    assert 503 == found.status_code
    assert root in found.text
    assert "This is what was accepted last." in found.text


async def test_a_log_that_contradicts_itself_is_an_alarm_with_its_evidence(desk, session, auditor):
    """Another history than was shown: the page says stop, and names the files."""
    await ask(desk)
    assert "is-alarm" not in (await auditor.get(ADDRESS)).text
    other = made.Nation(made.current(made.publish(made.rows()[:5])))
    session.coordinators.nation = other
    session.clock.now_ms += 120_000
    other.created_ms = session.clock.now_ms
    text = (await auditor.get(ADDRESS)).text
    assert "What it showed is false." in text
    kept = sorted(path.name for path in (session.home.path / DIRECTORY).iterdir())
    assert kept
    assert all(f"evidence/{name}" in text for name in kept)


async def test_figures_hide_small_numbers(desk, auditor):
    """One question is fewer than five, and is told as such."""
    await ask(desk)
    text = (await auditor.get(f"{ADDRESS}/figures?month={MONTH}")).text
    assert "In all: &lt;5" in text


async def test_figures_of_a_month(desk, auditor):
    """What was asked, of whom, what for and what came of it, in words."""
    await ask(desk, times=5)
    text = (await auditor.get(f"{ADDRESS}/figures?month={MONTH}")).text
    for shown in ("By nation asked", "Viet Nam", "fraud", "By outcome"):
        assert shown in text
    assert "In all: 10" in text
    before = (await auditor.get(f"{ADDRESS}/figures?month=2026-02")).text
    assert "In all: 0" in before


async def test_an_entry_that_was_changed_is_a_fault_and_no_figure(desk, session, auditor):
    """What was signed does not have it."""
    await ask(desk, times=5)
    for (name,) in session.connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log_entry'"
    ).fetchall():
        session.connection.execute(f"DROP TRIGGER {name}")
    session.connection.execute(
        "UPDATE log_entry SET data = CAST(replace(CAST(data AS TEXT), 'fraud', 'fraub') AS BLOB)"
    )
    found = await auditor.get(f"{ADDRESS}/figures?month={MONTH}")
    assert 502 == found.status_code
    assert "In all" not in found.text


@pytest.mark.parametrize("month", ["2026-04", "2025-03", "x", "2026-3", "", "2026-13"])
async def test_no_other_month_is_there(auditor, month):
    """Neither one to come, nor one before a year, nor none."""
    assert 404 == (await auditor.get(f"{ADDRESS}/figures?month={month}")).status_code


async def test_without_a_month_it_is_this_one(auditor):
    """As the clock says, in UTC."""
    assert f"Figures of {MONTH}" in (await auditor.get(f"{ADDRESS}/figures")).text


def test_months_go_back_over_the_year():
    """In UTC, this one first."""
    months = months_until(made.NOW_MS)
    assert (MONTHS, MONTH, "2026-02", "2025-12", "2025-04") == (
        len(months),
        *months[:2],
        months[3],
        months[-1],
    )


async def test_no_question_case_or_officer_stands_in_them(desk, auditor):
    """An auditor reads logs alone."""
    await ask(desk, times=5)
    for address in (ADDRESS, f"{ADDRESS}/figures?month={MONTH}"):
        text = (await auditor.get(address)).text
        for hidden in ("Officer One", asked.NUMBER, decode(made.KNOWN).canonical, "Call centre"):
            assert hidden not in text


@pytest.mark.parametrize(("role", "status"), [("officer", 403), ("supervisor", 200)])
async def test_who_audits(desk, browser, role, status):
    """Auditors and supervisors."""
    await browser.sign_in(served.account(desk, "Somebody", role))
    for address in (ADDRESS, f"{ADDRESS}/figures?month={MONTH}"):
        assert status == (await browser.get(address)).status_code
