"""Serve: lock the directory, check the log, take all into force, answer until told to stop."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from fedquery.config import logs
from fedquery.config.service import run_service, say_ready, wall_clock
from fedquery.oprf.group import default_group
from fedquery.storage import log_check, log_fork
from fedquery.storage.database import DirectoryLock
from fedquery.storage.writer import Writer
from fedquery.transport.admission import Admission
from fedquery.transport.node_server import NodeServer
from fedquery.transport.tls import ServerCertificates, TlsFiles
from fedquery_node import schema
from fedquery_node.home import open_home
from fedquery_node.leftovers import remove_leftovers_at_start
from fedquery_node.service import NodeService
from fedquery_node.upkeep import Upkeep

LOCK: Final = "serve.lock"
_TICK_S: Final = 0.5
_GRACE_S: Final = 5.0

Clock = Callable[[], int]


def run(home: Path) -> int:
    """Serve until SIGTERM or SIGINT; the `serve` command.

    Raises:
        ConfigError, StorageError, BusyError: if the node cannot start.
    """
    return run_service(
        lambda stop: serve(
            home, clock=wall_clock, random=secrets.token_bytes, ready=say_ready, stop=stop
        )
    )


async def serve(
    path: Path,
    *,
    clock: Clock,
    random: Callable[[int], bytes],
    ready: Callable[[int], None],
    stop: asyncio.Event,
) -> None:
    """Serve the node of a data directory.

    Args:
        path: the data directory.
        clock: the time in ms.
        random: the random source.
        ready: is told the port once calls are answered.
        stop: ends the service.

    Raises:
        BusyError: if another process serves it.
        ConfigError: if something of it is missing or wrong.
        LogForkedError: if its log went back or forked.
        StorageError, ConsistencyError, SignatureError: if its log is not whole.
    """
    with DirectoryLock(path, LOCK), contextlib.ExitStack() as stack:
        home = open_home(path)
        upkeep_connection = stack.enter_context(contextlib.closing(schema.connect(path)))
        # A log that does not fit what it signed before, or itself, is not added to.
        if log_fork.put_aside_if_mended(path, home.log, upkeep_connection):
            logs.event("log-mended")
        log_fork.require_one_history(path, upkeep_connection)
        log_check.verify(home.log, upkeep_connection, home.log_signer.verifier_key)
        remove_leftovers_at_start(upkeep_connection, path, home.keys)
        upkeep = Upkeep(home, upkeep_connection, random)
        force = upkeep.start(clock())
        # The same file, which was looked through just now.
        reader = stack.enter_context(contextlib.closing(schema.connect(path, checked=False)))
        writing = schema.connect(path, checked=False)
        writer = stack.enter_context(contextlib.closing(Writer(writing)))
        executor = stack.enter_context(ThreadPoolExecutor(home.settings.workers))
        service = NodeService(home, writer, reader, executor, clock, random, force)
        logs.event("computes", backend=default_group().name)
        await _serve(service, upkeep, clock, ready, stop)


async def _serve(
    service: NodeService,
    upkeep: Upkeep,
    clock: Clock,
    ready: Callable[[int], None],
    stop: asyncio.Event,
) -> None:
    home = service.home
    admission = Admission(service.in_force.members.peer_rules)
    files = TlsFiles(home.keys.tls / "node.crt", home.keys.tls / "node.key")
    server = NodeServer(service, ServerCertificates(files, admission.authorities, clock), admission)
    port = await server.start(home.settings.listen)
    ready(port)
    # A thread of its own: what it waits for must not hold up evaluations.
    with ThreadPoolExecutor(1) as thread:
        try:
            while not stop.is_set():
                await service.turns.pause(stop, _TICK_S)
                waiting = service.turns.begin()
                try:
                    await _refresh(service, upkeep, admission, thread, cosigned=bool(waiting))
                finally:
                    service.turns.end(waiting)
        finally:
            await server.stop(_GRACE_S)
            if not service.witnessing.forked:
                await asyncio.get_running_loop().run_in_executor(thread, upkeep.finish, clock())


async def _refresh(
    service: NodeService,
    upkeep: Upkeep,
    admission: Admission,
    thread: ThreadPoolExecutor,
    *,
    cosigned: bool,
) -> None:
    # Whatever would be signed from here on contradicts what others have.
    if service.witnessing.forked:
        return
    loop = asyncio.get_running_loop()
    refresh = partial(upkeep.refresh, service.in_force, service.clock(), cosigned=cosigned)
    try:
        force = await loop.run_in_executor(thread, refresh)
    except Exception as error:  # noqa: BLE001 -- a fault beside the questions must not end them
        # The disk may come back; until then what was in force stays, and questions that cannot be
        # logged are refused one by one.
        logs.fault("upkeep-fault", error)
        return
    if force.members is not service.in_force.members:
        admission.replace(force.members.peer_rules)
    service.in_force = force
    try:
        await loop.run_in_executor(thread, upkeep.take_back)
    except Exception as error:  # noqa: BLE001 -- as above
        logs.fault("upkeep-fault", error)
