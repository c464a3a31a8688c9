"""What a coordinator does beside relaying: no fault ends it, and no clock keeps a node out."""

import sqlite3
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest
from fedquery_coordinator import members, upkeep
from fedquery_coordinator.manifests import Manifests
from unit.federation import conftest as world

from fedquery.config import logs
from fedquery.errors import PeerError
from fedquery.federation.member_file import NOTE, Listed
from fedquery.federation.names import node_log_origin
from fedquery.federation.signed_manifest import sign_manifest
from fedquery.tlog.note import Signer

FEDERATION = world.four_nations().federation
HOUR_MS = 3_600_000
ORIGIN = node_log_origin("mekong", "VN")


@dataclass
class Link:
    """A link to VN's node, which gives the manifest that it is told to."""

    note: bytes = b""
    error: Exception | None = None
    closed: bool = False

    async def manifest(self, _deadline_s):
        """Give the manifest."""
        if self.error is not None:
            raise self.error
        return self.note

    async def close(self):
        """Remember that."""
        self.closed = True


def manifest_of(created_ms):
    """Sign a manifest of VN."""
    made = world.offering().manifest(created_ms=created_ms, expires_ms=created_ms + HOUR_MS)
    return sign_manifest(made, world.node_key("VN"))


@dataclass
class Clock:
    """A clock that stands where it is put."""

    now_ms: int = world.NOW_MS

    def __call__(self):
        """Tell the time."""
        return self.now_ms


@dataclass
class Service:
    """As much of a coordinator as its upkeep looks at."""

    home: SimpleNamespace
    clock: Clock = field(default_factory=Clock)
    link: Link = field(default_factory=Link)
    reader: None = None

    def __post_init__(self):
        """Put one link in force."""
        self.manifests = Manifests(self.clock)
        self.in_force = SimpleNamespace(federation=FEDERATION, links={"VN": self.link})
        self.checkpoints = 0
        self.writer = SimpleNamespace(run=self.run)

    async def run(self, _change):
        """Count a checkpoint."""
        self.checkpoints += 1


@pytest.fixture
def service(tmp_path):
    """Make a coordinator whose member list lies in a directory."""
    (tmp_path / NOTE).write_bytes(b"first")
    settings = SimpleNamespace(manifest_every_s=60, checkpoint_every_s=600)
    return Service(SimpleNamespace(path=tmp_path, settings=settings))


@pytest.fixture
def events(monkeypatch):
    """Gather what is logged."""
    found = []
    monkeypatch.setattr(logs, "event", lambda name, **_fields: found.append(name))
    monkeypatch.setattr(logs, "fault", lambda name, _error: found.append(name))
    return found


async def test_a_fault_ends_neither_the_upkeep_nor_its_other_parts(service, events, monkeypatch):
    """A node whose manifest trips over a bug must not stop a new member list."""
    keeping = upkeep.Upkeep(service)
    service.link.error = RuntimeError("a bug")
    monkeypatch.setattr(upkeep, "in_force", lambda *_arguments: service.in_force)
    renewed = Listed(FEDERATION, b"second", b"digest")
    monkeypatch.setattr(members, "load", lambda *_arguments: renewed)
    (service.home.path / NOTE).write_bytes(b"second")
    await keeping.turn()
    assert ["members-in-force", "upkeep-fault"] == events
    service.clock.now_ms += HOUR_MS
    service.link.error, service.link.note = None, manifest_of(service.clock.now_ms)
    await keeping.turn()
    assert 1 == service.checkpoints
    assert service.link.note == service.manifests.known("VN").note


async def test_a_list_that_came_while_the_database_was_locked_is_taken_over_later(
    service, events, monkeypatch
):
    """Else an agency that was struck off would be relayed for until a restart."""
    keeping = upkeep.Upkeep(service)
    found = [sqlite3.OperationalError("locked"), Listed(FEDERATION, b"second", b"digest")]

    def load(*_arguments):
        outcome = found.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(members, "load", load)
    monkeypatch.setattr(upkeep, "in_force", lambda *_arguments: service.in_force)
    (service.home.path / NOTE).write_bytes(b"second")
    await keeping.turn()
    await keeping.turn()
    await keeping.turn()
    assert ["upkeep-fault", "members-in-force"] == events
    assert not found


async def test_a_manifest_from_the_future_does_not_keep_out_those_of_today(service):
    """A node's clock that was wrong once would else cost it a day at this coordinator."""
    ahead, honest = (manifest_of(world.NOW_MS + more) for more in (20 * HOUR_MS, 0))
    for note in (ahead, honest):
        service.link.note = note
        await service.manifests.fetch_one("VN", FEDERATION, service.link)
    known = service.manifests.known("VN")
    assert (honest, "") == (known.note, known.why)
    service.link.note = ahead
    await service.manifests.fetch_one("VN", FEDERATION, service.link)
    assert (honest, "stale") == (
        service.manifests.known("VN").note,
        service.manifests.known("VN").why,
    )


async def test_a_clock_of_the_coordinator_that_was_ahead_keeps_nobody_out(service):
    """What it took by the wrong clock gives way once that clock is right."""
    service.clock.now_ms += 20 * HOUR_MS
    service.link.note = manifest_of(service.clock.now_ms)
    await service.manifests.fetch_one("VN", FEDERATION, service.link)
    service.clock.now_ms = world.NOW_MS
    service.link.note = honest = manifest_of(world.NOW_MS)
    await service.manifests.fetch_one("VN", FEDERATION, service.link)
    assert honest == service.manifests.known("VN").note


async def test_an_older_manifest_is_kept_out(service):
    """A node that was set back, or a replay."""
    for note in (manifest_of(world.NOW_MS), manifest_of(world.NOW_MS - 1)):
        service.link.note = note
        await service.manifests.fetch_one("VN", FEDERATION, service.link)
    known = service.manifests.known("VN")
    assert (manifest_of(world.NOW_MS), "off-protocol") == (known.note, known.why)


async def test_a_manifest_under_a_key_that_was_replaced_is_not_handed_on(service, monkeypatch):
    """No asker takes it any more, and it would be an alarm there."""
    keeping = upkeep.Upkeep(service)
    service.link.note = manifest_of(world.NOW_MS)
    await service.manifests.fetch_one("VN", FEDERATION, service.link)
    assert {"VN"} == set(service.manifests.notes(FEDERATION))
    anew = replace(FEDERATION.nodes["VN"], log_vkey=Signer(ORIGIN, bytes(32)).verifier_key)
    changed = replace(FEDERATION, nodes={**FEDERATION.nodes, "VN": anew})
    replaced = SimpleNamespace(federation=changed, links={"VN": service.link})
    monkeypatch.setattr(upkeep, "in_force", lambda *_arguments: replaced)
    monkeypatch.setattr(members, "load", lambda *_arguments: Listed(changed, b"second", b"digest"))
    (service.home.path / NOTE).write_bytes(b"second")
    service.link.error = PeerError("x", why="node-down")
    await keeping.turn()
    assert {} == service.manifests.notes(changed)
