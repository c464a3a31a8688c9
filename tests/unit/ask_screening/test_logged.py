"""A list is in the agency's log before it leaves, with what came of it, for the auditor to read."""

import contextlib
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.ask.test_asker_log import AUDITOR, CASE, digests, entries, opened_detail, watched
from unit.ask_screening.test_asking import screening
from unit.psi.holding import identifier

from fedquery.ask.screening.files import path_of
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.identifiers import decode
from fedquery.seal.auditor import AuditorKey

_NUMBERS = range(30, 51)


@pytest.fixture
def session(tmp_path, vn):
    """Make the session of an agency that has an auditor's key."""
    opened = made.asker(tmp_path / "asker", vn)
    opened.home = replace(opened.home, auditor=AuditorKey("TH", AUDITOR.public_key))
    with contextlib.closing(opened.connection):
        yield opened


@pytest.fixture
def listed():
    """Make the identifiers of a list."""
    return [decode(identifier(number)) for number in _NUMBERS]


async def test_each_question_is_in_the_log_before_it_leaves(session, listed):
    """As of lookups: what is committed when something leaves has its digest."""
    seen = []
    watched(session, seen)
    async with screening(session, listed, CASE) as one:
        await one.run()
    for digest, logged in zip(digests(session), seen, strict=True):
        assert digest in logged


async def test_each_question_has_one_end_with_its_hits(session, listed):
    """Also the one that brought the buckets, whose hits are known after it."""
    async with screening(session, listed, CASE) as one:
        await one.run()
    asked, ends = entries(session, AskedEntry), entries(session, ConcludedEntry)
    assert sorted(one.request_digest for one in asked) == sorted(one.request_digest for one in ends)
    assert {one.outcome for one in ends} == {"answered"}
    assert sum(one.hits for one in ends) == 10
    assert sum(one.size_class for one in asked) == len(_NUMBERS)


async def test_the_auditor_reads_what_was_looked_up(session, listed):
    """Every identifier once, with the case's own number and the officer."""
    async with screening(session, listed, CASE) as one:
        await one.run()
    index, told = 0, []
    log = session.home.log
    for index, octets in enumerate(
        log.entries(session.connection, 0, log.size(session.connection))
    ):
        if b'"type":"asked"' in octets:
            opened = opened_detail(session, index, AskedEntry.decode(octets))
            assert (opened["case"], opened["officer"]) == ("2026/117", "officer 7")
            told += opened["identifiers"]
    assert sorted(one["text"] for one in told) == sorted(one.canonical for one in listed)
    assert index > 0


async def test_no_identifier_case_or_officer_is_in_a_file_of_the_home(session, listed):
    """Not in the databases, nor beside them, nor in receipts, while it runs and after."""
    needles = [text.encode() for text in ("66855500", "2026/117", "officer 7")]

    def search():
        files = [path for path in session.home.path.rglob("*") if path.is_file()]
        return [path.name for path in files for one in needles if one in path.read_bytes()]

    found = []
    async with screening(session, listed, CASE) as one:
        await one.run(lambda _progress: found.extend(search()))
        assert path_of(session.home, one.job_id).exists()
        found += search()
        # The search finds what is planted.
        (session.home.path / "planted").write_bytes(needles[0])
        assert search() == ["planted"]
    assert found == []
