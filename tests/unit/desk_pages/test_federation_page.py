"""The page of the federation: what was fetched and verified, and what it says where that fails."""

from dataclasses import replace
from unittest.mock import AsyncMock

import pytest
from unit.desk_pages import served

from fedquery.ask.clock import ClockError
from fedquery.desk.roles import ROLES
from fedquery.errors import PeerError

ADDRESS = "/desk/federation"


@pytest.mark.parametrize("role", ROLES)
async def test_everybody_sees_what_a_nation_offers(desk, browser, role):
    """Its dataset with kind, version and age; members, agencies and coordinators."""
    await browser.sign_in(served.account(desk, "Somebody", role))
    text = (await browser.get(ADDRESS)).text
    for shown in ("It can be asked.", "phones", "phone number", "TH/cyber-police", "police"):
        assert shown in text
    assert "own nation. It is not asked from here." in text


async def test_what_was_not_fetched_is_not_told(desk, browser, officer, session):
    """Without a coordinator the page says so, and 503; what was known before stands there."""
    await browser.sign_in(officer)
    session.coordinators.manifests = AsyncMock(
        side_effect=PeerError("no answer", why="unavailable")
    )
    found = await browser.get(ADDRESS)
    assert 503 == found.status_code
    assert "No coordinator answers." in found.text
    assert "Nothing of it has been fetched yet." in found.text
    assert "It can be asked." not in found.text
    del session.coordinators.manifests
    assert "It can be asked." in (await browser.get(ADDRESS)).text
    session.clock.now_ms += 120_000
    session.coordinators.manifests = AsyncMock(
        side_effect=PeerError("no answer", why="unavailable")
    )
    later = await browser.get(ADDRESS)
    assert (503, True) == (later.status_code, "It can be asked." in later.text)


async def test_a_wrong_clock_is_said(browser, officer, session, monkeypatch):
    """It is the desk's, and no nation's."""
    await browser.sign_in(officer)
    monkeypatch.setattr(type(session), "freshen", AsyncMock(side_effect=ClockError("ahead")))
    found = await browser.get(ADDRESS)
    assert 503 == found.status_code
    assert "The clock of this desk is wrong." in found.text


async def test_a_false_manifest_is_an_alarm(browser, officer, session):
    """With the words to stop."""
    await browser.sign_in(officer)
    honest = session.coordinators.nation.note()
    session.coordinators.shown = honest.replace(b'"kind":"phone"', b'"kind":"phonf"')
    text = (await browser.get(ADDRESS)).text
    assert 'class="notice is-alarm"' in text
    assert "Stop asking it" in text


async def test_a_list_that_ends_soon_is_said(desk, browser, officer, session):
    """Three days before."""
    await browser.sign_in(officer)
    left_ms = 3 * 86_400_000
    for expires_ms, said in (
        (desk.clock() + left_ms, True),
        (desk.clock() + left_ms + 1_000, False),
    ):
        session.federation = replace(session.federation, expires_ms=expires_ms)
        assert said == ("The member list ends soon." in (await browser.get(ADDRESS)).text)
