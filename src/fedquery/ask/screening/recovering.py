"""What an earlier run has left on the disk: questions under way, unsearched answers, buckets."""

import sqlite3
from collections.abc import Iterator

from fedquery.ask.screening import packing
from fedquery.ask.screening.job import EVALUATED, SENT, Job, Question
from fedquery.ask.screening.questions import Unsearched
from fedquery.psi.publication import Publication
from fedquery.storage.transaction import transaction


def last_number(job: Job) -> int:
    """Give the highest number of a question."""
    (found,) = job.connection.execute("SELECT coalesce(max(number), 0) FROM question").fetchone()
    return int(found)


def sent(job: Job, nation: str, dataset: str) -> list[tuple[int, int, int]]:
    """List the questions to a dataset that may be under way: number, version and expiry."""
    return job.connection.execute(
        "SELECT number, version, expires_ms FROM question"
        " WHERE nation = ? AND dataset = ? AND state = ? ORDER BY number",
        (nation, dataset, SENT),
    ).fetchall()


def under_way(job: Job, number: int) -> bytes:
    """Read a question that may be under way."""
    (sealed,) = job.connection.execute(
        "SELECT under_way FROM question WHERE number = ?", (number,)
    ).fetchone()
    return job.unseal(f"question {number}", sealed)


def unsearched(job: Job, nation: str, dataset: str) -> Iterator[tuple[int, int, Unsearched]]:
    """Give the answered questions to a dataset that are still to be searched."""
    rows = job.connection.execute(
        "SELECT number, version, came FROM question WHERE nation = ? AND dataset = ? AND state = ?",
        (nation, dataset, EVALUATED),
    ).fetchall()
    for number, version, sealed in rows:
        question = Question(number, nation, dataset, version)
        octets = job.unseal_answer(sealed, question, EVALUATED)
        yield number, version, packing.unpack_unsearched(octets)


def held(log: sqlite3.Connection, publication: Publication) -> set[int]:
    """List the buckets of a version that are held."""
    rows = log.execute(
        "SELECT number FROM bucket WHERE nation = ? AND dataset = ? AND version = ?",
        (publication.nation, publication.dataset, publication.version),
    )
    return {row[0] for row in rows}


def buckets(log: sqlite3.Connection, publication: Publication) -> Iterator[tuple[int, bytes]]:
    """Read the buckets of a version that are held; older versions are forgotten."""
    key = (publication.nation, publication.dataset, publication.version)
    with transaction(log):
        log.execute("DELETE FROM bucket WHERE nation = ? AND dataset = ? AND version < ?", key)
    yield from log.execute(
        "SELECT number, tags FROM bucket WHERE nation = ? AND dataset = ? AND version = ?", key
    )
