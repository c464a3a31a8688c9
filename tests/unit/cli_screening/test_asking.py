"""Asking about a list: agreed to before it begins, kept once it has begun, erased otherwise."""

import asyncio
import sys
from types import SimpleNamespace

import click
import pytest

from fedquery.ask.allowance import Exceeded
from fedquery.ask.lists import kept_lines
from fedquery.ask.lists.lines import Lines
from fedquery.ask.outcome import Outcome
from fedquery.ask.screening.values import Cost, ListRefusedError, NationCost, Row, Summary
from fedquery.cli.screening import asking
from fedquery.cli.screening.asking import ask_list, ask_rest
from fedquery.cli.screening.wanted import Asking
from fedquery.errors import InputError, PeerError
from fedquery.identifiers import parse

JOB = "00112233445566aa"
CASE = SimpleNamespace()
PHONE = parse("phone", "+84912000990").identifier


class Screening:
    """A screening of what it is given, which does as it is told."""

    def __init__(self, source, *, exceeded=(), fault=None, bad_list=None):
        self.source, self.fault, self.bad_list = source, fault, bad_list
        self.job_id, self.ran, self.closed = JOB, False, False
        self.exceeded = exceeded
        self.read = []

    async def prepare(self):
        """Read the list."""
        self.read = list(self.source)
        if self.bad_list is not None:
            raise self.bad_list
        count = len(self.read)
        nation = NationCost(nation="VN", exceeded=self.exceeded)
        return Cost(identifiers=count, distinct=count, nations=(nation,))

    async def run(self, on_progress):
        """Ask."""
        self.ran = True
        if self.fault is not None:
            raise self.fault
        return Summary(job_id=JOB, identifiers=len(self.read), distinct=1, nations=())

    def results(self):
        """Give a hit of each."""
        for place, one in enumerate(self.read):
            hit = Outcome(place=place, nation="VN", dataset="d", kind="phone", word="hit")
            yield Row(place=place, identifier=one, outcomes=(hit,))

    async def aclose(self):
        """Close."""
        self.closed = True

    async def __aenter__(self):
        """Hold it."""
        return self

    async def __aexit__(self, *_exc_info):
        """Close it."""
        await self.aclose()


class Client:
    """A client with one screening."""

    def __init__(self, path, **more):
        (path / "screenings").mkdir()
        self.home = SimpleNamespace(path=path, settings=SimpleNamespace(nation="TH"))
        self.more, self.erased, self.screening = more, [], None

    async def __aenter__(self):
        """Open."""
        return self

    async def __aexit__(self, *_exc_info):
        """Close."""

    def choose(self, nations):
        """Choose whom to ask."""
        if nations == ["XX"]:
            raise InputError("unknown")
        return ["VN"]

    def screen(self, source, case, **options):
        """Begin."""
        assert case is CASE
        self.screening = Screening(source, **self.more)
        return self.screening

    def kept_screening(self, job_id):
        """Say that it is not finished."""
        assert job_id == JOB
        return SimpleNamespace(state="under way")

    def resume_screening(self, job_id):
        """Go on."""
        self.screening = Screening([PHONE], **self.more)
        return self.screening

    def erase_screening(self, job_id):
        """Erase."""
        assert self.screening.closed, "a screening that is open is busy"
        self.erased.append(job_id)


def how(**more):
    """Say how to ask."""
    named = {"nations": None, "deadline_s": None, "padded": None, "report": None, "force": False}
    named |= {"dry_run": False, "yes": True, "show": False, "as_json": False}
    return Asking(**named | more)


def listed(count=2, unread=0):
    """Make a list and its lines, filled as if it was read."""
    lines = Lines()

    def read():
        for line in range(1, unread + 1):
            lines.refuse(line, "reason")
        for line in range(unread + 1, unread + count + 1):
            lines.places.append(line)
            yield PHONE

    return read(), lines


def ask(client, options, **of_list):
    """Ask about a list."""
    read, lines = listed(**of_list)
    return asyncio.run(ask_list(client, read, lines, CASE, options))


@pytest.fixture
def terminal(monkeypatch):
    """Have a person at the terminal, who says what is in the list."""
    said = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)

    def confirm(_text, *, abort, err):
        assert (abort, err) == (True, True)
        if not said.pop():
            raise click.Abort

    monkeypatch.setattr(asking.click, "confirm", confirm)
    return said


def test_what_was_begun_is_kept_with_its_lines(tmp_path, capsys):
    """The numbers of the lines stand beside it; the exit code tells of what was not read."""
    client = Client(tmp_path)
    assert 3 == ask(client, how(), unread=1)
    assert ([], True) == (client.erased, client.screening.closed)
    assert [2, 3] == list(kept_lines.lines_of(client.home, JOB, 2).places)
    # Of a list of another length, they are nobody's.
    assert kept_lines.lines_of(client.home, JOB, 3) is None
    told = capsys.readouterr()
    assert JOB in told.out
    assert "not read: 1 line: reason (line 1)" in told.err


def test_a_person_is_asked_and_may_say_no(tmp_path, terminal):
    """Then nothing of the list is kept."""
    client = Client(tmp_path)
    terminal.append(False)
    with pytest.raises(click.Abort):
        ask(client, how(yes=False))
    assert ([JOB], False) == (client.erased, client.screening.ran)
    terminal.append(True)
    assert 0 == ask(client, how(yes=False))


@pytest.mark.parametrize(
    ("more", "options", "of_list", "error"),
    [
        ({}, {"yes": False}, {}, click.UsageError),
        ({"exceeded": (Exceeded("day", 2, 1, None),)}, {}, {}, ListRefusedError),
        ({"bad_list": InputError("bad")}, {}, {}, InputError),
        ({"bad_list": PeerError("gone")}, {}, {}, PeerError),
        ({}, {}, {"count": 2, "unread": 3}, InputError),
    ],
)
def test_what_is_not_begun_is_erased(tmp_path, more, options, of_list, error):
    """Nobody to ask, a quota, a bad list, no coordinator, or most of it unread."""
    client = Client(tmp_path, **more)
    with pytest.raises(error):
        ask(client, how(**options), **of_list)
    assert ([JOB], False) == (client.erased, client.screening.ran)


def test_a_person_may_agree_to_the_rest_of_a_list(tmp_path, terminal):
    """Who sees how much was not read may go on."""
    terminal.append(True)
    assert 3 == ask(Client(tmp_path), how(yes=False), count=1, unread=3)


def test_a_dry_run_tells_and_erases(tmp_path):
    """With exit code 6 where a quota has no room."""
    client = Client(tmp_path)
    assert 0 == ask(client, how(dry_run=True))
    (tmp_path / "other").mkdir()
    exceeding = Client(tmp_path / "other", exceeded=(Exceeded("day", 2, 1, None),))
    assert 6 == ask(exceeding, how(dry_run=True))
    assert ([JOB], [JOB]) == (client.erased, exceeding.erased)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, PeerError("gone"), asyncio.CancelledError])
def test_what_is_stopped_is_kept_and_says_how_to_go_on(tmp_path, capsys, fault):
    """Whatever stopped it."""
    client = Client(tmp_path, fault=fault)
    with pytest.raises((KeyboardInterrupt, PeerError, asyncio.CancelledError)):
        ask(client, how())
    assert ([], True) == (client.erased, client.screening.closed)
    assert f"--resume {JOB}" in capsys.readouterr().err
    client.more = {}
    assert 0 == asyncio.run(ask_rest(client, JOB, how()))


def test_a_report_that_cannot_be_written_loses_nothing(tmp_path, capsys):
    """The screening is kept, and its report can be written again."""
    client = Client(tmp_path)
    path = tmp_path / "out.csv"
    path.touch()
    with pytest.raises(FileExistsError):
        ask(client, how(report=path))
    assert [] == client.erased
    assert f"fedquery screenings report {JOB} FILE" in capsys.readouterr().err
    assert 0 == asyncio.run(ask_rest(client, JOB, how(report=path, force=True)))
    assert PHONE.canonical.encode() in path.read_bytes()


def test_a_nation_that_is_unknown_is_a_wrong_option(tmp_path):
    """Before anything is read."""
    with pytest.raises(click.UsageError):
        ask(Client(tmp_path), how(nations=["XX"]))


def test_a_resumed_screening_asks_as_it_was_begun(tmp_path):
    """Another choice of nations would be another screening."""
    with pytest.raises(click.UsageError):
        asyncio.run(ask_rest(Client(tmp_path), JOB, how(nations=["VN"])))
