"""Keys and one exchange that every test of the envelope starts from."""

import secrets
from dataclasses import dataclass

import pytest

from fedquery.seal.envelope import read_request, verify_request
from fedquery.seal.header import RequestFields
from fedquery.seal.kem import KemPrivateKey
from fedquery.seal.request import AnswerContext, OpenedRequest, open_request, seal_request
from fedquery.seal.signing import SigningKey


@dataclass(frozen=True)
class Parties:
    """Who takes part: an agency, a node, and a second of each."""

    agency: SigningKey
    other_agency: SigningKey
    node: SigningKey
    other_node: SigningKey
    kem: KemPrivateKey
    other_kem: KemPrivateKey


@dataclass(frozen=True)
class Exchange:
    """One request that has been sealed and opened."""

    fields: RequestFields
    message: bytes
    request: bytes
    context: AnswerContext
    opened: OpenedRequest


def new_fields(**changes: object) -> RequestFields:
    """Make valid fields of a request header, some of them changed."""
    values: dict[str, object] = {
        "request_id": secrets.token_bytes(16),
        "agency": "TH/cyber-police",
        "nation": "VN",
        "size_class": 1,
        "created_ms": 1_790_000_000_000,
        "expires_ms": 1_790_000_060_000,
    }
    return RequestFields(**(values | changes))  # type: ignore[arg-type]  # a test changes any field


def new_exchange(parties: Parties, **changes: object) -> Exchange:
    """Seal and open one request."""
    fields = new_fields(**changes)
    message = b"question about +66855501990"
    request, context = seal_request(
        fields,
        message,
        parties.kem.public_key,
        parties.agency,
        salt=secrets.token_bytes(32),
        secret=secrets.token_bytes(32),
    )
    envelope = read_request(request)
    verify_request(envelope, parties.agency.verify_key)
    return Exchange(fields, message, request, context, open_request(envelope, parties.kem))


@pytest.fixture(scope="session")
def parties() -> Parties:
    """Make fixed keys."""
    return Parties(
        agency=SigningKey(b"\x01" * 32),
        other_agency=SigningKey(b"\x02" * 32),
        node=SigningKey(b"\x03" * 32),
        other_node=SigningKey(b"\x04" * 32),
        kem=KemPrivateKey(b"\x05" * 32),
        other_kem=KemPrivateKey(b"\x06" * 32),
    )


@pytest.fixture(scope="session")
def exchange(parties: Parties) -> Exchange:
    """Seal and open one request."""
    return new_exchange(parties)


@pytest.fixture(scope="session")
def make_exchange(parties: Parties):
    """Seal and open further requests, with fields changed."""
    return lambda **changes: new_exchange(parties, **changes)


@pytest.fixture(scope="session")
def make_fields():
    """Make valid fields of a request header, some of them changed."""
    return new_fields
