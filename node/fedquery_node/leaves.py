"""The log entry of a question, and the erasable details that it commits to."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fedquery.audit.detail import salted, split_situation
from fedquery.audit.node import QuestionEntry
from fedquery.encoding import canonical_json
from fedquery.federation.names import agency_log_origin
from fedquery.policy import decide
from fedquery.psi.question import Claim, Question
from fedquery.storage import details
from fedquery_node.admit import Admitted
from fedquery_node.home import NodeHome

_UNKNOWN: Final = "unknown"
# Prüm II, Article 33: justifications are erased after three years.
_RETAIN_YEARS: Final = 3


@dataclass(frozen=True, slots=True)
class Ruled:
    """What became of a question, as far as its log entry says it.

    Attributes:
        granted: the level that was granted, or "".
        reason: the slug of the refusal or fault, or "".
        decided: what the policy decided, where it was asked.
        record: the reference that was told, or "".
        grant: the number of the grant that has paid, if one has.
        fault: whether this is what failed after a first entry.
    """

    granted: str = ""
    reason: str = ""
    decided: decide.Decision | None = None
    record: str = field(default="", repr=False)
    grant: int | None = None
    fault: bool = False


def write_leaf(
    connection: sqlite3.Connection,
    home: NodeHome,
    admitted: Admitted,
    ruled: Ruled,
    *,
    random: Callable[[int], bytes],
    now_ms: int,
) -> tuple[int, bytes]:
    """Append the entry of a question or claim and its details, in the caller's transaction.

    Args:
        connection: inside the writer's transaction.
        home: the data directory.
        admitted: the request.
        ruled: what became of it.
        random: the random source.
        now_ms: the time.

    Returns:
        The index of the leaf, and its hash.
    """
    kept = salted(_details(admitted, ruled.record), random)
    commitments = {one.name: one.commit() for one in kept}
    entry = _entry(home, admitted, ruled, commitments, now_ms)
    index, (leaf_hash,) = home.log.append(connection, [entry.encode()])
    details.insert(connection, index, kept, entry.retain_until_ms)
    return index, leaf_hash


def _details(admitted: Admitted, record: str) -> list[tuple[str, str]]:
    asked = admitted.asked
    if asked is None:
        return []
    statement = asked.statement
    why = {"offence": statement.case.offence, "justification": statement.justification}
    # The whole card, not its digest: whoever opens it can verify who vouched for the case.
    found = [("case", statement.case.pseudonym), ("card", statement.card.note.decode())]
    if statement.officer_mark:
        found.append(("officer", statement.officer_mark))
    if any(why.values()):
        found.append(("justification", canonical_json.dump(why).decode()))
    if record:
        found.append(("record", record))
    return found


def _entry(
    home: NodeHome,
    admitted: Admitted,
    ruled: Ruled,
    commitments: Mapping[str, bytes],
    now_ms: int,
) -> QuestionEntry:
    asked, fields = admitted.asked, admitted.opened.header.fields
    decided = ruled.decided
    # A name that this node does not have is the asker's text, and is not repeated.
    known = asked is not None and asked.dataset in home.settings.datasets
    years = home.settings.datasets[asked.dataset].retain_years if asked and known else _RETAIN_YEARS
    return QuestionEntry(
        type=_type(asked, ruled),
        nation=home.nation,
        dataset=asked.dataset if asked is not None and known else _UNKNOWN,
        version=asked.version if asked is not None and known else 0,
        agency=fields.agency,
        request_digest=admitted.opened.digest,
        size_class=fields.size_class,
        columns=asked.columns if isinstance(asked, Question) else "none",
        prefix_len=asked.prefix_len if isinstance(asked, Question) else 0,
        received_ms=admitted.received_ms,
        decided_ms=now_ms,
        asked_level=asked.level if asked is not None else "hit",
        granted_level=ruled.granted,
        reason=ruled.reason,
        policies=tuple(sorted(set(decided.policy_ids))) if decided else (),
        policy_digest=decided.policy_digest if decided else b"",
        schema_digest=decided.schema_digest if decided else b"",
        engine=decided.engine if decided else "",
        situation=split_situation(decided.context)[0] if decided else b"",
        case_commit=commitments.get("case", b""),
        card_commit=commitments.get("card", b""),
        officer_commit=commitments.get("officer", b""),
        justification_commit=commitments.get("justification", b""),
        record_commit=commitments.get("record", b""),
        grant=ruled.grant,
        twin=agency_log_origin(home.settings.federation, fields.agency),
        retain_until_ms=now_ms + years * details.YEAR_MS,
    )


def _type(asked: Question | Claim | None, ruled: Ruled) -> str:
    if ruled.fault:
        return "fault"
    if isinstance(asked, Claim):
        return "claim"
    return "refusal" if ruled.reason else "answer"
