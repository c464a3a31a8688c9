"""What auditors and retention do to details, each with its entry in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from fedquery.audit.acts import AuditorEntry, ErasureEntry
from fedquery.audit.detail import salted
from fedquery.errors import InputError
from fedquery.storage import details
from fedquery.storage.data_directory import DataDirectory
from fedquery.storage.details import Due
from fedquery.storage.opening import Looked
from fedquery.storage.transaction import transaction

# Prüm II, Article 33: as long as what it is about.
_RETAIN_MS: Final = 3 * details.YEAR_MS


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, why and when.

    Attributes:
        by: "home", or "auditor+" and the id of the auditor's key.
        why: the reason; "" for none. It is a detail, and no part of the log.
        at_ms: the time.
        random: the random source, for salts.
    """

    by: str
    why: str
    at_ms: int
    random: Callable[[int], bytes]


def log_opening(home: DataDirectory, looked: Looked, names: tuple[str, ...], act: Act) -> int:
    """Log that details are opened; only afterwards they may be shown.

    Args:
        home: the data directory.
        looked: the entry.
        names: the details that will be shown.
        act: who opens them.

    Returns:
        The place of the new entry.
    """
    with transaction(home.connection):
        return _append(home, looked, "opened", act, names)


def hold(home: DataDirectory, looked: Looked, act: Act) -> int:
    """Put the details of an entry under a legal hold: no erasure takes them.

    Raises:
        InputError: if it is held already, or there is nothing left to hold.
    """
    if not looked.details:
        raise InputError("there are no details of this entry to hold")
    with transaction(home.connection):
        if not details.hold(home.connection, looked.index, act.at_ms):
            raise InputError("this entry is under a legal hold already")
        return _append(home, looked, "held", act)


def release(home: DataDirectory, looked: Looked, act: Act) -> int:
    """Release the details of an entry from a legal hold.

    Raises:
        InputError: if it is under none.
    """
    with transaction(home.connection):
        if not details.release(home.connection, looked.index):
            raise InputError("this entry is under no legal hold")
        return _append(home, looked, "released", act)


def erase_due(home: DataDirectory, now_ms: int) -> Due:
    """Erase the details whose time is over, and log how many.

    Where nothing is due nothing is logged. The write-ahead log is emptied either way, so that what
    an earlier erasure left there for a reader is gone too.

    Args:
        home: the data directory.
        now_ms: the time.

    Returns:
        What was erased.

    Raises:
        BusyError: if the write-ahead log could not be emptied; all the rest is done.
    """
    details.prepare_to_erase(home.connection)
    with transaction(home.connection):
        found = details.due(home.connection, now_ms)
        if found.details:
            details.erase(home.connection, now_ms)
            entry = ErasureEntry(
                details=found.details,
                entries=found.entries,
                held=found.held,
                until_ms=now_ms,
                at_ms=now_ms,
            )
            home.log.append(home.connection, [entry.encode()])
    details.clear_journal(home.connection)
    return found


def _append(
    home: DataDirectory,
    looked: Looked,
    act_name: Literal["opened", "held", "released"],
    act: Act,
    names: tuple[str, ...] = (),
) -> int:
    kept = salted([("why", act.why)] if act.why else [], act.random)
    entry = AuditorEntry(
        act=act_name,
        index=looked.index,
        leaf_hash=looked.leaf_hash,
        details=tuple(sorted(names)),
        by=act.by,
        why_commit=kept[0].commit() if kept else b"",
        at_ms=act.at_ms,
        retain_until_ms=act.at_ms + _RETAIN_MS,
    )
    index, _ = home.log.append(home.connection, [entry.encode()])
    details.insert(home.connection, index, kept, entry.retain_until_ms)
    return index
