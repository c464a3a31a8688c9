"""What a coordinator looks at before it passes anything on: signature, membership, size, expiry.

It reads headers and can read nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from fedquery.encoding.base64 import b64decode
from fedquery.errors import FedqueryError, InputError, SignatureError
from fedquery.federation.members import Federation
from fedquery.seal.envelope import REQUEST_CAP, RequestEnvelope, read_request, verify_request
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.seal.signing import VerifyKey

MOST_ENVELOPES: Final = 32


class TargetError(InputError):
    """The envelopes are not for different other nations of the federation."""

    slug = "target"
    default_do = "Send one envelope for each nation, and none for your own."


class ExpiredError(InputError):
    """An envelope has expired, or is from the future."""

    slug = "expired"
    default_do = "Seal the question anew, and check the clock."


class MembersExpiredError(FedqueryError):
    """The coordinator's own member list has expired; it relays nothing by it."""

    slug = "members-expired"
    default_do = "Ask another coordinator; its operator has to install the renewed list."


@dataclass(frozen=True, slots=True)
class Query:
    """Envelopes of one agency, looked at.

    Attributes:
        agency: who asks.
        envelopes: nation to envelope.
        octets: nation to the envelope as it came.
    """

    agency: str
    envelopes: dict[str, RequestEnvelope] = field(repr=False)
    octets: dict[str, bytes] = field(repr=False)


def read_query(texts: Sequence[str], federation: Federation, now_ms: int) -> Query:
    """Read and verify the envelopes of a query.

    Args:
        texts: base64, at most 32.
        federation: the members.
        now_ms: the time.

    Raises:
        MembersExpiredError: if the members are not to be relied on any more.
        EncodingError: if one of them is no envelope.
        SignatureError: if one is not signed by an enrolled agency, or by another than the rest.
        TargetError: if two are for one nation, or one for the agency's own or an unknown nation.
        ExpiredError: if one has expired or is from the future.
    """
    if now_ms >= federation.expires_ms:
        raise MembersExpiredError("the member list of this coordinator has expired")
    if not 1 <= len(texts) <= MOST_ENVELOPES:
        raise TargetError("a query has 1 to 32 envelopes")
    octets = [b64decode(text, cap=REQUEST_CAP, what="envelope") for text in texts]
    envelopes = [read_request(one) for one in octets]
    agency = envelopes[0].header.fields.agency
    entry = federation.agencies.get(agency)
    if entry is None:
        raise _not_signed()
    key = VerifyKey.decode(entry.signing_public)
    by_nation: dict[str, RequestEnvelope] = {}
    for envelope in envelopes:
        fields = envelope.header.fields
        if fields.agency != agency:
            raise _not_signed()
        verify_request(envelope, key)
        if fields.nation in by_nation or fields.nation == entry.nation:
            raise TargetError("two envelopes are for one nation, or one is for the asker's own")
        if fields.nation not in federation.nodes:
            raise TargetError("an envelope is for a nation without a node in the federation")
        if not fields.created_ms - CLOCK_SLACK_MS <= now_ms < fields.expires_ms:
            raise ExpiredError("an envelope has expired or is from the future")
        by_nation[fields.nation] = envelope
    raw = {one.header.fields.nation: whole for one, whole in zip(envelopes, octets, strict=True)}
    return Query(agency, by_nation, raw)


def _not_signed() -> SignatureError:
    return SignatureError(
        "an envelope is not signed by an enrolled agency, or not by the one of the others",
        do="Compare the member list, the key of the agency and the clock.",
    )
