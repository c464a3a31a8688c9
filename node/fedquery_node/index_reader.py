"""Read the index of one view, memory-mapped: a bucket is a slice, at any size of the dataset."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fedquery.errors import StorageError
from fedquery_node.index_files import CLAIM_ROW, HASH, SUBJECT, TAG, VersionFiles


def _map(path: Path) -> mmap.mmap | bytes:
    try:
        with path.open("rb") as file:
            # An empty file cannot be mapped; a view without rows has no claims.
            return (
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
            )
    except OSError:
        raise StorageError("a file of the published index cannot be read") from None


class OpenView:
    """The buckets of one view of a served version.

    Args:
        files: the files of the version.
        view_id: the name of the view.
        prefix_bits: how many leading bits number the buckets.
        capacity: the tags of each bucket.
        root: the root that was committed to, 32 octets.

    Raises:
        StorageError: if the files do not fit these numbers, or the tree does not have this root.
    """

    def __init__(
        self, files: VersionFiles, view_id: str, *, prefix_bits: int, capacity: int, root: bytes
    ) -> None:
        self.prefix_bits = prefix_bits
        self.capacity = capacity
        self.root = root
        self._bucket_length = TAG * capacity
        self._tags = _map(files.tags(view_id))
        self._tree = _map(files.tree(view_id))
        buckets = 1 << prefix_bits
        if len(self._tags) != buckets * self._bucket_length:
            raise StorageError("the published index has another size than was committed to")
        if len(self._tree) != (2 * buckets - 1) * HASH or self._tree[-HASH:] != root:
            raise StorageError("the published index has another root than was committed to")

    def bucket(self, number: int) -> bytes:
        """Read the tags of one bucket, 8 * capacity octets."""
        at = number * self._bucket_length
        return bytes(self._tags[at : at + self._bucket_length])

    def path(self, number: int) -> tuple[bytes, ...]:
        """Read the path of one bucket, prefix_bits hashes from the leaf's sibling up."""
        return tuple(self._siblings(number))

    def _siblings(self, number: int) -> Iterator[bytes]:
        start = 0
        for height in range(self.prefix_bits):
            at = (start + ((number >> height) ^ 1)) * HASH
            yield bytes(self._tree[at : at + HASH])
            start += 1 << (self.prefix_bits - height)

    def close(self) -> None:
        """Unmap the files."""
        for mapped in (self._tags, self._tree):
            if isinstance(mapped, mmap.mmap):
                mapped.close()


@contextmanager
def open_claims(files: VersionFiles, view_id: str) -> Iterator["ClaimRows"]:
    """Open the claim rows of a view, which outlive its buckets.

    Raises:
        StorageError: if they cannot be read or do not have whole rows.
    """
    mapped = _map(files.claims(view_id))
    try:
        yield ClaimRows(mapped)
    finally:
        if isinstance(mapped, mmap.mmap):
            mapped.close()


class ClaimRows:
    """Rows of tag, subject and claim hash, ascending by tag.

    Args:
        octets: the rows.

    Raises:
        StorageError: if the octets are not whole rows.
    """

    def __init__(self, octets: mmap.mmap | bytes) -> None:
        if len(octets) % CLAIM_ROW:
            raise StorageError("the claim rows of the index are cut")
        self._octets = octets
        self._count = len(octets) // CLAIM_ROW

    def of(self, tag: bytes) -> list[tuple[int, bytes]]:
        """Find the rows of a tag: subject and claim hash of each; two buckets may share a tag."""
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            if self._tag(middle) < tag:
                low = middle + 1
            else:
                high = middle
        found = []
        while low < self._count and self._tag(low) == tag:
            at = low * CLAIM_ROW + TAG
            subject = int.from_bytes(self._octets[at : at + SUBJECT], "big")
            found.append((subject, bytes(self._octets[at + SUBJECT : at + SUBJECT + HASH])))
            low += 1
        return found

    def _tag(self, index: int) -> bytes:
        return bytes(self._octets[index * CLAIM_ROW : index * CLAIM_ROW + TAG])
