"""What a serving coordinator does beside relaying: members, checkpoints and manifests.

Each is looked after in its turn, and none of them can end the others: a coordinator that no longer
noticed a new member list would go on relaying for an agency that was struck off.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fedquery.config import logs
from fedquery.errors import FedqueryError
from fedquery.federation.member_file import NOTE, Listed
from fedquery.storage import log_fork
from fedquery.transport.node_link import LinkCredentials, NodeLink
from fedquery.transport.tls import TlsFiles
from fedquery_coordinator import members, relays
from fedquery_coordinator.home import CoordinatorHome
from fedquery_coordinator.service import CoordinatorService, InForce

# Until a node that was not there has answered once, it is asked this often.
_MISSING_EVERY_MS: Final = 2_000

Clock = Callable[[], int]


def in_force(home: CoordinatorHome, listed: Listed, clock: Clock) -> InForce:
    """Make ready what follows from a member list: a link to each node; nothing is sent yet."""
    files = TlsFiles(home.tls / "coordinator.crt", home.tls / "coordinator.key")
    links = {
        nation: NodeLink(node.address, LinkCredentials(files, node.ca_der, clock), nation)
        for nation, node in listed.federation.nodes.items()
    }
    return InForce(listed.federation, listed.note, links)


async def checkpoint(service: CoordinatorService) -> None:
    """Forget what has expired, and sign the log as it is.

    Raises:
        FedqueryError, sqlite3.Error: if it could not be done; nothing of it was.
    """

    def change(connection: sqlite3.Connection) -> None:
        # Whatever would be signed from there on contradicts what others have.
        log_fork.require_one_history(service.home.path, connection)
        now_ms = service.clock()
        relays.forget_expired(connection, now_ms)
        service.home.log.sign_checkpoint(connection, service.home.log_signer, now_ms)

    await service.writer.run(change)


@dataclass(slots=True)
class Upkeep:
    """Keeps what is in force up to date, and the log signed.

    Attributes:
        service: the coordinator, with a first checkpoint and first manifests.
    """

    service: CoordinatorService
    _seen: tuple[int, ...] = field(init=False)
    _checkpoint_ms: int = field(init=False)
    _fetched_ms: int = field(default=0, init=False)
    _missing_ms: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Begin to count from now."""
        self._seen = _mark(self.service.home.path / NOTE)
        self._checkpoint_ms = self.service.clock()

    async def turn(self) -> None:
        """Do what is due; what fails is named in the log, and due again at the next turn."""
        steps: tuple[Callable[[], Awaitable[None]], ...] = (
            self._members,
            self._checkpoint,
            self._manifests,
        )
        for step in steps:
            try:
                await step()
            except Exception as error:  # noqa: BLE001 -- one step must not end the others
                logs.fault("upkeep-fault", error)

    async def _members(self) -> None:
        service = self.service
        seen = _mark(service.home.path / NOTE)
        if seen == self._seen:
            return
        try:
            listed = members.load(service.home, service.reader, service.clock())
        except FedqueryError as error:
            # The file is to blame; it is looked at again when it changes.
            self._seen = seen
            logs.event("members-rejected", why=error.slug)
            return
        before = service.in_force
        nodes = listed.federation.nodes
        service.manifests.forget(
            nation for nation, node in before.federation.nodes.items() if nodes.get(nation) != node
        )
        service.in_force = in_force(service.home, listed, service.clock)
        # Only now: where the database or the disk was to blame, the list is not forgotten.
        self._seen = seen
        logs.event("members-in-force", version=listed.federation.number)
        for link in before.links.values():
            await link.close()

    async def _checkpoint(self) -> None:
        service = self.service
        now_ms = service.clock()
        if now_ms - self._checkpoint_ms < 1000 * service.home.settings.checkpoint_every_s:
            return
        self._checkpoint_ms = now_ms
        await checkpoint(service)

    async def _manifests(self) -> None:
        service = self.service
        now_ms, force, manifests = service.clock(), service.in_force, service.manifests
        if now_ms - self._fetched_ms >= 1000 * service.home.settings.manifest_every_s:
            self._fetched_ms = self._missing_ms = now_ms
            await manifests.fetch_all(force.federation, force.links)
        elif now_ms - self._missing_ms >= _MISSING_EVERY_MS:
            self._missing_ms = now_ms
            missing = {
                nation: link
                for nation, link in force.links.items()
                if not manifests.known(nation).note or manifests.known(nation).why
            }
            await manifests.fetch_all(force.federation, missing)


def _mark(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0, 0)
    # The time of its state too: chmod and chown, which mend a refused file, change no other.
    return (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
