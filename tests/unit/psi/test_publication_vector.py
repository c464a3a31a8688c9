"""The fixed publication: computed twice, by a dense implementation of its own and by fedquery."""

import json

import pytest
from unit.psi import dense_publication as dense

from fedquery.oprf.group import default_group
from fedquery.oprf.server import outputs
from fedquery.psi.bucket import Bucket, bucket_number, check_bucket
from fedquery.psi.commitment import Opening, commit
from fedquery.psi.key import view_key
from fedquery.psi.merkle import BucketTree, bucket_leaf, verify_path
from fedquery.psi.publication import Publication
from fedquery.psi.tag import claim_hash, claim_token, tag
from fedquery.tlog.tree import leaf_hash

FILE = json.loads(dense.VECTOR.read_text())
GIVEN, EXPECTED = FILE["given"], FILE["computed"]


def found() -> dict[str, object]:
    """Compute every value of the vector that fedquery has a name for."""
    one = GIVEN["identifier"].encode()
    key = view_key(
        bytes.fromhex(GIVEN["seed"]),
        GIVEN["holder"],
        GIVEN["dataset"],
        GIVEN["version"],
        GIVEN["view_id"],
    )
    element = default_group().hash_to_group([one])
    output = outputs(key, [one], element)
    number = bucket_number(one, GIVEN["prefix_bits"])
    buckets = [bytes.fromhex(tags) for tags in EXPECTED["buckets"]]
    leaves = [bucket_leaf(n, tags) for n, tags in enumerate(buckets)]
    tree = BucketTree.build(leaves)
    opening = Opening(
        bytes.fromhex(GIVEN["salt"]),
        GIVEN["prefix_bits"],
        GIVEN["capacity"],
        key.public,
        tree.root,
    )
    commitment = commit(
        GIVEN["holder"], GIVEN["dataset"], GIVEN["version"], GIVEN["asker_nation"], opening
    )
    leaf = Publication(
        nation=GIVEN["holder"],
        dataset=GIVEN["dataset"],
        kind=GIVEN["kind"],
        vectors_digest=bytes.fromhex(GIVEN["vectors_digest"]),
        version=GIVEN["version"],
        prefix_bits=GIVEN["prefix_bits"],
        capacity=GIVEN["capacity"],
        commitments={
            GIVEN["asker_nation"]: commitment,
            GIVEN["other_nation"]: bytes.fromhex(GIVEN["other_commitment"]),
        },
        published_ms=GIVEN["published_ms"],
        next_due_ms=GIVEN["next_due_ms"],
        claim_window_ms=GIVEN["claim_window_ms"],
    ).encode()
    return {
        "secret_key": key.secret.scalar.hex(),
        "public_key": key.public.hex(),
        "element": element.hex(),
        "output": output.hex(),
        "tag": tag(output).hex(),
        "claim_token": claim_token(output).hex(),
        "claim_hash": claim_hash(claim_token(output)).hex(),
        "bucket_number": number,
        "bucket_leaves": [data.hex() for data in leaves],
        "path": [one.hex() for one in tree.path(number)],
        "root": tree.root.hex(),
        "commitment": commitment.hex(),
        "leaf": leaf.hex(),
        "leaf_hash": leaf_hash(leaf).hex(),
    }


def test_the_vector_is_what_the_dense_implementation_computes() -> None:
    """The file holds the dense implementation's inputs and results, and nothing by hand."""
    assert GIVEN == dense.GIVEN
    assert EXPECTED == dense.compute(GIVEN)


@pytest.mark.parametrize("name", found())
def test_fedquery_computes_the_vector(name: str) -> None:
    """Each intermediate value agrees, so that a difference names its step."""
    assert EXPECTED[name] == found()[name]


def test_the_vector_is_checked_as_an_asker_would() -> None:
    """The bucket, its path and its tag pass the asker's checks."""
    number, root = EXPECTED["bucket_number"], bytes.fromhex(EXPECTED["root"])
    tags = bytes.fromhex(EXPECTED["buckets"][number])
    path = [bytes.fromhex(one) for one in EXPECTED["path"]]
    verify_path(number, tags, path, GIVEN["prefix_bits"], root)
    check_bucket(tags, GIVEN["capacity"])
    assert bytes.fromhex(EXPECTED["tag"]) in Bucket(number, tags)
    leaf = bytes.fromhex(EXPECTED["leaf"])
    assert leaf == Publication.decode(leaf).encode()
