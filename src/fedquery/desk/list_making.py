"""Keeping a list that was made: read into the agency's screenings, and its costs computed.

Nothing is asked. A list that cannot be kept whole leaves nothing behind.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from fedquery.ask.case import Case
from fedquery.ask.lists.kept_lines import keep_lines
from fedquery.ask.screening.screening import Screening
from fedquery.desk import cases, lists
from fedquery.desk.draft_case import CaseToAskIn, case_to_ask_in
from fedquery.desk.drafts import Draft
from fedquery.desk.form_bodies import Upload
from fedquery.desk.kept_case import NewCase
from fedquery.desk.kept_list import NewList
from fedquery.desk.list_digest import digest_of
from fedquery.desk.list_drafts import ListDraft
from fedquery.desk.list_reading import Reading, ReadList, read_file
from fedquery.desk.list_running import Lists
from fedquery.desk.service import Desk
from fedquery.desk.sessions import Visitor
from fedquery.desk.store import new_id
from fedquery.errors import FedqueryError, InputError


def begun(
    desk: Desk,
    visitor: Visitor,
    reading: Reading,
    *,
    file: Upload | None = None,
    case_id: str = "",
    question: Draft | None = None,
) -> str:
    """Begin a list, and say where it is looked at.

    Args:
        desk: the desk.
        visitor: who makes it.
        reading: how it was read.
        file: what it was read from, where it can be read anew.
        case_id: the case, or "".
        question: the question that it was to be, with its nations and facts.
    """
    new = Draft(
        draft_id=new_id(desk.random),
        session=visitor.session_id_hash,
        begun_ms=desk.clock(),
        case_id=case_id if question is None else question.case_id,
    )
    if question is not None:
        new = replace(new, nations=question.nations, fields=question.fields)
    draft = desk.list_drafts.begin(ListDraft(question=new, file=file, reading=reading))
    return f"/desk/lists/new/{draft.draft_id}"


async def read_again(desk: Desk, draft: ListDraft, column: int | None, kind: str) -> ListDraft:
    """Read the file of a draft as another column or kind.

    Raises:
        FedqueryError: as `list_reading.read_file`.
    """
    if draft.file is None:
        return draft
    reading = await read_upload(desk, draft.file, column, kind)
    return replace(draft, reading=reading)


async def read_upload(desk: Desk, file: Upload, column: int | None, kind: str) -> Reading:
    """Read a file apart from the pages: a long one must not hold those of others.

    Raises:
        FedqueryError: as `list_reading.read_file`.
    """
    settings = desk.home.settings
    region = settings.region or settings.nation
    return await desk.apart(read_file, file.name, file.octets, region, column, kind)


async def keep_once(lists_of_desk: Lists, visitor: Visitor, draft: ListDraft) -> str:
    """Keep a draft as a list, and give its id; a form that comes twice makes one list.

    Args:
        lists_of_desk: the lists of the desk.
        visitor: who makes it.
        draft: the draft, read.

    Raises:
        FaultsError, CaseError, NotThereError: if its case cannot be asked in.
        FedqueryError: as `Screening.prepare`.
    """
    desk = lists_of_desk.desk
    keeping = desk.list_drafts.keeping(draft.draft_id)
    if keeping is None:
        # Before anything is kept: what is wrong with the case is said beside its fields.
        in_case = case_to_ask_in(desk, visitor, draft.question)
        keeping = asyncio.get_running_loop().create_future()
        desk.list_drafts.keep(draft.draft_id, keeping)
        # It goes on where the browser is gone.
        desk.spawn(_into(keeping, _kept(lists_of_desk, visitor, draft, in_case)))
    await asyncio.wait([keeping])
    if keeping.exception() is not None:
        desk.list_drafts.give_up(draft.draft_id)
    return keeping.result()


async def _into(keeping: "asyncio.Future[str]", work: Coroutine[Any, Any, str]) -> None:
    try:
        keeping.set_result(await work)
    except Exception as error:  # noqa: BLE001 -- a full disk, and a fault, are for whoever waits for it
        keeping.set_exception(error)
    finally:
        if not keeping.done():
            keeping.cancel()


async def _kept(
    lists_of_desk: Lists, visitor: Visitor, draft: ListDraft, in_case: CaseToAskIn
) -> str:
    desk, found = lists_of_desk.desk, draft.reading.found
    if found is None:
        raise InputError("nobody has said which column is meant")
    case = in_case.facts.case_of(in_case.number, visitor.name)
    nations = tuple(desk.client.choose(draft.question.nations))
    screening = desk.client.screen(found.identifiers, case, nations=nations, at_desk=True)
    is_kept = False
    try:
        cost = await screening.prepare()
        await asyncio.to_thread(keep_lines, desk.home, screening.job_id, found.lines)
        digest = await asyncio.to_thread(_digest, found, case, nations)
        kept = in_case.kept
        if kept is None:
            new_case = NewCase(number=in_case.number, facts=in_case.facts)
            kept = cases.begin(desk.store, visitor, new_case, desk.clock())
        new = NewList(
            list_id=screening.job_id,
            case_id=kept.case_id,
            account_id=visitor.account_id,
            facts=in_case.facts,
            nations=nations,
            places=len(found.identifiers),
            distinct=found.distinct,
            unread=found.lines.unread_count,
            kinds=found.kinds,
            digest=digest,
        )
        lists.keep(desk.store, new, desk.clock())
        is_kept = True
        lists_of_desk.remember_cost(new.list_id, cost)
        return new.list_id
    finally:
        await screening.aclose()
        if not is_kept:
            _erase(desk, screening)


def _digest(found: ReadList, case: Case, nations: tuple[str, ...]) -> bytes:
    return digest_of((one.encode() for one in found.identifiers), case, nations)


def _erase(desk: Desk, screening: Screening) -> None:
    # Where the list could not be opened there is nothing to erase.
    with contextlib.suppress(FedqueryError):
        desk.client.erase_screening(screening.job_id)
