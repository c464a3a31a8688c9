"""Look at one entry of a log with its details, each verified against what the entry commits to."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from fedquery.audit.detail import Detail, verify_detail
from fedquery.audit.entry import entry_type
from fedquery.audit.reading import AnyEntry, decode_entry
from fedquery.errors import FedqueryError, InputError, LogFaultError, ProofError
from fedquery.storage import details
from fedquery.storage.data_directory import DataDirectory
from fedquery.storage.log import LogStore
from fedquery.tlog.append import leaf_hash_at
from fedquery.tlog.proofs import verify_inclusion
from fedquery.tlog.tree import leaf_hash

_PUBLICATION = "publication"


@dataclass(frozen=True, slots=True)
class Looked:
    """One entry, and those of its details that are still there.

    Attributes:
        index: its place in the log.
        leaf_hash: its hash.
        entry: what it says.
        details: its details by name, verified.
        erased: the names of those that the entry commits to and that are not there any more.
        held_since_ms: since when they are under a legal hold, or None.
    """

    index: int
    leaf_hash: bytes
    entry: AnyEntry
    details: Mapping[str, Detail] = field(repr=False)
    erased: tuple[str, ...]
    held_since_ms: int | None


def look_at(home: DataDirectory, index: int) -> Looked:
    """Read an entry and its details, and verify both.

    Args:
        home: the data directory.
        index: the place of the entry.

    Raises:
        InputError: if there is no such entry, or it is of a sort that has no details.
        LogFaultError: if the entry is not the one of the signed tree, or a detail is not the one
            that it commits to.
    """
    store, connection, file = home.log, home.connection, home.file
    size = store.size(connection)
    if not 0 <= index < size:
        raise InputError("the log has no such entry", do=f"Name one from 0 to {size - 1}.")
    (octets,) = store.entries(connection, index, index + 1)
    leaf = leaf_hash(octets)
    try:
        _require_in_tree(store, connection, index, leaf)
        kind = entry_type(octets)
        entry = None if kind == _PUBLICATION else decode_entry(octets)
    except (FedqueryError, sqlite3.DatabaseError):
        raise LogFaultError(
            "the entry is not the one that the log signed", file=file, index=index
        ) from None
    if entry is None:
        raise InputError("this entry is a publication, which has no details")
    commitments = entry.commitments()
    found = {one.name: one for one in details.read(connection, index)}
    for name, one in found.items():
        _require_committed(commitments.get(name, b""), one, file=file, index=index)
    return Looked(
        index=index,
        leaf_hash=leaf,
        entry=entry,
        details=found,
        erased=tuple(sorted(commitments.keys() - found.keys())),
        held_since_ms=details.held_since(connection, index),
    )


def _require_in_tree(
    store: LogStore, connection: sqlite3.Connection, index: int, leaf: bytes
) -> None:
    signed = store.head(connection)
    if index < signed.size:
        proof = store.inclusion_proof(connection, index, signed.size)
        verify_inclusion(leaf, index, signed.size, proof, signed.root)
        return
    # Nothing of it is signed yet: that it fits its tile is all that can be said.
    size = store.size(connection)
    if leaf_hash_at(index, size, store.reader(connection)) != leaf:
        raise ProofError("the entry does not fit its tile")


def _require_committed(commitment: bytes, one: Detail, *, file: str, index: int) -> None:
    try:
        verify_detail(commitment, one.salt, one.octets)
    except (ProofError, InputError):
        raise LogFaultError(
            f"its detail {one.name} is not the one that the entry commits to",
            file=file,
            index=index,
        ) from None
