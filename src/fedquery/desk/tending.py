"""What a desk does by itself every few seconds: it forgets drafts, and catches up with a disk."""

import asyncio
from typing import Final

from fedquery.config import logs
from fedquery.desk import interrupted_lists, questions, sessions
from fedquery.desk.service import Desk

EVERY_S: Final = 5.0


async def tend_until_it_ends(desk: Desk) -> None:
    """Tend a desk until this is cancelled."""
    while True:
        try:
            tend(desk)
        except Exception as error:  # noqa: BLE001 -- nobody awaits this task; the next turn may do it
            logs.fault("desk-tending", error)
        await asyncio.sleep(EVERY_S)


def tend(desk: Desk) -> None:
    """Do what is to be done now."""
    questions.write_held(desk.store)
    interrupted_lists.note_held(desk.store)
    desk.ended.remove(desk.connection)
    living = sessions.living(desk.connection, desk.clock())
    here = {mark for mark, one in living.items() if one not in desk.ended}
    desk.drafts.keep(here)
    desk.list_drafts.keep_of(here)
