"""What of an agency's screenings an officer may see: their own, or as a supervisor every one.

Lists of the desk are none of them. There a case says who reads them, and a second person's word, a
closed case and the supervisors' page hold for them; a token knows of none of these.
"""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Final

from fedquery.ask.client import Client
from fedquery.ask.screening.files import no_such_screening
from fedquery.ask.screening.values import KeptScreening, Row
from fedquery.errors import FedqueryError
from fedquery.gateway.bearer import Bearer
from fedquery.gateway.screening_answers import end_line, row_line

_ROWS_AT_ONCE: Final = 256


async def seen(client: Client, screening_id: str, bearer: Bearer) -> KeptScreening:
    """Find a screening for somebody who may see it.

    Args:
        client: the agency's client.
        screening_id: the screening.
        bearer: who looks for it.

    Raises:
        NotFoundError: if there is none of this id, it is of the desk, or it is another officer's
            and the bearer no supervisor: which of them is not told.
        FedqueryError: to a supervisor, why it cannot be read.
    """
    try:
        kept = await asyncio.to_thread(client.kept_screening, screening_id)
    except FedqueryError:
        if bearer.is_supervisor:
            raise
        # Whose it is cannot be read, so nothing of it is told.
        raise no_such_screening() from None
    if not is_seen(kept, bearer):
        raise no_such_screening()
    return kept


def is_seen(kept: KeptScreening, bearer: Bearer) -> bool:
    """Tell whether somebody may see a screening."""
    return not kept.at_desk and bearer.asked_by in {None, kept.officer}


async def lines(
    client: Client, screening_id: str, bearer: Bearer, start: int, *, hits_alone: bool
) -> AsyncIterator[bytes]:
    """Write a line for each place of a screening, as it stands now, and a last one.

    Args:
        client: the agency's client.
        screening_id: the screening.
        bearer: who reads it.
        start: the first place.
        hits_alone: whether places without a hit are left out.

    Raises:
        NotFoundError: as `seen`.
    """
    await seen(client, screening_id, bearer)
    look = await asyncio.to_thread(client.look_at_screening, screening_id)
    with contextlib.closing(look):
        rows = look.rows(start)
        while some := await asyncio.to_thread(list, itertools.islice(rows, _ROWS_AT_ONCE)):
            for row in some:
                if not hits_alone or _is_hit(row):
                    yield row_line(row)
        yield end_line(look.kept)


def _is_hit(row: Row) -> bool:
    return any(outcome.word == "hit" for outcome in row.outcomes)
