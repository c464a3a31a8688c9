r"""Whom a party trusts to name the members: its pinned file, and what a list must show against it.

    # comments and empty lines are free
    quorum 4
    nation CN fedquery/CN/root+<id>+<key>
    nation KH fedquery/KH/root+<id>+<key>
    ...

The file is fetched once by a way that an attacker does not hold, such as a visit, and then only
changed by hand. Keys in a list itself sign nothing for it: a list cannot vouch for its own signers.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fedquery.errors import (
    ConfigError,
    EncodingError,
    EquivocationError,
    FedqueryError,
    InputError,
    RollbackError,
    SignatureError,
)
from fedquery.federation import member_list
from fedquery.federation.members import MOST_NATIONS, Federation, Nation
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.tlog.decimal import parse_decimal
from fedquery.tlog.note import VerifierKey, open_note

_CAP: Final = 64 * 1024
# The body, an empty line and 64 signatures.
_NOTE_CAP: Final = member_list.CAP + 64 * 512


@dataclass(frozen=True, slots=True)
class Roots:
    """The pinned keys of the nations.

    Args:
        quorum: how many of them must have signed a list.
        nations: code to nation.
    """

    quorum: int
    nations: Mapping[str, Nation]

    def __post_init__(self) -> None:
        """Refuse a quorum that cannot be had, and one key of two nations.

        Raises:
            InputError: with what is wrong.
        """
        if not 1 <= len(self.nations) <= MOST_NATIONS:
            raise InputError("there are no pinned nations, or too many")
        if not 1 <= self.quorum <= len(self.nations):
            raise InputError("the quorum is 1 to the number of pinned nations")
        # One key under two names would be two voices.
        keys = {nation.root_vkey.public_key for nation in self.nations.values()}
        if len(keys) != len(self.nations):
            raise InputError("two pinned nations have one key")

    def render(self) -> bytes:
        """Write the pinned file."""
        lines = [f"quorum {self.quorum}"]
        lines += [
            f"nation {code} {self.nations[code].root_vkey.format()}"
            for code in sorted(self.nations)
        ]
        return "".join(f"{line}\n" for line in lines).encode("ascii")

    @staticmethod
    def parse(octets: bytes) -> "Roots":
        """Read the pinned file.

        Raises:
            ConfigError: if it does not parse.
        """
        try:
            return _parse(octets)
        except (FedqueryError, ValueError):
            raise ConfigError(
                "the file of pinned root keys does not parse",
                do="It has one line `quorum K` and one line `nation XX <vkey>` for each nation.",
            ) from None


def _parse(octets: bytes) -> Roots:
    if len(octets) > _CAP:
        raise EncodingError("malformed roots")
    lines = (line.strip() for line in octets.decode("ascii").splitlines())
    parts = [line.split() for line in lines if line and not line.startswith("#")]
    quorums = [rest for head, *rest in parts if head == "quorum"]
    nations = [rest for head, *rest in parts if head == "nation"]
    if len(quorums) != 1 or len(quorums) + len(nations) != len(parts):
        raise EncodingError("malformed roots")
    (quorum,) = quorums[0]
    pinned = {code: Nation(code, VerifierKey.parse(key)) for code, key in nations}
    if len(pinned) != len(nations):
        raise EncodingError("malformed roots")
    return Roots(parse_decimal(quorum, MOST_NATIONS, "roots"), pinned)


def list_digest(note: bytes) -> bytes:
    """Compute the digest of a list without its signatures, to be kept beside its number.

    Raises:
        EncodingError: if it is not a signed note.
    """
    return hashlib.sha256(_split(note)).digest()


def _split(note: bytes) -> bytes:
    if len(note) > _NOTE_CAP or b"\n\n" not in note:
        raise EncodingError("malformed member list")
    return note[: note.rindex(b"\n\n") + 1]


def open_federation(
    note: bytes, roots: Roots, now_ms: int, last_number: int, last_digest: bytes | None = None
) -> Federation:
    """Open a member list that a quorum of the pinned nations must have signed.

    Args:
        note: the signed note.
        roots: the pinned keys.
        now_ms: the time.
        last_number: the highest number that was ever accepted, 0 for none.
        last_digest: `list_digest` of the list with that number, if it was kept.

    Raises:
        EncodingError: if it is not a member list.
        SignatureError: if a pinned nation's signature is false, or too few of them have signed.
        RollbackError: if its number is lower than the last one.
        EquivocationError: if it has the last number and other members.
        ConfigError: if it has expired or is from the future.
    """
    verifiers = [nation.root_vkey for nation in roots.nations.values()]
    opened = open_note(note, verifiers, _NOTE_CAP)
    opened.require(roots.quorum, {verifier.name for verifier in verifiers})
    federation = member_list.parse(opened.body)
    # A list may ask for more signatures than the pinned file does, never for fewer.
    if federation.quorum > len(opened.names):
        raise SignatureError("too few of those who must sign have signed")
    _require_newest(opened.body, federation.number, last_number, last_digest)
    if now_ms >= federation.expires_ms:
        raise ConfigError(
            "the member list has expired",
            do="Fetch the current list from a coordinator or another nation, and check the clock.",
        )
    if federation.created_ms > now_ms + CLOCK_SLACK_MS:
        raise ConfigError("the member list is from the future", do="Check the clock.")
    return federation


def _require_newest(body: bytes, number: int, last_number: int, last_digest: bytes | None) -> None:
    if number < last_number:
        raise RollbackError(
            "the member list is older than the one before",
            do="Ask another coordinator for the list, and tell the one who gave this.",
        )
    digest = hashlib.sha256(body).digest()
    if number > last_number or last_digest is None:
        return
    if not hmac.compare_digest(digest, last_digest):
        raise EquivocationError("there are two member lists with one number")
