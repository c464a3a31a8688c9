"""Reports out of a kept screening alone: nobody is asked, no case and no coordinator is needed."""

import asyncio
import contextlib
import csv
import json

import click
import pytest
from unit.ask import nation as made
from unit.ask_screening.test_asking import screening
from unit.ask_screening.test_changes import refusing
from unit.cli_screening.test_asking import how
from unit.psi.holding import identifier

from fedquery.ask import Client
from fedquery.ask.cards import Cards
from fedquery.ask.case import Case
from fedquery.ask.lists.kept_lines import keep_lines
from fedquery.ask.lists.lines import Lines
from fedquery.ask.session import Session
from fedquery.cli.commands import cli
from fedquery.cli.screening.asking import ask_rest
from fedquery.cli.screening.wanted import require_report
from fedquery.config.command_line import run
from fedquery.errors import PeerError
from fedquery.identifiers import decode

NUMBERS = (5, 900, 6)
CASE = Case(number="F-1", purpose="fraud", maximum_penalty_years=10, opened_ms=made.NOW_MS - 1000)
FOUND = [("2", "hit", ""), ("3", "not asked", "a reason"), ("4", "no hit", ""), ("6", "hit", "")]


@pytest.fixture
def nation():
    """Make a nation that may be told to refuse."""
    return made.honest()


@pytest.fixture
def job(tmp_path, nation, monkeypatch):
    """Give a way to run a list, after which neither coordinators nor cases can be used."""

    def make():
        session = made.asker(tmp_path / "asker", nation)

        async def asked():
            listed = [decode(identifier(number)) for number in NUMBERS]
            async with screening(session, listed, CASE) as one:
                await one.run()
                return one.job_id

        with contextlib.closing(session.connection):
            job_id = asyncio.run(asked())
        lines = Lines()
        lines.places.extend([2, 4, 6])
        lines.refuse(3, "a reason")
        keep_lines(session.home, job_id, lines)

        def gone(*_arguments, **_options):
            raise PeerError("nobody is there")

        monkeypatch.setattr(Session, "begin", gone)
        monkeypatch.setattr(Cards, "of", gone)
        return tmp_path / "asker", job_id

    return make


def rows_of(path):
    """Read a report."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["line"], row["outcome"], row["why"]) for row in csv.DictReader(file)]


def test_a_finished_screening_is_told_again_from_its_own_file(job, tmp_path, capsys):
    """By --resume and by its own command, with the exit code that it had."""
    home, job_id = job()
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert 3 == asyncio.run(ask_rest(Client.open(home), job_id, how(report=first)))
    assert "no hit" in capsys.readouterr().out
    arguments = ["--home", str(home), "screenings", "report", job_id, str(second), "--json"]
    assert 3 == run(cli, arguments, "fedquery")
    document = json.loads(capsys.readouterr().out)
    assert {"hit": 2, "unread": 1, "read": 3} == document["lines"]
    assert FOUND == rows_of(first) == rows_of(second)
    # What it would cost to go on is another question, for which others are asked.
    with pytest.raises(PeerError):
        asyncio.run(ask_rest(Client.open(home), job_id, how(dry_run=True)))


def test_one_that_is_not_finished_is_told_as_far_as_it_is_known(job, nation, tmp_path):
    """Going on with it needs coordinators; its report does not."""
    nation.lies.head = refusing("quota", after=1, retry_after_s=60)
    home, job_id = job()
    with pytest.raises(PeerError):
        asyncio.run(ask_rest(Client.open(home), job_id, how()))
    path = tmp_path / "so far.csv"
    arguments = ["--home", str(home), "screenings", "report", job_id, str(path)]
    assert 3 == run(cli, arguments, "fedquery")
    words = [word for _, word, _ in rows_of(path) if word != "not asked"]
    assert 0 < words.count("refused") < len(words) == len(NUMBERS)


def test_a_report_takes_no_place_and_says_what_is_not_there(job, tmp_path, capsys):
    """A file that is there stays without --force; an id that is not there is told."""
    home, job_id = job()
    path = tmp_path / "there.csv"
    path.write_bytes(b"mine")
    report = ["--home", str(home), "screenings", "report"]
    assert 2 == run(cli, [*report, job_id, str(path)], "fedquery")
    assert b"mine" == path.read_bytes()
    assert 3 == run(cli, [*report, job_id, str(path), "--force"], "fedquery")
    assert FOUND == rows_of(path)
    assert 65 == run(cli, [*report, "0" * 16, str(tmp_path / "x.csv")], "fedquery")
    assert "no screening of this id" in capsys.readouterr().err
    with pytest.raises(click.UsageError, match="must end in"):
        require_report(tmp_path / "x.doc", force=False)
