"""Enrolment cards: how a node, an agency, a coordinator or a nation asks to be listed.

A card is a JSON file with public things only, signed by the key that it introduces, so that nobody
can be listed with a key that is another's. Whoever lists it compares its fingerprint with the
sender by another way, such as a call: the signature alone says nothing of who it is.
"""

import hashlib
import json
from typing import Final, Protocol

from fedquery.encoding import canonical_json
from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.encoding.canonical_json import Json
from fedquery.encoding.octets import lp
from fedquery.errors import EncodingError, InputError
from fedquery.federation.members import (
    MOST_CA_OCTETS,
    Agency,
    CoordinatorEntry,
    Nation,
    NodeEntry,
)
from fedquery.federation.membership import Member
from fedquery.seal.signing import VerifyKey
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.tlog.note import VerifierKey

_CAP: Final = 16 * 1024
_LABEL: Final = b"fedquery/v1/card"
_SIGNATURE: Final = "signature"


class CardSigner(Protocol):
    """The secret half of the key that a card introduces."""

    def sign(self, message: bytes) -> bytes:
        """Sign a message: 64 octets."""
        ...


def write_card(member: Member, signer: CardSigner) -> bytes:
    """Write a card.

    Args:
        member: who asks to be listed.
        signer: its signing key; for a nation, its root key.

    Returns:
        Indented JSON for people to look at.

    Raises:
        SignatureError: if the signer is not the member's key.
    """
    document = _document(member)
    signature = signer.sign(_signed(document))
    _key_of(member).verify(signature, _signed(document))
    card = {**document, _SIGNATURE: b64encode(signature)}
    return json.dumps(card, indent=2, sort_keys=True).encode("ascii") + b"\n"


def read_card(octets: bytes) -> Member:
    """Read a card and verify that its sender has the key that it introduces.

    Raises:
        EncodingError: if it is not a card.
        SignatureError: if the signature does not verify.
    """
    value = canonical_json.load(octets, cap=_CAP, what="card", canonical=False)
    if not isinstance(value, dict):
        raise _malformed()
    signature = b64decode(_text(value, _SIGNATURE), cap=64, what="card")
    document = {key: item for key, item in value.items() if key != _SIGNATURE}
    try:
        member = _member(document)
    except InputError:
        raise _malformed() from None
    # What is written again is what was signed, so a card has no members that were not looked at.
    if _document(member) != document:
        raise _malformed()
    _key_of(member).verify(signature, _signed(document))
    return member


def fingerprint(member: Member) -> str:
    """Give what two people compare: the first 16 octets of a hash, in groups of four digits."""
    text = hashlib.sha256(_signed(_document(member))).hexdigest()[:32]
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _signed(document: dict[str, Json]) -> bytes:
    return lp(_LABEL) + lp(canonical_json.dump(document))


def _key_of(member: Member) -> VerifyKey:
    if isinstance(member, Nation):
        return VerifyKey.decode(member.root_vkey.public_key)
    return VerifyKey.decode(member.signing_public)


def _document(member: Member) -> dict[str, Json]:
    match member:
        case Nation():
            return {"card": "nation", "nation": member.code, "root": member.root_vkey.format()}
        case NodeEntry():
            return {
                "card": "node",
                "nation": member.nation,
                "signing": b64encode(member.signing_public),
                "log": member.log_vkey.format(),
                "witness": member.witness_vkey.format(),
                "address": member.address,
                "ca": b64encode(member.ca_der),
            }
        case Agency():
            return {
                "card": "agency",
                "name": member.name,
                "sort": member.sort,
                "signing": b64encode(member.signing_public),
            }
        case CoordinatorEntry():
            return {
                "card": "coordinator",
                "name": member.name,
                "url": member.url,
                "signing": b64encode(member.signing_public),
                "log": member.log_vkey.format(),
                "ca": b64encode(member.ca_der),
            }


def _member(document: dict[str, Json]) -> Member:
    match _text(document, "card"):
        case "nation":
            return Nation(_text(document, "nation"), VerifierKey.parse(_text(document, "root")))
        case "node":
            return NodeEntry(
                _text(document, "nation"),
                _octets(document, "signing", 32),
                VerifierKey.parse(_text(document, "log")),
                CosignatureKey.parse(_text(document, "witness")),
                _text(document, "address"),
                _octets(document, "ca", MOST_CA_OCTETS),
            )
        case "agency":
            signing = _octets(document, "signing", 32)
            return Agency(_text(document, "name"), _text(document, "sort"), signing)
        case "coordinator":
            return CoordinatorEntry(
                _text(document, "name"),
                _text(document, "url"),
                _octets(document, "signing", 32),
                VerifierKey.parse(_text(document, "log")),
                _octets(document, "ca", MOST_CA_OCTETS),
            )
        case _:
            raise _malformed()


def _text(document: dict[str, Json], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str):
        raise _malformed()
    return value


def _octets(document: dict[str, Json], key: str, cap: int) -> bytes:
    return b64decode(_text(document, key), cap=cap, what="card")


def _malformed() -> EncodingError:
    return EncodingError("malformed card")
