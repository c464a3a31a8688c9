"""A small federation of four nations, with keys made from short seeds."""

import hashlib
import sys
from dataclasses import dataclass, field

import pytest

from fedquery.audit.node import KeyEntry
from fedquery.federation import names
from fedquery.federation.manifest import Manifest
from fedquery.federation.members import Agency, CoordinatorEntry, Nation, NodeEntry
from fedquery.federation.membership import MemberList, draft, enrol, set_quorum
from fedquery.federation.offer import Logged, Offer, OfferedKem
from fedquery.seal.kem import KemPrivateKey, kem_key_id
from fedquery.seal.signing import SigningKey
from fedquery.tlog.append import append, inclusion_proof
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import Signer, sign_line
from fedquery.tlog.tile import Tile

NOW_MS = 1_772_352_000_000
FEDERATION = "mekong"
CODES = ("KH", "LA", "TH", "VN")


def seed(text: str) -> bytes:
    """Make a seed of 32 octets out of a text."""
    return hashlib.sha256(text.encode()).digest()


def root_signer(code: str) -> Signer:
    """Make the root key of a nation."""
    return Signer(names.root_name(code), seed(f"root {code}"))


def node_key(code: str) -> SigningKey:
    """Make the signing key of a node."""
    return SigningKey(seed(f"node {code}"))


def log_signer(code: str) -> Signer:
    """Make the log key of a node."""
    return Signer(names.node_log_origin(FEDERATION, code), seed(f"log {code}"))


def cosigner(code: str) -> Cosigner:
    """Make the witness key of a node."""
    return Cosigner(names.witness_name(code), seed(f"witness {code}"))


def nation(code: str) -> Nation:
    """Make a nation."""
    return Nation(code, root_signer(code).verifier_key)


def node(code: str) -> NodeEntry:
    """Make a node's entry."""
    return NodeEntry(
        code,
        node_key(code).verify_key.public,
        log_signer(code).verifier_key,
        cosigner(code).verifier_key,
        f"node.{code.lower()}.example:7443",
        b"certificate of the CA",
    )


def agency(name: str) -> Agency:
    """Make an agency."""
    return Agency(name, "police", SigningKey(seed(name)).verify_key.public)


def coordinator(name: str) -> CoordinatorEntry:
    """Make a coordinator."""
    log = Signer(names.coordinator_log_origin(FEDERATION, name), seed(f"log {name}"))
    key = SigningKey(seed(f"coordinator {name}"))
    url = f"https://{name}.example:8443"
    return CoordinatorEntry(name, url, key.verify_key.public, log.verifier_key, b"CA")


def four_nations() -> MemberList:
    """List four nations with nodes, two agencies and two coordinators; nobody has signed."""
    listed = draft(FEDERATION, training=True, now_ms=NOW_MS, days=30)
    for code in CODES:
        listed = enrol(enrol(listed, nation(code)), node(code))
    listed = enrol(enrol(listed, agency("TH/cyber-police")), agency("VN/fiu"))
    listed = enrol(enrol(listed, coordinator("hub")), coordinator("alternate"))
    return set_quorum(listed, 3)


@dataclass
class Log:
    """A node's log in memory."""

    code: str
    size: int = 0
    entries: list[bytes] = field(default_factory=list)
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    root: bytes = hashlib.sha256(b"").digest()
    # Who cosigns its heads, and when.
    witnesses: tuple[str, ...] = ()
    cosigned_s: int = NOW_MS // 1000

    def read(self, tile: Tile) -> bytes:
        """Give the hashes of a tile."""
        return self.tiles[tile.level, tile.index][: tile.octets]

    def add(self, *entries: bytes) -> int:
        """Append entries and give the index of the first."""
        grown = append(self.size, entries, self.read)
        self.tiles.update(grown.tiles)
        first, self.size, self.root = self.size, grown.size, grown.root
        self.entries += entries
        return first

    def logged(self, index: int) -> Logged:
        """Prove an entry in the newest head."""
        proof = inclusion_proof(index, self.size, self.read)
        return Logged(self.entries[index], index, tuple(proof))

    @property
    def head(self) -> Checkpoint:
        """Give the newest head."""
        return Checkpoint(names.node_log_origin(FEDERATION, self.code), self.size, self.root)

    def checkpoint(self) -> bytes:
        """Sign the newest head, and have it cosigned."""
        lines = (
            sign_line(self.head.format(), cosigner(code).at(self.cosigned_s))
            for code in self.witnesses
        )
        return sign_checkpoint(self.head, log_signer(self.code)) + b"".join(lines)


KEM = KemPrivateKey(seed("kem VN"))


def key_leaf(not_before_ms: int, not_after_ms: int, code: str = "VN") -> bytes:
    """Write the leaf of the KEM key."""
    return KeyEntry(
        nation=code,
        key_id=kem_key_id(KEM.public),
        public_digest=hashlib.sha256(KEM.public).digest(),
        not_before_ms=not_before_ms,
        not_after_ms=not_after_ms,
    ).encode()


@dataclass
class Offering:
    """A log with one publication and one KEM key in it, and the manifest that offers them."""

    log: Log
    publication: int
    kem: int

    def manifest(self, **changes: object) -> Manifest:
        """Make the manifest at the newest head, with some of its values changed."""
        values: dict[str, object] = {
            "nation": self.log.code,
            "created_ms": NOW_MS,
            "expires_ms": NOW_MS + 3_600_000,
            "contact": {"desk": "desk of the node, office hours"},
            "datasets": (Offer("fraud-phones", "phone", (self.log.logged(self.publication),)),),
            "kem_keys": (OfferedKem(KEM.public, NOW_MS, NOW_MS + 1000, self.log.logged(self.kem)),),
            "checkpoint": self.log.checkpoint(),
        }
        return Manifest(**(values | changes))


def offering(code: str = "VN", other_entries: int = 5) -> Offering:
    """Fill a log."""
    log = Log(code)
    log.add(*(b"entry %d" % number for number in range(other_entries)))
    publication = log.add(b"a publication")
    return Offering(log, publication, log.add(key_leaf(NOW_MS, NOW_MS + 1000, code)))


@pytest.fixture
def world():
    """Give the builders above to a test."""
    return sys.modules[__name__]
