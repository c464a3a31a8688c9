"""Tags, claim tokens and view keys against independent derivations."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import InputError
from fedquery.oprf.keys import derive_key_pair
from fedquery.psi.key import view_key
from fedquery.psi.tag import claim_hash, claim_token, tag, tags_and_tokens

outputs = st.binary(min_size=64, max_size=64)


def expand(output: bytes, info: bytes, length: int) -> bytes:
    """Expand with another implementation of RFC 5869."""
    return HKDFExpand(algorithm=SHA512(), length=length, info=info).derive(output)


@given(outputs)
def test_tag_and_token_are_hkdf_expansions(output: bytes) -> None:
    """Both are HKDF-Expand-SHA512 of the output under their own labels."""
    assert expand(output, b"fedquery/v1/tag", 8) == tag(output)
    assert expand(output, b"fedquery/v1/claim", 16) == claim_token(output)


@given(st.lists(outputs, max_size=5))
def test_many_are_derived_as_one_by_one(many: list[bytes]) -> None:
    """The fast path of publishing gives what the single functions give, in order."""
    expected = (b"".join(map(tag, many)), b"".join(map(claim_token, many)))
    assert expected == tags_and_tokens(b"".join(many))


def test_the_claim_hash_is_plain_sha256() -> None:
    """The holder keeps SHA-256 of the token."""
    expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert expected == claim_hash(b"").hex()


def test_a_view_key_is_derived_from_all_that_names_the_view() -> None:
    """The info holds nation, dataset, version and view, each framed."""
    info = (
        b"fedquery/v1/key\x00\x00\x00\x02VN\x00\x00\x00\x06phones"
        b"\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x04open"
    )
    expected = derive_key_pair(bytes(32), info)
    found = view_key(bytes(32), "VN", "phones", 7, "open")
    assert (expected.public, expected.secret.scalar) == (found.public, found.secret.scalar)


def test_each_part_of_a_view_changes_its_key() -> None:
    """Another seed, nation, dataset, version or view, or a moved border, gives another key."""
    keys = {
        view_key(seed, nation, dataset, version, view).public
        for seed, nation, dataset, version, view in [
            (bytes(32), "VN", "phones", 7, "open"),
            (b"\x01" * 32, "VN", "phones", 7, "open"),
            (bytes(32), "LA", "phones", 7, "open"),
            (bytes(32), "VN", "phone", 7, "sopen"),
            (bytes(32), "VN", "phones", 8, "open"),
            (bytes(32), "VN", "phones", 7, "opens"),
        ]
    }
    assert len(keys) == 6


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_has_32_octets(length: int) -> None:
    """A seed of another length is refused."""
    with pytest.raises(InputError):
        view_key(bytes(length), "VN", "phones", 7, "open")
