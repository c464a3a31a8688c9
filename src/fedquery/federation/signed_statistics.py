"""Statistics as a note that the party whose log it is has signed, held against the member list.

Nodes and coordinators sign with the key of their answers, agencies with that of their questions.
Everything else that these keys sign begins otherwise than with the title of statistics.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from fedquery.audit.adding_up import require_adds_up
from fedquery.audit.statistics import CAP, Statistics, title_of
from fedquery.errors import InputError, SignatureError
from fedquery.federation import names
from fedquery.federation.log_owner import owner_of
from fedquery.federation.members import Federation
from fedquery.tlog.note import Signer, VerifierKey, open_note, sign, split_note

NOTE_CAP: Final = CAP + 4096


def key_name(kind: str, party: str) -> str:
    """Name the key with which a party signs its statistics."""
    if kind == "agency":
        return party
    return names.node_name(party) if kind == "node" else f"fedquery/coordinator/{party}"


def sign_statistics(statistics: Statistics, seed: bytes) -> bytes:
    """Sign the statistics of a month.

    Args:
        statistics: the figures of the party's own log.
        seed: the party's signing key, 32 octets.

    Raises:
        InputError: if they are not of a month.
    """
    name = key_name(statistics.kind, statistics.party)
    return sign(statistics.render(), [Signer(name, seed)])


def open_statistics(note: bytes, federation: Federation) -> Statistics:
    """Verify that a member has signed statistics of its own log.

    Args:
        note: the signed note.
        federation: the members.

    Raises:
        EncodingError: if it does not parse, or its numbers do not add up.
        InputError: if no member of that name is in the list.
        SignatureError: if the member has not signed, or the log is another's.
    """
    kind, party, _ = title_of(split_note(note, NOTE_CAP)[0])
    public = _keys(federation, kind).get(party)
    if public is None:
        raise InputError(
            "the statistics are of a party that is not in the member list",
            do="Take the list of that month, or leave this note out.",
        )
    opened = open_note(note, [VerifierKey(key_name(kind, party), public)], NOTE_CAP)
    statistics = Statistics.parse(opened.body)
    if owner_of(statistics.log.origin) != (federation.name, kind, party):
        raise SignatureError("the statistics are of another log than that of who signed them")
    require_adds_up(statistics)
    return statistics


def require_one_month(statistics: Sequence[Statistics]) -> None:
    """Require that statistics can be added up.

    Raises:
        InputError: if there are none, they are of two months or of two kinds of logs, or two of
            them are of one log.
    """
    if not statistics:
        raise InputError("there are no statistics to join")
    if len({one.month for one in statistics}) > 1:
        raise InputError("the statistics are of different months")
    if len({one.kind for one in statistics}) > 1:
        raise InputError(
            "the statistics are of different kinds of logs",
            do="Join those of nodes with those of nodes.",
        )
    if len({one.log.origin for one in statistics}) < len(statistics):
        raise InputError("two of the statistics are of one log")


def parties(federation: Federation, kind: str) -> Iterable[str]:
    """List the members that have a log of a kind."""
    return _keys(federation, kind).keys()


def _keys(federation: Federation, kind: str) -> dict[str, bytes]:
    if kind == "node":
        return {nation: node.signing_public for nation, node in federation.nodes.items()}
    if kind == "coordinator":
        return {entry.name: entry.signing_public for entry in federation.coordinators}
    return {name: agency.signing_public for name, agency in federation.agencies.items()}
