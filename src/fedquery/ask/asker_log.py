"""The agency's own log: what was asked, before it leaves, and what came of it.

What an officer looked up is sealed to the nation's auditor; nobody else can read it later, not even
whoever holds the home. Where there is no auditor's key, the entry says so.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from fedquery.ask.home import AskHome
from fedquery.ask.sealing import Sealed
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.detail import Detail, salted
from fedquery.encoding import canonical_json
from fedquery.identifiers import Identifier
from fedquery.psi.question import Statement
from fedquery.seal.auditor import seal_to_auditor
from fedquery.storage import details
from fedquery.storage.transaction import transaction
from fedquery.transport.head import AnswerHead, Level


@dataclass(frozen=True, slots=True)
class Looked:
    """What is for the auditor alone.

    Attributes:
        case: the agency's own number of the case; "" where it is not known.
        officer: who asks; "" where it is not known.
        identifiers: what is asked about; none for a claim, which follows a question.
        encoded: what is asked about besides, as `Identifier.encode` wrote it.
    """

    case: str = field(repr=False)
    officer: str = field(repr=False)
    identifiers: tuple[Identifier, ...] = field(default=(), repr=False)
    encoded: tuple[bytes, ...] = field(default=(), repr=False)

    def encode(self) -> bytes:
        """Write it as canonical JSON."""
        kinds = [one.kind for one in self.identifiers]
        texts = [one.canonical for one in self.identifiers]
        for octets in self.encoded:
            kind, _version, text = octets.decode("utf-8").split(":", 2)
            kinds.append(kind)
            texts.append(text)
        # As `canonical_json.dump` writes it, by hand, for a list has thousands of texts.
        quoted = canonical_json.dump_text
        heads = {kind: f'{{"kind":{quoted(kind)},"text":' for kind in set(kinds)}
        each = zip(kinds, canonical_json.dump_texts(texts), strict=True)
        asked = ",".join([f"{heads[kind]}{text}}}" for kind, text in each])
        whole = (
            f'"case":{quoted(self.case)},"identifiers":[{asked}],"officer":{quoted(self.officer)}'
        )
        return f"{{{whole}}}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question or claim that is about to leave.

    Attributes:
        sealed: the request.
        asking: which of the two it is.
        version: the version that it is about.
        level: how much is asked for.
        statement: what the holder is told of the case.
        looked: what only the auditor is told.
        follows: for a claim, the request digest of the question that found the hit.
    """

    sealed: Sealed
    asking: Literal["question", "claim"]
    version: int
    level: Level
    statement: Statement
    looked: Looked
    follows: bytes = b""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a question or claim, in a word.

    Attributes:
        outcome: one of `audit.asker.OUTCOMES`.
        reason: the slug of what stood against it; "" where nothing did.
        hits: how many identifiers were found, where a question was answered.
    """

    outcome: str
    reason: str = ""
    hits: int | None = None


def write_asked(
    connection: sqlite3.Connection,
    home: AskHome,
    asked: Sequence[Asked],
    random: Callable[[int], bytes],
) -> None:
    """Log what is about to leave, in the caller's transaction; it may leave after the commit.

    Args:
        connection: inside a transaction that writes.
        home: whose log it is.
        asked: the questions, or the claim.
        random: the random source, for salts.
    """
    kept = [salted(_details(home, one).items(), random) for one in asked]
    entries = [_entry(home, one, own) for one, own in zip(asked, kept, strict=True)]
    first, _ = home.log.append(connection, [entry.encode() for entry in entries])
    for index, (entry, own) in enumerate(zip(entries, kept, strict=True), first):
        details.insert(connection, index, own, entry.retain_until_ms)


def concluded(
    sealed: Sealed,
    came: Came,
    now_ms: int,
    *,
    answer: bytes = b"",
    head: AnswerHead | None = None,
) -> ConcludedEntry:
    """Say what came of a question or claim.

    Args:
        sealed: the request.
        came: what came of it.
        now_ms: the time.
        answer: the answer envelope, where one came.
        head: the head of the answer, where it opened.
    """
    receipt = None if head is None else head.receipt
    if receipt is not None and receipt.log_origin != sealed.trusted.node.log_vkey.name:
        # A place in a log of another name is no promise that anybody can be held to.
        receipt = None
    return ConcludedEntry(
        request_digest=sealed.context.request_digest,
        reply_digest=hashlib.sha256(answer).digest() if answer else b"",
        outcome=came.outcome,
        reason=came.reason,
        hits=came.hits,
        replied_ms=now_ms,
        receipt_origin=receipt.log_origin if receipt else "",
        receipt_index=receipt.index if receipt else None,
        receipt_leaf_hash=receipt.leaf_hash if receipt else b"",
    )


def write_concluded(
    connection: sqlite3.Connection, home: AskHome, entries: Sequence[ConcludedEntry]
) -> None:
    """Log what came of questions or a claim, in the caller's transaction."""
    home.log.append(connection, [entry.encode() for entry in entries])


def sign_checkpoint(connection: sqlite3.Connection, home: AskHome, now_ms: int) -> bool:
    """Sign the log where entries came since it was signed last, and tell whether any did.

    Raises:
        ConsistencyError: if the log does not begin with what was signed last.
        StorageError: if something of the log is missing.
    """
    if home.log.size(connection) == home.log.head(connection).size:
        return False
    with transaction(connection):
        home.log.sign_checkpoint(connection, home.log_signer, now_ms)
    return True


def _details(home: AskHome, asked: Asked) -> dict[str, str | bytes]:
    statement = asked.statement
    found: dict[str, str | bytes] = {"case": statement.case.pseudonym}
    if statement.officer_mark:
        found["officer"] = statement.officer_mark
    why = {"offence": statement.case.offence, "justification": statement.justification}
    if any(why.values()):
        found["justification"] = canonical_json.dump(why)
    if home.auditor is not None:
        found["identifiers"] = seal_to_auditor(
            home.auditor,
            asked.looked.encode(),
            origin=home.log.origin,
            request_digest=asked.sealed.context.request_digest,
            size_class=asked.sealed.context.fields.size_class,
        )
    return found


def _entry(home: AskHome, asked: Asked, kept: Sequence[Detail]) -> AskedEntry:
    fields = asked.sealed.context.fields
    commitments = {one.name: one.commit() for one in kept}
    return AskedEntry(
        asking=asked.asking,
        agency=home.settings.agency,
        nation=fields.nation,
        dataset=asked.sealed.offered.publication.dataset,
        version=asked.version,
        request_digest=asked.sealed.context.request_digest,
        size_class=fields.size_class,
        level=asked.level,
        purpose=asked.statement.purpose,
        person_role=asked.statement.person_role,
        aim=asked.statement.aim,
        asked_ms=fields.created_ms,
        follows=asked.follows,
        case_commit=commitments["case"],
        officer_commit=commitments.get("officer", b""),
        justification_commit=commitments.get("justification", b""),
        identifiers_commit=commitments.get("identifiers", b""),
        auditor_key_id=home.auditor.key_id if home.auditor else b"",
        retain_until_ms=fields.created_ms + home.settings.retain_years * details.YEAR_MS,
    )
