"""What earlier screenings of the same case know of the same version: it is not asked again.

A case alone, and not the agency: what was asked for one case is not looked up for another one of
which the holder knows nothing. And only what was asked by the spelling rules of today: by others
the same form may have been written otherwise, or have stood for several things.
"""

import sqlite3
from array import array
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Final

from fedquery.ask.screening.board import NOT_ASKED, DatasetBoard
from fedquery.ask.screening.files import job_ids, path_of
from fedquery.ask.screening.job import ANSWERED, Job, Question
from fedquery.ask.screening.keeping import Keeper
from fedquery.ask.screening.packing import unpack_came
from fedquery.ask.screening.planning import Planner
from fedquery.ask.screening.questions import Came, Claims
from fedquery.ask.screening.targets import Target
from fedquery.errors import FedqueryError
from fedquery.identifiers import kinds
from fedquery.psi.bucket import TAG_LENGTH
from fedquery.psi.tag import CLAIM_TOKEN_LENGTH
from fedquery.storage.transaction import transaction

# What a holder is told of the case; another officer or justification is another question.
_TOLD: Final = (
    "number",
    "purpose",
    "offence",
    "maximum_penalty_years",
    "opened_ms",
    "transnational",
    "person_role",
    "aim",
    "officer",
    "justification",
)


def adopt(planner: Planner, keeper: Keeper, target: Target) -> None:
    """Take over what earlier screenings of this case know of a version.

    Args:
        planner: plans this screening.
        keeper: keeps it.
        target: the dataset.
    """
    if NOT_ASKED not in target.board.states:
        return
    home = keeper.home
    told = {name: asdict(planner.case)[name] for name in _TOLD}
    for job_id in job_ids(home):
        if job_id == keeper.job.job_id:
            continue
        try:
            earlier = Job.open(home, job_id, keeper.random, alone=False)
        except FedqueryError:
            continue
        try:
            found, same = _known_to(earlier, keeper, target, told)
        # One that is damaged, copied from elsewhere or erased meanwhile is of no use, and no harm.
        except (FedqueryError, sqlite3.Error):
            continue
        finally:
            earlier.close()
        _take(planner, keeper, target, found, same)


def _known_to(
    earlier: Job, keeper: Keeper, target: Target, told: dict[str, object]
) -> tuple[list[Came], dict[int, int]]:
    """Read what an earlier screening knows of a version, and which of its forms are in this one."""
    publication, board = target.publication, target.board
    asked, counts = earlier.read_fact("asked"), earlier.read_fact("list")
    if asked is None or {name: asked["case"][name] for name in _TOLD} != told:
        return [], {}
    if counts is None or counts["rules"].get(board.kind) != kinds()[board.kind].rules.name:
        return [], {}
    rows = earlier.connection.execute(
        "SELECT number, came FROM question"
        " WHERE nation = ? AND dataset = ? AND version = ? AND state = ?",
        (board.nation, board.dataset, publication.version, ANSWERED),
    ).fetchall()
    found = []
    for number, sealed in rows:
        question = Question(number, *board.name, publication.version)
        came = unpack_came(earlier.unseal_answer(sealed, question, ANSWERED))
        if came.said.of(publication):
            found.append(came)
    return found, _same_forms(earlier, keeper) if found else {}


def _take(
    planner: Planner, keeper: Keeper, target: Target, found: Iterable[Came], same: dict[int, int]
) -> None:
    publication, board = target.publication, target.board
    late = planner.late(publication)
    with transaction(keeper.job.connection):
        for came in found:
            # Its age is judged now (protocol.md 4).
            taken = _renumbered(came, same, board, late=late)
            if taken.forms:
                kept = keeper.keep_adopted(board, publication.version, taken)
                planner.board.take(board.nation, board.dataset, kept, taken)


def _same_forms(earlier: Job, keeper: Keeper) -> dict[int, int]:
    """Say which form of an earlier list is which of this one."""
    connection = keeper.job.connection
    path = path_of(keeper.home, earlier.job_id)
    connection.execute("ATTACH DATABASE ? AS earlier", (f"{path.absolute().as_uri()}?mode=ro",))
    try:
        return dict(
            connection.execute(
                "SELECT old.number, new.number FROM earlier.form AS old"
                " JOIN main.form AS new USING (mark)"
            )
        )
    finally:
        connection.execute("DETACH DATABASE earlier")


def _renumbered(came: Came, same: dict[int, int], board: DatasetBoard, *, late: bool) -> Came:
    pairs = [
        (same[form], state)
        for form, state in zip(came.forms, came.states, strict=True)
        if form in same and board.states[same[form]] == NOT_ASKED
    ]
    claims = came.claims
    if claims is not None:
        found = [at for at, form in enumerate(claims.forms) if form in same]
        claims = Claims(
            array("I", (same[claims.forms[at]] for at in found)),
            b"".join(claims.tags[TAG_LENGTH * at :][:TAG_LENGTH] for at in found),
            b"".join(claims.tokens[CLAIM_TOKEN_LENGTH * at :][:CLAIM_TOKEN_LENGTH] for at in found),
            claims.statement,
            claims.request_digest,
            claims.until_ms,
        )
    return Came(
        replace(came.said, late=late),
        array("I", (form for form, _ in pairs)),
        bytes(state for _, state in pairs),
        claims,
    )
