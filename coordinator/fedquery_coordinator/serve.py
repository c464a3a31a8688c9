"""Serve: lock the directory, check the log, open the links, relay until told to stop."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fedquery.config import logs
from fedquery.config.keyfile import make_private_directory
from fedquery.config.service import run_service, say_ready, wall_clock
from fedquery.errors import FedqueryError, StorageError
from fedquery.federation.member_file import NOTE, Listed
from fedquery.storage import log_check
from fedquery.storage.database import DirectoryLock
from fedquery.storage.writer import Writer
from fedquery.transport.http_server import ServerTls
from fedquery.transport.http_server import serve as serve_http
from fedquery.transport.node_link import LinkCredentials, NodeLink
from fedquery.transport.tls import TlsFiles
from fedquery_coordinator import members, relays, schema
from fedquery_coordinator.home import CoordinatorHome, open_home
from fedquery_coordinator.manifests import Manifests
from fedquery_coordinator.rates import Rates
from fedquery_coordinator.routes import LIMITS, make_coordinator_app
from fedquery_coordinator.service import CoordinatorService, InForce

LOCK: Final = "serve.lock"
_TICK_S: Final = 0.5
_FIRST_MANIFESTS_S: Final = 3.0
# Until a node that was not there has answered once, it is asked this often.
_MISSING_EVERY_MS: Final = 2_000

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
        # A log that does not fit itself is not added to.
        log_check.verify(home.log, reader, home.log_signer.verifier_key)
        listed = members.load(home, reader, clock())
        writer = stack.enter_context(contextlib.closing(Writer(schema.connect(path))))
        force = _in_force(home, listed, clock)
        rates = Rates(home.settings.envelopes_per_minute)
        service = CoordinatorService(home, writer, reader, Manifests(clock), clock, force, rates)
        await _checkpoint(service)
        # Ready means that askers find the nodes that are there; one that hangs is not waited for.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_MANIFESTS_S):
                await service.manifests.fetch_all(force.federation, force.links)
        upkeep = asyncio.create_task(_upkeep(service))
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
            upkeep.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await upkeep
            for link in service.in_force.links.values():
                await link.close()
            with contextlib.suppress(FedqueryError):
                await _checkpoint(service)


def _in_force(home: CoordinatorHome, listed: Listed, clock: Clock) -> InForce:
    files = TlsFiles(home.tls / "coordinator.crt", home.tls / "coordinator.key")
    links = {
        nation: NodeLink(node.address, LinkCredentials(files, node.ca_der, clock), nation)
        for nation, node in listed.federation.nodes.items()
    }
    return InForce(listed.federation, listed.note, links)


async def _upkeep(service: CoordinatorService) -> None:
    """Fetch manifests, look at the member list and sign checkpoints, each when it is due."""
    fetched_ms = missing_ms = 0
    checkpoint_ms = service.clock()
    seen = _mark(service.home.path / NOTE)
    settings = service.home.settings
    while True:
        now_ms = service.clock()
        force = service.in_force
        if now_ms - fetched_ms >= 1000 * settings.manifest_every_s:
            fetched_ms = missing_ms = now_ms
            await service.manifests.fetch_all(force.federation, force.links)
        elif now_ms - missing_ms >= _MISSING_EVERY_MS:
            missing_ms = now_ms
            missing = {
                nation: link
                for nation, link in force.links.items()
                if not service.manifests.known(nation).note or service.manifests.known(nation).why
            }
            await service.manifests.fetch_all(force.federation, missing)
        if _mark(service.home.path / NOTE) != seen:
            seen = _mark(service.home.path / NOTE)
            await _reload_members(service)
        if now_ms - checkpoint_ms >= 1000 * settings.checkpoint_every_s:
            checkpoint_ms = now_ms
            with contextlib.suppress(StorageError):
                await _checkpoint(service)
        await asyncio.sleep(_TICK_S)


async def _reload_members(service: CoordinatorService) -> None:
    try:
        listed = members.load(service.home, service.reader, service.clock())
    except FedqueryError as error:
        logs.event("members-rejected", why=error.slug)
        return
    before = service.in_force
    service.in_force = _in_force(service.home, listed, service.clock)
    logs.event("members-in-force", version=listed.federation.number)
    for link in before.links.values():
        await link.close()


async def _checkpoint(service: CoordinatorService) -> None:
    def change(connection: sqlite3.Connection) -> None:
        now_ms = service.clock()
        relays.forget_expired(connection, now_ms)
        service.home.log.sign_checkpoint(connection, service.home.log_signer, now_ms)

    await service.writer.run(change)


def _mark(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_ino, status.st_mtime_ns, status.st_size)
