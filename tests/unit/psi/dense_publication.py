"""The protocol's publication from hashlib, hmac and libsodium alone, sharing no code with fedquery.

Run it to write tests/vectors/psi/publication.json anew; it is written so that it can be compared
with the text of the protocol line by line, not so that it can be used.
"""

import hashlib
import hmac
import json
import pathlib

import rbcl

VECTOR = pathlib.Path(__file__).parents[2] / "vectors" / "psi" / "publication.json"
CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"

GIVEN = {
    "identifier": "phone:v1:+66855501990",
    "seed": bytes(range(32)).hex(),
    "holder": "VN",
    "asker_nation": "TH",
    "dataset": "phones",
    "kind": "phone",
    "version": 7,
    "view_id": "view-1",
    "prefix_bits": 2,
    "capacity": 8,
    "salt": bytes(range(32, 64)).hex(),
    "other_nation": "LA",
    "other_commitment": bytes(range(64, 96)).hex(),
    "vectors_digest": hashlib.sha256(b"example of a vectors file").hexdigest(),
    "published_ms": 1_700_000_000_000,
    "next_due_ms": 1_700_000_900_000,
    "claim_window_ms": 259_200_000,
}


def lp(octets: bytes) -> bytes:
    """LP(x) = I2OSP(len(x), 4) || x."""
    return len(octets).to_bytes(4, "big") + octets


def xmd(message: bytes, dst: bytes) -> bytes:
    """Compute expand_message_xmd of RFC 9380, 5.3.1, SHA-512, 64 octets: one block."""
    prime = dst + bytes([len(dst)])
    b0 = hashlib.sha512(bytes(128) + message + b"\x00\x40\x00" + prime).digest()
    return hashlib.sha512(b0 + b"\x01" + prime).digest()


def expand(output: bytes, info: bytes, length: int) -> bytes:
    """Compute HKDF-Expand of RFC 5869 with SHA-512, one block."""
    return hmac.new(output, info + b"\x01", hashlib.sha512).digest()[:length]


def leaf(data: bytes) -> bytes:
    """Hash a leaf of RFC 6962."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Hash two nodes of RFC 6962."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def compute(given: dict) -> dict[str, object]:
    """Compute every value of a publication with one row."""
    one = given["identifier"].encode()
    version = given["version"].to_bytes(8, "big")
    holder, dataset = lp(given["holder"].encode()), lp(given["dataset"].encode())

    info = b"fedquery/v1/key" + holder + dataset + version + lp(given["view_id"].encode())
    derive = bytes.fromhex(given["seed"]) + len(info).to_bytes(2, "big") + info + b"\x00"
    secret = rbcl.crypto_core_ristretto255_scalar_reduce(xmd(derive, b"DeriveKeyPair" + CONTEXT))
    public = rbcl.crypto_scalarmult_ristretto255_base(secret)

    element = rbcl.crypto_core_ristretto255_from_hash(xmd(one, b"HashToGroup-" + CONTEXT))
    issued = rbcl.crypto_scalarmult_ristretto255(secret, element)
    framed = len(one).to_bytes(2, "big") + one + b"\x00\x20" + issued + b"Finalize"
    output = hashlib.sha512(framed).digest()
    tag = expand(output, b"fedquery/v1/tag", 8)
    token = expand(output, b"fedquery/v1/claim", 16)

    digest = hashlib.sha256(b"fedquery/v1/bucket" + one).digest()
    number = digest[0] >> (8 - given["prefix_bits"])
    buckets = []
    for n in range(1 << given["prefix_bits"]):
        tags = [hashlib.sha256(b"filler %d %d" % (n, i)).digest()[:8] for i in range(8)]
        buckets.append(b"".join(sorted([*tags[:7], tag]) if n == number else sorted(tags)))
    data = [n.to_bytes(4, "big") + hashlib.sha256(b).digest() for n, b in enumerate(buckets)]
    h = [leaf(d) for d in data]
    pairs = [node(h[0], h[1]), node(h[2], h[3])]
    root = node(*pairs)
    path = [h[number ^ 1], pairs[(number >> 1) ^ 1]]

    commitment = hashlib.sha256(
        lp(b"fedquery/v1/view")
        + holder
        + dataset
        + version
        + lp(given["asker_nation"].encode())
        + bytes.fromhex(given["salt"])
        + bytes([given["prefix_bits"]])
        + given["capacity"].to_bytes(4, "big")
        + public
        + root
    ).digest()
    entry = (
        f'{{"capacity":{given["capacity"]},"claim_window_ms":{given["claim_window_ms"]},'
        f'"commitments":{{"{given["other_nation"]}":"{given["other_commitment"]}",'
        f'"{given["asker_nation"]}":"{commitment.hex()}"}},"dataset":"{given["dataset"]}",'
        f'"kind":"{given["kind"]}","nation":"{given["holder"]}",'
        f'"next_due_ms":{given["next_due_ms"]},"prefix_bits":{given["prefix_bits"]},'
        f'"published_ms":{given["published_ms"]},"suite":"ristretto255-SHA512",'
        f'"type":"publication","v":1,"vectors_digest":"{given["vectors_digest"]}",'
        f'"version":{given["version"]}}}'
    ).encode()
    return {
        "key_info": info.hex(),
        "secret_key": secret.hex(),
        "public_key": public.hex(),
        "element": element.hex(),
        "issued_element": issued.hex(),
        "output": output.hex(),
        "tag": tag.hex(),
        "claim_token": token.hex(),
        "claim_hash": hashlib.sha256(token).hexdigest(),
        "bucket_digest": digest.hex(),
        "bucket_number": number,
        "buckets": [b.hex() for b in buckets],
        "bucket_leaves": [d.hex() for d in data],
        "path": [p.hex() for p in path],
        "root": root.hex(),
        "commitment": commitment.hex(),
        "leaf": entry.hex(),
        "leaf_hash": leaf(entry).hex(),
    }


if __name__ == "__main__":
    VECTOR.write_text(json.dumps({"given": GIVEN, "computed": compute(GIVEN)}, indent=1) + "\n")
