"""Signed manifests: signed by a node, opened, and verified against the log that they are in."""

import hashlib

from fedquery.audit.node import KeyEntry
from fedquery.errors import PeerError, PublicationError
from fedquery.federation import names
from fedquery.federation.manifest import CAP, Manifest
from fedquery.federation.members import NodeEntry
from fedquery.federation.offer import OfferedKem, malformed
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.seal.kem import kem_key_id
from fedquery.seal.signing import SigningKey
from fedquery.tlog.checkpoint import Checkpoint, open_checkpoint
from fedquery.tlog.note import VerifierKey, open_note, sign


class _NodeSigner:
    """A node's signing key as a signer of notes."""

    def __init__(self, nation: str, key: SigningKey) -> None:
        self._key = key
        self._verifier = VerifierKey(names.node_name(nation), key.verify_key.public)

    @property
    def name(self) -> str:
        return self._verifier.name

    @property
    def key_id(self) -> bytes:
        return self._verifier.key_id

    def sign_body(self, body: bytes) -> bytes:
        # The title keeps a manifest apart from everything else that this key signs: all of that
        # begins with a length, whose first octet no text has.
        return self._key.sign(body)


def sign_manifest(manifest: Manifest, key: SigningKey) -> bytes:
    """Sign a manifest with the node's signing key: a signed note.

    Raises:
        ValueError: if the manifest is larger than others take.
    """
    note = sign(manifest.render(), [_NodeSigner(manifest.nation, key)])
    if len(note) > CAP:
        raise ValueError("the manifest is larger than 1 MiB")
    return note


def open_manifest(note: bytes, node: NodeEntry) -> tuple[Manifest, Checkpoint]:
    """Open a manifest and the checkpoint in it; that the node and its log signed is all it shows.

    Raises:
        EncodingError: if the note or its checkpoint does not parse.
        SignatureError: if the node or its log has not signed.
    """
    manifest = Manifest.parse(open_note(note, [node.note_key], CAP).body)
    # The key's name has the nation already; this holds it for the words above the line too.
    if manifest.nation != node.nation:
        raise malformed()
    return manifest, open_checkpoint(manifest.checkpoint, node.log_vkey).checkpoint


def verify_manifest(manifest: Manifest, newest: Checkpoint, now_ms: int) -> None:
    """Verify that what a manifest offers is in its log; `history` compares that with one before.

    Args:
        manifest: the manifest.
        newest: its checkpoint, as `open_manifest` gave it.
        now_ms: the time.

    Raises:
        PeerError: if it has expired or is from the future.
        InclusionError: if something that it offers is not shown to be in the log.
        PublicationError: if a key to seal to is not the one that was logged.
    """
    if now_ms >= manifest.expires_ms:
        raise PeerError("the manifest has expired", why="stale")
    if manifest.created_ms > now_ms + CLOCK_SLACK_MS:
        raise PeerError("the manifest is from the future", why="stale", do="Check the clock.")
    for offer in manifest.datasets:
        for publication in offer.publications:
            publication.require_in(newest.size, newest.root)
    for kem in manifest.kem_keys:
        kem.logged.require_in(newest.size, newest.root)
        _require_logged_key(manifest.nation, kem)


def _require_logged_key(nation: str, kem: OfferedKem) -> None:
    entry = KeyEntry(
        nation=nation,
        key_id=kem_key_id(kem.public),
        public_digest=hashlib.sha256(kem.public).digest(),
        not_before_ms=kem.not_before_ms,
        not_after_ms=kem.not_after_ms,
    )
    if entry.encode() != kem.logged.leaf:
        raise PublicationError("the key to seal to is not the one that was logged")
