"""Serve: lock the directory, check the log, open the links, relay until told to stop."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fedquery.config import logs
from fedquery.config.keyfile import make_private_directory
from fedquery.config.service import run_service, say_ready, wall_clock
from fedquery.errors import FedqueryError
from fedquery.storage import log_check, log_fork
from fedquery.storage.database import DirectoryLock
from fedquery.storage.writer import Writer
from fedquery.transport.http_server import ServerTls
from fedquery.transport.http_server import serve as serve_http
from fedquery_coordinator import members, schema
from fedquery_coordinator.home import open_home
from fedquery_coordinator.manifests import Manifests
from fedquery_coordinator.rates import Rates
from fedquery_coordinator.routes import LIMITS, make_coordinator_app
from fedquery_coordinator.service import CoordinatorService
from fedquery_coordinator.upkeep import Upkeep, checkpoint, in_force

LOCK: Final = "serve.lock"
_TICK_S: Final = 0.5
_FIRST_S: Final = 3.0

Clock = Callable[[], int]


def run(path: Path) -> int:
    """Serve until SIGTERM or SIGINT; the `serve` command.

    Raises:
        ConfigError, StorageError, BusyError: if the coordinator cannot start.
    """
    return run_service(lambda stop: serve(path, clock=wall_clock, ready=say_ready, stop=stop))


async def serve(
    path: Path, *, clock: Clock, ready: Callable[[int], None], stop: asyncio.Event
) -> None:
    """Serve the coordinator of a data directory.

    Args:
        path: the data directory.
        clock: the time in ms.
        ready: is told the port once queries are taken.
        stop: ends the service.

    Raises:
        BusyError: if another process serves it.
        ConfigError: if something of it is missing or wrong.
        StorageError, ConsistencyError, SignatureError: if its log is not whole.
    """
    with DirectoryLock(path, LOCK), contextlib.ExitStack() as stack:
        home = open_home(path)
        if home.settings.record_bytes_to is not None:
            make_private_directory(home.settings.record_bytes_to)
        reader = stack.enter_context(contextlib.closing(schema.connect(path)))
        # A log that does not fit what it signed before, or itself, is not added to.
        if log_fork.put_aside_if_mended(path, home.log, reader):
            logs.event("log-mended")
        log_fork.require_one_history(path, reader)
        log_check.verify(home.log, reader, home.log_signer.verifier_key)
        listed = members.load(home, reader, clock())
        writer = stack.enter_context(contextlib.closing(Writer(schema.connect(path))))
        force = in_force(home, listed, clock)
        rates = Rates(home.settings.envelopes_per_minute)
        service = CoordinatorService(home, writer, reader, Manifests(clock), clock, force, rates)
        await checkpoint(service)
        await _begin(service)
        tasks = [
            asyncio.create_task(_look_after(service)),
            asyncio.create_task(_witness(service)),
        ]
        try:
            host, _, port = home.settings.listen.rpartition(":")
            await serve_http(
                make_coordinator_app(service),
                host=host.strip("[]"),
                port=int(port),
                tls=ServerTls(home.tls / "coordinator.crt", home.tls / "coordinator.key"),
                limits=LIMITS,
                on_ready=ready,
                stop=stop,
            )
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for link in service.in_force.links.values():
                await link.close()
            with contextlib.suppress(FedqueryError):
                await checkpoint(service)


async def _begin(service: CoordinatorService) -> None:
    """Witness once and fetch the manifests that are not known by that, in bounded time.

    Ready means that askers find the nodes that are there, with manifests that they can accept; one
    that hangs is not waited for.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_FIRST_S):
            await service.witness()
            force = service.in_force
            missing = {
                nation: link
                for nation, link in force.links.items()
                if not service.manifests.known(nation).note
            }
            await service.manifests.fetch_all(force.federation, missing)


async def _witness(service: CoordinatorService) -> None:
    """Take round after round, beside the upkeep: a nation that hangs holds up neither."""
    while True:
        await asyncio.sleep(service.home.settings.witness_every_s)
        try:
            await service.witness()
        except Exception as error:  # noqa: BLE001 -- one round must not end the others
            logs.fault("witness-fault", error)


async def _look_after(service: CoordinatorService) -> None:
    """Take turn after turn."""
    upkeep = Upkeep(service)
    while True:
        await upkeep.turn()
        await asyncio.sleep(_TICK_S)
