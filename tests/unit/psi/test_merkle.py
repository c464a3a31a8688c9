"""The tree over buckets, against RFC 6962 written out, and its proofs."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import InputError, PublicationError
from fedquery.psi.merkle import BucketTree, bucket_leaf, verify_path


def naive_root(leaves: list[bytes]) -> bytes:
    """Hash a complete tree by RFC 6962's own recursion."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = len(leaves) // 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


def sample(prefix_bits: int) -> list[bytes]:
    """Make buckets that differ."""
    return [bytes([number]) * 64 for number in range(1 << prefix_bits)]


@pytest.mark.parametrize("prefix_bits", range(6))
def test_root_and_every_path(prefix_bits: int) -> None:
    """The root is RFC 6962's, and each bucket's path, and only its own, leads there."""
    buckets = sample(prefix_bits)
    leaves = [
        number.to_bytes(4, "big") + hashlib.sha256(b).digest() for number, b in enumerate(buckets)
    ]
    assert leaves == [bucket_leaf(number, b) for number, b in enumerate(buckets)]
    tree = BucketTree.build(leaves)
    root = tree.root
    assert naive_root(leaves) == root
    for number, tags in enumerate(buckets):
        path = tree.path(number)
        assert len(path) == prefix_bits
        verify_path(number, tags, path, prefix_bits, root)
        for other in range(1 << prefix_bits):
            if other != number:
                with pytest.raises(PublicationError):
                    verify_path(other, tags, path, prefix_bits, root)


@given(st.integers(min_value=0, max_value=7), st.data())
def test_any_changed_bit_is_refused(number: int, data: st.DataObject) -> None:
    """One bit of the tags, the path or the root changed is refused."""
    buckets = sample(3)
    tree = BucketTree.build([bucket_leaf(n, b) for n, b in enumerate(buckets)])
    whole = bytearray(buckets[number] + b"".join(tree.path(number)) + tree.root)
    at = data.draw(st.integers(min_value=0, max_value=8 * len(whole) - 1))
    whole[at // 8] ^= 1 << at % 8
    octets = bytes(whole)
    path = [octets[64 + 32 * i : 96 + 32 * i] for i in range(3)]
    with pytest.raises(PublicationError):
        verify_path(number, octets[:64], path, 3, octets[160:])


@pytest.mark.parametrize("number", [-1, 8, 2**32])
def test_a_number_beyond_the_view_is_refused(number: int) -> None:
    """There is neither a path nor a proof for a bucket that is not there."""
    tree = BucketTree.build([bucket_leaf(n, b) for n, b in enumerate(sample(3))])
    with pytest.raises(InputError):
        tree.path(number)
    with pytest.raises(PublicationError):
        verify_path(number, bytes(64), tree.path(0), 3, tree.root)


@pytest.mark.parametrize("count", [0, 3, 6])
def test_a_view_has_a_power_of_two_of_buckets(count: int) -> None:
    """A tree over another number of buckets is refused."""
    with pytest.raises(InputError):
        BucketTree.build([bytes(36)] * count)
