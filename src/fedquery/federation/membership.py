"""Change a member list and gather its signatures, as pure functions.

A list that nobody has signed is a draft and keeps its number while it is changed. The first change
of a signed list makes the next draft: the number goes up by one and the signatures are dropped,
because they were given for other members.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from fedquery.errors import EncodingError, InputError
from fedquery.federation import member_list, names
from fedquery.federation.members import Agency, CoordinatorEntry, Federation, Nation, NodeEntry
from fedquery.tlog.note import (
    MAX_SIGNATURES,
    NoteSigner,
    sign_line,
    signature_line,
    split_note,
)
from fedquery.tlog.vkey import KEY_ID_SIZE

Member: TypeAlias = Nation | NodeEntry | Agency | CoordinatorEntry

_CAP: Final = member_list.CAP + MAX_SIGNATURES * 512
_DAY_MS: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class MemberList:
    """Members with the signature lines gathered so far, none of them verified.

    Args:
        federation: the members.
        signatures: lines of a signed note, each with its newline.
    """

    federation: Federation
    signatures: tuple[bytes, ...] = ()

    def render(self) -> bytes:
        """Write the file: a signed note, or the body alone while nobody has signed."""
        body = member_list.render(self.federation)
        return body + b"\n" + b"".join(self.signatures) if self.signatures else body

    @staticmethod
    def parse(octets: bytes) -> "MemberList":
        """Read the file, signed or not; no signature is verified.

        Raises:
            EncodingError: if it is neither.
        """
        if b"\n\n" not in octets:
            return MemberList(member_list.parse(octets))
        body, lines = split_note(octets, _CAP)
        signatures = tuple(
            signature_line(name, octets[:KEY_ID_SIZE], octets[KEY_ID_SIZE:])
            for name, octets in lines
        )
        if len(set(signatures)) != len(signatures):
            raise EncodingError("malformed member list")
        return MemberList(member_list.parse(body), signatures)

    @property
    def signed_by(self) -> tuple[str, ...]:
        """Give the names on the signature lines, not verified."""
        return tuple(line.decode().split(" ")[1] for line in self.signatures)


def draft(name: str, *, training: bool, now_ms: int, days: int) -> MemberList:
    """Begin a federation without members.

    Args:
        name: its name.
        training: whether it is for exercises.
        now_ms: the time.
        days: how long the first list may be used, 1 to 30.

    Raises:
        InputError: if the name or the days are out of form.
    """
    created_ms, expires_ms = _life(now_ms, days)
    return MemberList(
        Federation(
            name=name,
            number=1,
            created_ms=created_ms,
            expires_ms=expires_ms,
            quorum=1,
            training=training,
            nations={},
            nodes={},
            agencies={},
            coordinators=(),
        )
    )


def enrol(listed: MemberList, member: Member) -> MemberList:
    """Add a member, or put it in the place of the one with its name.

    Raises:
        InputError: if it does not fit the other members.
    """
    return _next(listed, _with(listed.federation, member))


def _with(federation: Federation, member: Member) -> Federation:
    match member:
        case Nation():
            return replace(federation, nations={**federation.nations, member.code: member})
        case NodeEntry():
            return replace(federation, nodes={**federation.nodes, member.nation: member})
        case Agency():
            return replace(federation, agencies={**federation.agencies, member.name: member})
        case CoordinatorEntry():
            entries = _with_coordinator(federation.coordinators, member)
            return replace(federation, coordinators=entries)


def _with_coordinator(
    entries: tuple[CoordinatorEntry, ...], member: CoordinatorEntry
) -> tuple[CoordinatorEntry, ...]:
    if all(entry.name != member.name for entry in entries):
        return (*entries, member)
    return tuple(member if entry.name == member.name else entry for entry in entries)


def remove(listed: MemberList, name: str) -> MemberList:
    """Take a member away by its name.

    Args:
        listed: the list.
        name: `TH/cyber-police` for an agency; a coordinator's name; `TH` for a nation with its node
            and its agencies.

    Raises:
        InputError: if there is no such member, or the quorum would be more than the nations left.
    """
    federation = listed.federation
    if name in federation.nations:
        changed = replace(
            federation,
            nations={code: nation for code, nation in federation.nations.items() if code != name},
            nodes={code: node for code, node in federation.nodes.items() if code != name},
            agencies={
                key: agency
                for key, agency in federation.agencies.items()
                if names.nation_of(key) != name
            },
        )
    elif name in federation.agencies:
        left = {key: agency for key, agency in federation.agencies.items() if key != name}
        changed = replace(federation, agencies=left)
    elif any(entry.name == name for entry in federation.coordinators):
        kept = tuple(entry for entry in federation.coordinators if entry.name != name)
        changed = replace(federation, coordinators=kept)
    else:
        raise InputError("there is no member of this name")
    return _next(listed, changed)


def set_quorum(listed: MemberList, quorum: int) -> MemberList:
    """Say how many nations must sign, from this list on.

    Raises:
        InputError: unless 1 <= quorum <= the number of nations.
    """
    return _next(listed, replace(listed.federation, quorum=quorum))


def renew(listed: MemberList, now_ms: int, days: int) -> MemberList:
    """Give the same members a new life.

    Args:
        listed: the list.
        now_ms: the time.
        days: how long it may be used, 1 to 30.

    Raises:
        InputError: if the days are out of range.
    """
    created_ms, expires_ms = _life(now_ms, days)
    changed = replace(listed.federation, created_ms=created_ms, expires_ms=expires_ms)
    return _next(listed, changed)


def sign(listed: MemberList, signer: NoteSigner) -> MemberList:
    """Add the signature of one nation; signing again changes nothing.

    Raises:
        InputError: if the signer is not the root of a nation in the list.
    """
    roots = {
        nation.root_vkey.name: nation.root_vkey for nation in listed.federation.nations.values()
    }
    root = roots.get(signer.name)
    if root is None or root.key_id != signer.key_id:
        raise InputError("this key is not the root key of a nation in the list")
    line = sign_line(member_list.render(listed.federation), signer)
    # Ed25519 signatures are deterministic, so the same signer gives the same line.
    if line in listed.signatures:
        return listed
    return replace(listed, signatures=(*listed.signatures, line))


def _life(now_ms: int, days: int) -> tuple[int, int]:
    created_ms = now_ms // 1000 * 1000
    return created_ms, created_ms + days * _DAY_MS


def _next(listed: MemberList, changed: Federation) -> MemberList:
    if changed == listed.federation:
        return listed
    if not listed.signatures:
        return MemberList(changed)
    return MemberList(replace(changed, number=changed.number + 1))
