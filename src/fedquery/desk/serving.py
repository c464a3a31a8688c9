"""Open the desk of an agency beside its client, and close it again."""

import contextlib
from collections.abc import AsyncIterator, Callable

from fedquery.ask.client import Client
from fedquery.desk import interrupted_lists, questions
from fedquery.desk.catalogue import Catalogues
from fedquery.desk.passwords import recommended_hasher
from fedquery.desk.service import Desk
from fedquery.desk.static_files import StaticFiles
from fedquery.desk.store import DeskStore
from fedquery.desk.tending import tend_until_it_ends
from fedquery.storage.database import DirectoryLock


@contextlib.asynccontextmanager
async def opened_desk(
    client: Client,
    names: frozenset[str],
    *,
    clock: Callable[[], int],
    random: Callable[[int], bytes],
) -> AsyncIterator[Desk]:
    """Open the desk of a client's home for a block.

    Args:
        client: the open client.
        names: the hosts under which it is served, without ports.
        clock: the time in ms.
        random: the random source.

    Raises:
        ConfigError: if the home has no desk, or it is not in order.
        BusyError: if another process serves it: what one has under way the other would end.
    """
    home = client.home.path
    with contextlib.closing(DirectoryLock(home, "desk.lock")):
        store = DeskStore.open(home, random)
        # What another run was asking when it ended: nobody writes its answers down any more. A full
        # disk, on which it may have ended, keeps nobody from reading what there is.
        questions.end_unfinished(store)
        interrupted_lists.stop_unfinished(store)
        desk = Desk(
            client=client,
            store=store,
            clock=clock,
            catalogues=Catalogues.read(),
            static=StaticFiles.read(),
            hasher=recommended_hasher(),
            names=names,
        )
        desk.spawn(tend_until_it_ends(desk))
        try:
            yield desk
        finally:
            await desk.aclose()
            questions.write_held(store)
            interrupted_lists.note_held(store)
            store.connection.close()
