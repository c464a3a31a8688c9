"""How a grant comes to hold: proposed, approved by operators, and revoked by one word.

Each step is one transaction with its log entry, and a checkpoint where something holds from then
on, or no more. Who must agree is who must agree to a policy: both decide what others may learn.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.audit.detail import salted
from fedquery.audit.grants import GrantEntry, GrantingEntry
from fedquery.errors import InputError
from fedquery.policy.approval import require_approved
from fedquery.storage import details
from fedquery.storage.transaction import transaction
from fedquery.tlog.note import VerifierKey
from fedquery_node import grants, members, signers
from fedquery_node.grant_note import GrantNote
from fedquery_node.grants import Grant
from fedquery_node.home import NodeHome
from fedquery_node.proposals import operators_of

MOST_LIFE_MS: Final = 366 * 86_400_000
_NO_LEAF: Final = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to be granted.

    Attributes:
        agency: to whom.
        dataset: for which dataset.
        elements: how many, 1 to 10^9.
        until_ms: until when, at most 366 days ahead, whole seconds.
        pseudonym: for which case, by the name that stands on its cards for this nation; "" for any.
    """

    agency: str
    dataset: str
    elements: int
    until_ms: int
    pseudonym: str = field(default="", repr=False)


def propose(
    home: NodeHome,
    connection: sqlite3.Connection,
    wanted: Wanted,
    *,
    random: Callable[[int], bytes],
    now_ms: int,
) -> GrantNote:
    """Take in a proposal and log it; nothing is granted yet.

    Args:
        home: the data directory.
        connection: its database, outside a transaction.
        wanted: what is to be granted.
        random: the random source, for the salt of the case.
        now_ms: the time.

    Returns:
        What operators sign.

    Raises:
        InputError: if a value is out of form, no such agency may ask, there is no such dataset, or
            the end is past or too far ahead.
        ConfigError: if the member list cannot be used.
    """
    note = GrantNote(
        origin=home.log.origin,
        number=0,
        leaf_hash=_NO_LEAF,
        agency=wanted.agency,
        dataset=wanted.dataset,
        elements=wanted.elements,
        until_ms=wanted.until_ms,
        pseudonym=wanted.pseudonym,
    )
    _require_usable(home, connection, wanted, now_ms)
    kept = salted([("case", wanted.pseudonym)] if wanted.pseudonym else [], random)
    years = home.settings.datasets[wanted.dataset].retain_years
    entry = GrantEntry(
        nation=home.nation,
        agency=wanted.agency,
        dataset=wanted.dataset,
        elements=wanted.elements,
        until_ms=wanted.until_ms,
        case_commit=kept[0].commit() if kept else b"",
        at_ms=now_ms,
        retain_until_ms=wanted.until_ms + years * details.YEAR_MS,
    )
    with transaction(connection):
        number, (leaf,) = home.log.append(connection, [entry.encode()])
        details.insert(connection, number, kept, entry.retain_until_ms)
        grants.add(
            connection,
            Grant(
                number=number,
                leaf_hash=leaf,
                agency=wanted.agency,
                dataset=wanted.dataset,
                pseudonym=wanted.pseudonym,
                elements=wanted.elements,
                until_ms=wanted.until_ms,
                proposed_ms=now_ms,
            ),
        )
    return replace(note, number=number, leaf_hash=leaf)


def approve(
    home: NodeHome,
    connection: sqlite3.Connection,
    number: int,
    notes: Sequence[bytes],
    now_ms: int,
) -> tuple[Grant, tuple[VerifierKey, ...]]:
    """Let a proposed grant hold, if enough operators have approved it.

    Args:
        home: the data directory.
        connection: its database, outside a transaction.
        number: the place of its proposal in the log.
        notes: the signed proposals of the operators.
        now_ms: the time.

    Returns:
        The grant as it was proposed, and who has approved it.

    Raises:
        InputError: if there is none, it does not wait for approval, or it has ended.
        SignatureError: as `require_approved`.
    """
    with transaction(connection):
        grant = grants.find(connection, number)
        if grant.state != grants.PROPOSED or now_ms >= grant.until_ms:
            raise InputError(
                "this grant does not wait for approval",
                do="`fedquery-node grant list` says how each stands; propose it anew.",
            )
        note = note_of(home, grant)
        approved = require_approved(note, notes, operators_of(home), home.settings.policy.needed)
        names = tuple(sorted(signers.short_name(key) for key in approved))
        _act(home, connection, grant, grants.APPROVED, now_ms=now_ms, names=names)
    return grant, approved


def revoke(home: NodeHome, connection: sqlite3.Connection, number: int, now_ms: int) -> Grant:
    """Let a grant hold no more, from the next question on; what it has paid for stays paid.

    It takes one operator and no signature, as a block does: it can only lessen what is told.

    Raises:
        InputError: if there is none, or it is revoked already.
    """
    with transaction(connection):
        grant = grants.find(connection, number)
        if grant.state == grants.REVOKED:
            raise InputError("this grant is revoked already", do="Nothing is to do.")
        _act(home, connection, grant, grants.REVOKED, now_ms=now_ms)
    return grant


def note_of(home: NodeHome, grant: Grant) -> GrantNote:
    """Write again what operators sign."""
    return GrantNote(
        origin=home.log.origin,
        number=grant.number,
        leaf_hash=grant.leaf_hash,
        agency=grant.agency,
        dataset=grant.dataset,
        elements=grant.elements,
        until_ms=grant.until_ms,
        pseudonym=grant.pseudonym,
    )


def _act(
    home: NodeHome,
    connection: sqlite3.Connection,
    grant: Grant,
    act: str,
    *,
    now_ms: int,
    names: tuple[str, ...] = (),
) -> None:
    entry = GrantingEntry(
        act=act,
        nation=home.nation,
        index=grant.number,
        leaf_hash=grant.leaf_hash,
        approved_by=names,
        at_ms=now_ms,
    )
    home.log.append(connection, [entry.encode()])
    grants.put(connection, grant.number, act, ",".join(names))
    home.log.sign_checkpoint(connection, home.log_signer, now_ms)


def _require_usable(
    home: NodeHome, connection: sqlite3.Connection, wanted: Wanted, now_ms: int
) -> None:
    listed = members.load(home, connection, now_ms)
    if members.Members(listed.federation, home.nation).asking(wanted.agency) is None:
        raise InputError(
            "no such agency of another nation is in the member list",
            do="Write it as the list does, such as TH/cyber-police.",
        )
    if wanted.dataset not in home.settings.datasets:
        raise InputError(
            "there is no such dataset",
            do=f"There are {', '.join(sorted(home.settings.datasets))}.",
        )
    if not now_ms < wanted.until_ms <= now_ms + MOST_LIFE_MS:
        raise InputError("a grant ends later than now, and within 366 days")
