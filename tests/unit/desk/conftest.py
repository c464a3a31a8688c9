"""A desk in a directory, people who look at it, and what they ask."""

import random as pseudo
from contextlib import closing
from dataclasses import dataclass

import pytest

from fedquery.ask.outcome import Outcome
from fedquery.config.keyfile import make_private_directory
from fedquery.desk import cases, questions, schema
from fedquery.desk.asked import AskedIdentifier, NewQuestion
from fedquery.desk.belongings import Gone
from fedquery.desk.facts import Facts
from fedquery.desk.kept_case import NewCase
from fedquery.desk.store import DeskStore
from fedquery.identifiers import parse

NOW_MS = 1_800_000_000_000
FACTS = Facts(purpose="fraud", offence="telecom fraud", maximum_penalty_years=10, opened_ms=NOW_MS)
PHONE = "+66 81 234 5678"


@dataclass(frozen=True)
class NothingBeside:
    """An agency of which nothing lies beside its desk."""

    now_ms: int
    dry_run: bool = False

    def erase(self, _store, _cases, _questions, _known=None):
        """Erase nothing."""
        return Gone()


def beside(now_ms):
    """Say that nothing lies beside the desk, and what the time is."""
    return NothingBeside(now_ms)


@dataclass(frozen=True)
class Person:
    """Whoever looks at the desk."""

    account_id: str
    role: str


OWNER = Person("a" * 16, "officer")
MEMBER = Person("b" * 16, "officer")
OTHER = Person("c" * 16, "officer")
SUPERVISOR = Person("d" * 16, "supervisor")
AUDITOR = Person("e" * 16, "auditor")


@pytest.fixture
def octets():
    """Give a random source of a seed, which repeats nothing."""
    return pseudo.Random(8).randbytes  # noqa: S311 -- the same order each time


@pytest.fixture
def home(tmp_path, octets):
    """Make a home that has a desk and nothing else."""
    make_private_directory(tmp_path / "home" / "keys")
    (tmp_path / "home").chmod(0o700)
    schema.create(tmp_path / "home", octets)
    return tmp_path / "home"


@pytest.fixture
def store(home, octets):
    """Open the store of the desk."""
    opened = DeskStore.open(home, octets)
    with closing(opened.connection):
        yield opened


@pytest.fixture
def case(store):
    """Begin a case."""
    return cases.begin(store, OWNER, NewCase(number="FIR 12/2026", title="Call centre"), NOW_MS)


def asked(*typed, kind="phone"):
    """Read what was typed."""
    return tuple(AskedIdentifier.of(parse(kind, one).identifier, one) for one in typed)


def new_question(case, question_id="0" * 16, **other):
    """Say what is to be asked."""
    fields = {
        "question_id": question_id,
        "case_id": case.case_id,
        "account_id": OWNER.account_id,
        "asked": asked(PHONE),
        "nations": ("MM", "VN"),
        "facts": FACTS,
    }
    return NewQuestion(**{**fields, **other})


@pytest.fixture
def question(store, case):
    """Keep a question that is asked."""
    kept, _ = questions.begin(store, new_question(case), NOW_MS)
    return kept


def outcome(word="no hit", **other):
    """Make an outcome."""
    fields = {"place": 0, "nation": "VN", "dataset": "phones", "kind": "phone", "version": 1}
    return Outcome(**{**fields, "word": word, **other})
