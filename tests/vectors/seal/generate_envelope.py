"""Write envelope.json: one request and one answer, every input fixed but the encapsulation's.

Run it only when the envelope changes: python tests/vectors/seal/generate_envelope.py
"""

import hashlib
import json
from pathlib import Path

from fedquery.seal.answer import seal_answer
from fedquery.seal.envelope import read_answer, read_request, verify_request
from fedquery.seal.header import RequestFields
from fedquery.seal.kem import KemPrivateKey
from fedquery.seal.request import open_request, seal_request
from fedquery.seal.signing import SigningKey
from fedquery.seal.size import answer_length

LABEL = "fedquery/v1 envelope vector 1: "


def octets(name: str, length: int) -> bytes:
    """Derive an input from its name, so that nothing is up anyone's sleeve."""
    return hashlib.shake_256((LABEL + name).encode()).digest(length)


def main() -> None:
    """Write the file beside this one."""
    inputs = {
        "agency_seed": octets("agency seed", 32),
        "node_seed": octets("node seed", 32),
        "kem_seed": octets("kem seed", 32),
        "request_id": octets("request id", 16),
        "secret": octets("secret", 32),
        "request_salt": octets("request salt", 32),
        "request_message": octets("request message", 160),
        "answer_salt": octets("answer salt", 32),
        "response_nonce": octets("response nonce", 32),
        "answer_message": octets("answer message", 300),
    }
    agency = SigningKey(inputs["agency_seed"])
    node = SigningKey(inputs["node_seed"])
    kem = KemPrivateKey(inputs["kem_seed"])
    fields = RequestFields(
        request_id=inputs["request_id"],
        agency="TH/cyber-police",
        nation="VN",
        size_class=1,
        created_ms=1_790_000_000_000,
        expires_ms=1_790_000_060_000,
    )
    length = answer_length(1, 1, 8, 2)
    # The encapsulation draws its own randomness: each run of this file makes another enc.
    request, _context = seal_request(
        fields,
        inputs["request_message"],
        kem.public_key,
        agency,
        salt=inputs["request_salt"],
        secret=inputs["secret"],
    )
    read = read_request(request)
    verify_request(read, agency.verify_key)
    draws = iter((inputs["answer_salt"], inputs["response_nonce"]))
    answer = seal_answer(
        open_request(read, kem),
        inputs["answer_message"],
        length=length,
        signing_key=node,
        nation="VN",
        answered_ms=1_790_000_001_500,
        random=lambda _length: next(draws),
    )
    read_back = read_answer(answer)
    parts = {
        "agency_public": agency.verify_key.public,
        "agency_key_id": agency.key_id,
        "node_public": node.verify_key.public,
        "node_key_id": node.key_id,
        "kem_public": kem.public,
        "kem_key_id": kem.key_id,
        "request_header": read.header_octets,
        "enc": read.enc,
        "request_sealed": read.sealed,
        "request_signature": read.signature,
        "request_digest": read.digest,
        "answer_header": read_back.header_octets,
        "answer_sealed": read_back.sealed,
        "answer_signature": read_back.signature,
        "answer_sha256": hashlib.sha256(answer).digest(),
    }
    vector: dict[str, object] = {
        "agency": fields.agency,
        "nation": fields.nation,
        "size_class": fields.size_class,
        "created_ms": fields.created_ms,
        "expires_ms": fields.expires_ms,
        "answered_ms": 1_790_000_001_500,
        "answer_length": length,
    }
    vector |= {name: part.hex() for name, part in (inputs | parts).items()}
    path = Path(__file__).with_name("envelope.json")
    path.write_text(json.dumps(vector, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
