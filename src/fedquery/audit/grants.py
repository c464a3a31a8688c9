"""Grants above the ordinary quota in a node's log: their entries, and what follows from them."""

from dataclasses import dataclass
from typing import Annotated

from fedquery.audit.entry import Entry
from fedquery.audit.form import (
    Agency,
    Digest,
    Integer,
    Milliseconds,
    Name,
    Nation,
    Number,
    OneOf,
    OptionalDigest,
)
from fedquery.audit.node import BY_OPERATORS, QuestionEntry

MOST_GRANTED = 10**9
"""How many elements one grant may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantEntry(Entry):
    """A grant above the ordinary quota that was proposed; its place in the log is its number.

    Attributes:
        type: "grant".
        nation: whose node would grant it.
        agency: to whom.
        dataset: for questions and claims about which dataset.
        elements: how many elements in all, by size class.
        until_ms: until when.
        case_commit: commitment to the case's pseudonym; empty where it is for any case.
        at_ms: when it was proposed.
        retain_until_ms: when the detail beside the log is erased.
    """

    type: Annotated[str, OneOf(("grant",))] = "grant"
    nation: Nation
    agency: Agency
    dataset: Name
    elements: Annotated[int, Integer(1, MOST_GRANTED)]
    until_ms: Milliseconds
    case_commit: OptionalDigest = b""
    at_ms: Milliseconds
    retain_until_ms: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantingEntry(Entry):
    """A grant that holds from now on, or no more.

    Attributes:
        type: "granting".
        act: "approved" or "revoked".
        nation: whose node grants it.
        index: the place of its proposal in this log.
        leaf_hash: the hash of that entry.
        approved_by: name and key id of each operator's key that approved it; nobody's where it is
            revoked, or where the node's settings name no operators.
        at_ms: when that was.
    """

    type: Annotated[str, OneOf(("granting",))] = "granting"
    act: Annotated[str, OneOf(("approved", "revoked"))]
    nation: Nation
    index: Number
    leaf_hash: Digest
    approved_by: Annotated[tuple[str, ...], BY_OPERATORS] = ()
    at_ms: Milliseconds


@dataclass(slots=True)
class _Grant:
    entry: GrantEntry
    act: str = "proposed"
    used: int = 0


class Granted:
    """Follows grants through a log, in order; each method says what is wrong, or nothing."""

    def __init__(self) -> None:
        self._grants: dict[int, _Grant] = {}

    def propose(self, index: int, entry: GrantEntry) -> None:
        """Take in a proposal.

        Args:
            index: its place in the log, which is the grant's number.
            entry: the proposal.
        """
        self._grants[index] = _Grant(entry)

    def act(self, entry: GrantingEntry) -> str:
        """Take in that a grant is approved or revoked.

        Returns:
            What is wrong about it, or nothing.
        """
        grant = self._grants.get(entry.index)
        if grant is None:
            return "the earlier entry that it names is no grant"
        if entry.act == "approved" and grant.act != "proposed":
            return "a grant was approved before, or is revoked"
        if grant.act == "revoked":
            return "a grant was revoked before"
        grant.act = entry.act
        return ""

    def charge(self, entry: QuestionEntry, number: int) -> str:
        """Take in that a grant has paid for a question or a claim.

        Args:
            entry: the question.
            number: the grant that it names.

        Returns:
            What is wrong about it, or nothing.
        """
        grant = self._grants.get(number)
        if grant is None or grant.act != "approved":
            return "the grant that it names does not hold"
        granted = grant.entry
        # Whether the case is the grant's cannot be seen: both entries only commit to it.
        if (granted.agency, granted.dataset) != (entry.agency, entry.dataset):
            return "the grant that it names is for another agency or dataset"
        if entry.decided_ms >= granted.until_ms:
            return "the grant that it names had ended"
        grant.used += entry.size_class
        return "more was asked than granted" if grant.used > granted.elements else ""
