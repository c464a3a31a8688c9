"""Erasing lists: what lies in the agency's screenings goes with what the desk keeps of them."""

import contextlib

import pytest
from unit.desk_pages.test_lists import PHONES, asked, case_of, kept

from fedquery.ask.screening.files import locked
from fedquery.desk import erasing, list_erasing, lists
from fedquery.desk.belongings import AgencyFiles
from fedquery.errors import BusyError

DAY_MS = 86_400_000


@pytest.fixture
async def signed_in(browser, officer):
    """Sign an officer in."""
    await browser.sign_in(officer)
    return browser


@pytest.fixture(autouse=True)
async def ended(desk):
    """End what a desk still asks when its test ends."""
    yield
    await desk.aclose()


def files_of(desk, now_ms):
    """Give what lies beside the desk, at a time."""
    return AgencyFiles(desk.home, desk.client.session.connection, now_ms)


def left(desk, address):
    """Count what is left of a list: its row, its key, its acts and its screening."""
    list_id = address.split("/")[-1]
    counts = [
        desk.connection.execute(
            f"SELECT count(*) FROM {table} WHERE {column} = ?",  # noqa: S608 -- names of this test
            (list_id,),
        ).fetchone()[0]
        for table, column in (("kept_list", "list_id"), ("salt", "owner"), ("act", "subject"))
    ]
    return (*counts, len(list((desk.home.path / "screenings").glob(f"{list_id}.*"))))


async def test_a_list_is_due_as_long_after_it_was_first_asked(desk, signed_in):
    """Its screening is gone too, and the case and another list open as before."""
    address = await kept(signed_in)
    other = await kept(signed_in, PHONES[:3], number="", case_id=case_of(desk))
    await asked(desk, signed_in, address)
    now_ms = desk.clock() + DAY_MS
    desk.connection.execute(
        "UPDATE kept_list SET asked_ms = ? WHERE list_id = ?", (now_ms, other.split("/")[-1])
    )
    assert [address.split("/")[-1]] == list_erasing.due(desk.store, now_ms, 1)
    assert all(left(desk, address))
    assert 1 == list_erasing.erase(desk.store, desk.home, [address.split("/")[-1]])
    assert (0, 0, 0, 0) == left(desk, address)
    assert lists.kept_for_whoever(desk.store, other.split("/")[-1])
    assert 200 == (await signed_in.get(f"/desk/cases/{case_of(desk)}")).status_code


async def test_a_list_that_is_being_asked_is_never_due_nor_is_its_case(desk, signed_in):
    """It is stopped first."""
    address = await kept(signed_in)
    await asked(desk, signed_in, address)
    desk.connection.execute("UPDATE kept_list SET state = 'asking'")
    now_ms = desk.clock() + 9 * DAY_MS
    assert [] == list_erasing.due(desk.store, now_ms, 1)
    assert 0 == erasing.due(desk.store, 1, files_of(desk, now_ms)).cases


async def test_what_another_program_asks_is_not_erased_under_it(desk, signed_in):
    """Then nothing of the desk is erased either, so that the next try finds all."""
    address = await kept(signed_in)
    before = left(desk, address)
    list_id = address.split("/")[-1]
    with contextlib.closing(locked(desk.home, list_id)), pytest.raises(BusyError):
        list_erasing.erase(desk.store, desk.home, [list_id])
    assert before == left(desk, address)


async def test_a_list_whose_screening_is_gone_is_erased_as_well(desk, signed_in):
    """A try that was killed in the middle is finished by the next one."""
    address = await kept(signed_in)
    list_id = address.split("/")[-1]
    desk.client.erase_screening(list_id)
    assert 1 == list_erasing.erase(desk.store, desk.home, [list_id])
    assert (0, 0, 0, 0) == left(desk, address)
    assert 0 == list_erasing.erase(desk.store, desk.home, [])


async def test_questions_and_cases_that_are_erased_leave_the_keys_of_lists(desk, signed_in):
    """What is not due stays to be opened."""
    address = await kept(signed_in)
    erasing.erase_due(desk.store, 1, files_of(desk, desk.clock()))
    assert lists.kept_for_whoever(desk.store, address.split("/")[-1])
