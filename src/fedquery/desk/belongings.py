"""What lies beside the desk and goes with it when it is erased: receipts, lookups, cards.

A receipt names no identifier, but it shows that this agency asked that nation something then, and
with the log it is what a claim rests on. So it goes when its question does, whose time the newest
claim has made longer. Two sorts stay: what shows that something was false is evidence against who
said it, and the request of a log entry under a legal hold stays with that entry. Leaves of the log
stay for ever, and their details for their own time.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from fedquery.ask import receipts
from fedquery.ask import store as ask_store
from fedquery.ask.case_store import path_of, read_case
from fedquery.ask.claiming import ClaimOutcome
from fedquery.ask.home import AskHome
from fedquery.ask.outcome import Outcome
from fedquery.ask.place import proof_path
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.reading import decode_entry
from fedquery.desk import cases, claims, questions
from fedquery.desk.store import DeskStore
from fedquery.errors import ConfigError, EncodingError, FedqueryError, StorageError
from fedquery.storage import details
from fedquery.storage.log import LogStore
from fedquery.storage.transaction import transaction


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names beside the desk.

    Attributes:
        receipts: the names of the receipts of its answers and claims.
        evidence: those of them that show that something was false.
        lookup_id: its lookup; "" for none.
    """

    receipts: tuple[str, ...] = ()
    evidence: frozenset[str] = frozenset()
    lookup_id: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """What went beside the rows of the desk, or would.

    Attributes:
        receipts: how many receipts, each with the proof of its entry where there is one.
        receipts_kept: how many stay as evidence or under a legal hold.
        cards: of how many cases the cards; those that can still be asked with stay.
    """

    receipts: int = 0
    receipts_kept: int = 0
    cards: int = 0


@dataclass(frozen=True, slots=True)
class AgencyFiles:
    """The home of an agency, for what is erased of it.

    Attributes:
        home: the home.
        connection: its asker.db.
        now_ms: the time.
        dry_run: whether it is only counted.
    """

    home: AskHome
    connection: sqlite3.Connection = field(repr=False)
    now_ms: int
    dry_run: bool = False

    def erase(
        self,
        store: DeskStore,
        case_ids: Iterable[str],
        question_ids: Iterable[str],
        known: Mapping[str, Named] = MappingProxyType({}),
    ) -> Gone:
        """Erase what belongs to cases and questions of the desk, before their rows go.

        Broken off, it is done again with the rows, which still name what is left.

        Args:
            store: the store of the desk.
            case_ids: the cases.
            question_ids: the questions, those of these cases among them.
            known: what questions name, as `named` has read it before.

        Raises:
            StorageError: if a file cannot be removed; nothing of its rows may go then.
        """
        held, kept, lookups = _held(self.home.log, self.connection), 0, list[str]()
        receipts_due: list[Path] = []
        for question_id in question_ids:
            its = known.get(question_id) or _of_question(store, question_id)
            lookups += [its.lookup_id] if its.lookup_id else []
            there = [path for name in its.receipts if (path := self.home.receipts / name).exists()]
            stay = [path for path in there if path.name in its.evidence or _is_held(path, held)]
            kept += len(stay)
            receipts_due += [path for path in there if path not in stay]
        cards = [path for path in (self._cards(store, one) for one in case_ids) if path]
        if not self.dry_run:
            proofs = [proof_path(path.parent, path.name) for path in receipts_due]
            _remove([*proofs, *receipts_due, *cards])
            with transaction(self.connection):
                ask_store.forget_lookups(self.connection, lookups)
        return Gone(len(receipts_due), kept, len(cards))

    def _cards(self, store: DeskStore, case_id: str) -> Path | None:
        """Say where the cards of a case are, where nothing can go out with them any more."""
        try:
            number = cases.read_any(store, case_id).number
        except FedqueryError:
            return None
        try:
            file = read_case(self.home, number)
        except ConfigError:
            # Nothing goes out with a file that is refused; its case was all that named it.
            return path_of(self.home, number)
        if file is None or (file.state == "open" and self.now_ms < file.facts.ends_ms):
            return None
        return path_of(self.home, number)


def _held(log: LogStore, connection: sqlite3.Connection) -> frozenset[bytes]:
    """Give the digests of the requests whose entries of the agency's log are under a hold."""
    found: set[bytes] = set()
    for index in details.held(connection):
        (octets,) = log.entries(connection, index, index + 1)
        with suppress(EncodingError):
            entry = decode_entry(octets)
            if isinstance(entry, AskedEntry):
                # With a claim the question is held that found its hit.
                found |= {entry.request_digest, entry.follows}
            elif isinstance(entry, ConcludedEntry):
                found.add(entry.request_digest)
    return frozenset(found)


def _is_held(path: Path, held: frozenset[bytes]) -> bool:
    if not held:
        return False
    try:
        return hashlib.sha256(receipts.read(path).request).digest() in held
    except (EncodingError, OSError):
        # Of what cannot be read nobody can say that it is not held.
        return True


def _remove(paths: Iterable[Path]) -> None:
    """Remove files so that they stay removed after a loss of power."""
    directories: set[Path] = set()
    try:
        for path in paths:
            path.unlink(missing_ok=True)
            directories.add(path.parent)
        for directory in directories:
            descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    except OSError as error:
        raise StorageError(
            f"what belongs to erased questions cannot be removed: {os.strerror(error.errno or 0)}",
            do="See that the directories receipts and cases are the service's own; run it again.",
        ) from None


def named(store: DeskStore, question_ids: Iterable[str]) -> dict[str, Named]:
    """Read what questions name beside the desk, before anybody has to wait for it."""
    return {one: _of_question(store, one) for one in question_ids}


def _of_question(store: DeskStore, question_id: str) -> Named:
    try:
        question = questions.read_any(store, question_id)
        made = claims.read_any(store, question_id)
    except FedqueryError:
        # What nobody can open names nothing; it is erased all the same.
        return Named()
    # Receipts of a list are those of hundreds of its identifiers: no single hit takes them along.
    outcomes = () if questions.is_of_list(store, question_id) else question.outcomes
    claimed = (one.outcome for one in made if one.outcome is not None)
    came: list[Outcome | ClaimOutcome] = [*outcomes, *claimed]
    told = [name for one in came for name in _receipts(one)]
    # Of a hit that was verified beside something false, its own receipt is no evidence against it.
    evidence = {_receipts(one)[-1] for one in came if one.alarm and _receipts(one)}
    if evidence:
        # What no answer names may be of what was false, too.
        evidence |= {*question.receipts} - {*told}
    names = filter(_is_name, dict.fromkeys((*question.receipts, *told)))
    return Named(tuple(names), frozenset(evidence), question.lookup_id)


def _receipts(came: Outcome | ClaimOutcome) -> tuple[str, ...]:
    return came.receipts if isinstance(came, Outcome) else (came.receipt,)


def _is_name(text: str) -> bool:
    return text.endswith(receipts.SUFFIX) and text == Path(text).name
