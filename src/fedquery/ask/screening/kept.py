"""What is known of a screening on the disk and from there, and what of it can be claimed."""

import contextlib
import re
import sqlite3
from collections.abc import Callable
from typing import Any

from fedquery.ask.home import AskHome
from fedquery.ask.screening.board import LOST, NOT_ASKED, Board, DatasetBoard
from fedquery.ask.screening.files import job_ids
from fedquery.ask.screening.job import ANSWERED, Job, Question
from fedquery.ask.screening.listed import Listed
from fedquery.ask.screening.packing import unpack_came
from fedquery.ask.screening.values import KeptScreening
from fedquery.ask.store import Hit, dump_outcomes, load_outcomes, no_such_hit
from fedquery.errors import FedqueryError, InputError
from fedquery.psi.bucket import TAG_LENGTH
from fedquery.psi.tag import CLAIM_TOKEN_LENGTH

_ONLY_LOST = bytes(state if state == LOST else NOT_ASKED for state in range(256))
_CLAIM = re.compile(r"([0-9a-f]{16})-([0-9]{1,10})-([0-9]{1,10})")


def load_board(job: Job) -> Board:
    """Read what is known of a list.

    Raises:
        InputError: if the list was not read to its end.
    """
    board = Board(Listed.of(job))
    for nation, found in (job.read_fact("board") or {}).items():
        if found["unasked"]:
            (board.unasked[nation],) = load_outcomes(found["unasked"])
        board.datasets[nation] = {
            dataset: _dataset(board, nation, dataset, kept)
            for dataset, kept in found["datasets"].items()
        }
    rows = job.connection.execute(
        "SELECT number, nation, dataset, version FROM question WHERE state = ? ORDER BY number",
        (ANSWERED,),
    ).fetchall()
    for question in map(Question._make, rows):
        (sealed,) = job.connection.execute(
            "SELECT came FROM question WHERE number = ?", (question.number,)
        ).fetchone()
        came = unpack_came(job.unseal_answer(sealed, question, ANSWERED))
        board.take(question.nation, question.dataset, question.number, came)
    return board


def keep_board(job: Job, board: Board) -> None:
    """Keep whom a list is asked of and what stopped them, in the caller's transaction."""
    kept = {}
    for nation, boards in board.datasets.items():
        unasked = board.unasked.get(nation)
        datasets = {}
        for name, one in boards.items():
            stopped = dump_outcomes([one.stopped]) if one.stopped is not None else ""
            datasets[name] = {"kind": one.kind, "asks": one.asks, "stopped": stopped}
            # All else is read from the questions. What is not lost any more is not read as it.
            lost = one.states.translate(_ONLY_LOST) if LOST in one.states else b""
            job.write_part(f"lost {nation} {name}", 0, bytes(lost))
        kept[nation] = {
            "unasked": dump_outcomes([unasked]) if unasked is not None else "",
            "datasets": datasets,
        }
    job.write_fact("board", kept)


def _dataset(board: Board, nation: str, dataset: str, kept: dict[str, Any]) -> DatasetBoard:
    made = DatasetBoard.empty(nation, dataset, kept["kind"], board.listed.forms)
    made.asks = kept["asks"]
    if kept["stopped"]:
        (made.stopped,) = load_outcomes(kept["stopped"])
    lost = board.listed.job.read_part(f"lost {nation} {dataset}", 0)
    if lost:
        made.states = bytearray(lost)
    return made


def find_hit(
    home: AskHome, claim_id: str, random: Callable[[int], bytes], *, at_desk: bool = True
) -> Hit | None:
    """Find what is needed to claim a hit of a screening; None where the id is not of one.

    Args:
        home: the home of the agency.
        claim_id: from an outcome.
        random: the random source.
        at_desk: whether hits of the desk's lists are found too.

    Raises:
        NotFoundError: if there is no such screening, or no such hit in it.
    """
    match = _CLAIM.fullmatch(claim_id)
    if match is None:
        return None
    job = Job.open(home, match[1], random, alone=False)
    try:
        # Who may act on a list of the desk, its case says, and the desk alone looks at that.
        if not at_desk and facts_of(job).at_desk:
            raise no_such_hit()
        row = job.connection.execute(
            "SELECT number, nation, dataset, version, came FROM question"
            " WHERE number = ? AND state = ?",
            (int(match[2]), ANSWERED),
        ).fetchone()
        claims = question = None
        if row is not None:
            question = Question(*row[:4])
            claims = unpack_came(job.unseal_answer(row[4], question, ANSWERED)).claims
    finally:
        job.close()
    form = int(match[3])
    if question is None or claims is None or form not in claims.forms:
        raise no_such_hit()
    at = claims.forms.index(form)
    return Hit(
        claim_id=claim_id,
        lookup_id=match[1],
        nation=question.nation,
        dataset=question.dataset,
        version=question.version,
        tag=claims.tags[TAG_LENGTH * at :][:TAG_LENGTH],
        token=claims.tokens[CLAIM_TOKEN_LENGTH * at :][:CLAIM_TOKEN_LENGTH],
        statement=claims.statement,
        request_digest=claims.request_digest,
        until_ms=claims.until_ms,
    )


def facts_of(job: Job) -> KeptScreening:
    """Say what a screening is about and how far it is.

    Raises:
        InputError: if it was hardly begun.
    """
    asked = job.read_fact("asked")
    counts = job.read_fact("list") or {"places": 0, "subjects": 0}
    if asked is None:
        raise InputError("this screening was hardly begun, and nothing was asked", do="Erase it.")
    return KeptScreening(
        job_id=job.job_id,
        created_ms=job.read_fact("created_ms"),
        state=job.read_fact("state"),
        identifiers=counts["places"],
        distinct=counts["subjects"],
        case_number=asked["case"]["number"],
        purpose=asked["case"]["purpose"],
        nations=tuple(asked["nations"]),
        officer=asked["case"]["officer"],
        at_desk=asked.get("at_desk", False),
    )


def kept_screening(home: AskHome, job_id: str, random: Callable[[int], bytes]) -> KeptScreening:
    """Say what one screening of a home is about.

    Raises:
        NotFoundError: if there is none of this id.
        InputError: if it was hardly begun.
        ConfigError, ProofError: if its file cannot be used.
    """
    job = Job.open(home, job_id, random, alone=False)
    try:
        return facts_of(job)
    finally:
        job.close()


def kept_screenings(home: AskHome, random: Callable[[int], bytes]) -> list[KeptScreening]:
    """List the screenings of a home, the newest first; a damaged one is left out."""
    found = []
    for job_id in job_ids(home):
        try:
            job = Job.open(home, job_id, random, alone=False)
        except FedqueryError:
            continue
        try:
            with contextlib.suppress(FedqueryError, sqlite3.Error):
                found.append(facts_of(job))
        finally:
            job.close()
    return sorted(found, key=lambda one: one.created_ms, reverse=True)
