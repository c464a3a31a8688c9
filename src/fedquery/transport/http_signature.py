"""Signed GETs: HTTP Message Signatures (RFC 9421) with the Ed25519 key of an agency.

What is covered: method, authority, path and query, with the time of signing and the name of the
agency. The authority is that of the server's own address, never a header, so that a signature for
one coordinator is nothing to another. A GET changes nothing, so a repeated one within its 120
seconds brings the same public bytes and needs no memory of nonces.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.algorithms import ED25519

from fedquery.errors import SignatureError

MAX_AGE_S: Final = 120
_LABEL: Final = "fedquery"
_TAG: Final = "fedquery/v1/get"
_COVERED: Final = ("@method", "@authority", "@path", "@query")
_PARAMETERS: Final = frozenset({"created", "keyid", "alg", "tag"})
_MOST_OCTETS: Final = 512
_ORIGIN: Final = "https://"


class MessageSigner(Protocol):
    """Whoever signs octets with an Ed25519 key that stays where it is."""

    def sign(self, message: bytes) -> bytes:
        """Sign a message: 64 octets."""
        ...


@dataclass(frozen=True, slots=True)
class _Message:
    """What the library looks at of a request."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


def authority_of(url: str) -> str:
    """Give the authority of an https address: host, and port where it is not 443."""
    return urlsplit(url).netloc.removesuffix(":443")


def sign_get(url: str, *, agency: str, key: MessageSigner, now_ms: int) -> dict[str, str]:
    """Sign a GET.

    Args:
        url: the absolute address, with its query.
        agency: the name of the agency, which is the key id.
        key: its signing key.
        now_ms: the time of signing.

    Returns:
        The headers Signature-Input and Signature.
    """
    message = _Message("GET", url)
    signer = HTTPMessageSigner(signature_algorithm=ED25519)
    prepared = signer.prepare(
        message,
        key_id=agency,
        created=dt.datetime.fromtimestamp(now_ms // 1000, tz=dt.UTC),
        label=_LABEL,
        tag=_TAG,
        covered_component_ids=_COVERED,
    )
    signer.apply(message, prepared, key.sign(prepared.signature_base))
    return message.headers


class _Agencies(HTTPSignatureKeyResolver):
    """Find the key of an agency in the member list."""

    def __init__(self, key_of: Callable[[str], bytes | None]) -> None:
        self._key_of = key_of

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        octets = self._key_of(key_id)
        return Ed25519PublicKey.from_public_bytes(octets) if octets is not None else None

    def resolve_private_key(self, key_id: str) -> None:
        raise NotImplementedError


class _Verifier(HTTPMessageVerifier):
    """Judge time by the clock that it was given."""

    def __init__(self, key_of: Callable[[str], bytes | None], now_ms: int) -> None:
        super().__init__(signature_algorithm=ED25519, key_resolver=_Agencies(key_of))
        self._now_s = now_ms // 1000

    def validate_created_and_expires(self, sig_input: Any, max_age: object = None) -> None:  # noqa: ANN401 -- as the library
        del max_age
        created = sig_input.params.get("created")
        # protocol.md 5: at most 120 s between two clocks, either way.
        if type(created) is not int or abs(self._now_s - created) > MAX_AGE_S:
            raise InvalidSignature("not of now")


def verify_get(
    *,
    authority: str,
    target: str,
    headers: Mapping[str, str],
    key_of: Callable[[str], bytes | None],
    now_ms: int,
) -> str:
    """Verify that an enrolled agency has signed a GET.

    Args:
        authority: the server's own host and port, as its address in the member list has them.
        target: path and query as they came, percent-encoded.
        headers: the request's headers, lower-case names; doubled ones joined by a comma and space.
        key_of: gives the 32 octets of an agency's public key, or none.
        now_ms: the server's time.

    Returns:
        The name of the agency.

    Raises:
        SignatureError: for every fault, with one text.
    """
    wanted = {name: headers.get(name, "") for name in ("signature-input", "signature")}
    if not all(0 < len(value) <= _MOST_OCTETS and value.isascii() for value in wanted.values()):
        raise _refusal()
    message = _Message("GET", f"{_ORIGIN}{authority}{target}", wanted)
    try:
        results = _Verifier(key_of, now_ms).verify(
            message, expect_tag=_TAG, require_components=_COVERED
        )
    except (HTTPMessageSignaturesException, ValueError):
        raise _refusal() from None
    (result,) = results if len(results) == 1 else (None,)
    if result is None or not _PARAMETERS.issuperset(result.parameters):
        raise _refusal()
    return str(result.parameters["keyid"])


def _refusal() -> SignatureError:
    return SignatureError(
        "the request is not signed by an enrolled agency",
        do="Sign it as RFC 9421 says with the agency's key, and check the clock.",
    )
