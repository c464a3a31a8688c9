"""The published index: what is written is what is read, and damage is noticed."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from fedquery_node.index_files import VersionFiles
from fedquery_node.index_reader import OpenView, open_claims
from fedquery_node.index_writer import claim_rows, write_buckets, write_claims
from fedquery_node.view_rows import ViewRows
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import InputError, PublicationError, StorageError
from fedquery.psi.bucket import check_bucket
from fedquery.psi.merkle import verify_path

BITS, CAPACITY = 2, 8


def source() -> object:
    """Give a random source that is the same in each run."""
    state = [0]

    def random(length: int) -> bytes:
        state[0] += 1
        return hashlib.shake_128(state[0].to_bytes(4, "big")).digest(length)

    return random


class Row(NamedTuple):
    """One identifier of a view, evaluated."""

    subject: int
    bucket: int
    tag: bytes
    token: bytes


def row(subject: int, bucket: int) -> Row:
    """Make a row whose tag and token follow from its subject."""
    digest = hashlib.sha256(subject.to_bytes(8, "big")).digest()
    return Row(subject, bucket, digest[:8], digest[8:24])


def published(home: Path, rows: list[Row]) -> tuple[VersionFiles, bytes]:
    """Write a version and give it its name."""
    files = VersionFiles.of(home, "phones", 1)
    beside = files.begin()
    tags, tokens = b"".join(one.tag for one in rows), b"".join(one.token for one in rows)
    leading = np.array([one.bucket << (32 - BITS) for one in rows], np.uint32)
    with ViewRows(beside.directory) as spilled:
        spilled.add(claim_rows(np.array([one.subject for one in rows]), tags, tokens), leading)
        root = write_buckets(
            beside, "v1", spilled, prefix_bits=BITS, capacity=CAPACITY, random=source()
        )
        write_claims(beside, "v1", spilled)
    files.finish(beside)
    return files, root


def opened(files: VersionFiles, root: bytes) -> OpenView:
    """Open the view that `published` wrote."""
    return OpenView(files, "v1", prefix_bits=BITS, capacity=CAPACITY, root=root)


def test_every_bucket_is_a_bucket_and_leads_to_the_root(tmp_path: Path) -> None:
    """An asker's checks 6 and 7 pass for each bucket, with rows and without."""
    files, root = published(tmp_path, [row(n, n % 2) for n in range(1, 9)])
    view = opened(files, root)
    for number in range(1 << BITS):
        check_bucket(view.bucket(number), CAPACITY)
        verify_path(number, view.bucket(number), view.path(number), BITS, root)
    view.close()


@given(places=st.lists(st.integers(0, 3), max_size=8))
def test_a_row_is_in_its_bucket_and_can_be_claimed(
    tmp_path_factory: pytest.TempPathFactory, places: list[int]
) -> None:
    """Each row's tag stands in its bucket, and its claim row names it and no other."""
    rows = [row(subject, place) for subject, place in enumerate(places, 1)]
    files, root = published(tmp_path_factory.mktemp("index"), rows)
    view = opened(files, root)
    with open_claims(files, "v1") as claims:
        for one in rows:
            tags = view.bucket(one.bucket)
            assert one.tag in [tags[at : at + 8] for at in range(0, len(tags), 8)]
            assert [(one.subject, hashlib.sha256(one.token).digest())] == claims.of(one.tag)
        assert [] == claims.of(bytes(8))
        assert [] == claims.of(b"\xff" * 8)
    view.close()


def test_two_rows_of_one_tag_in_two_buckets_are_both_found(tmp_path: Path) -> None:
    """A tag does not name its bucket, so a claim looks at every row that has it."""
    same = b"\x11" * 8
    files, _ = published(tmp_path, [Row(1, 0, same, bytes(16)), Row(2, 3, same, b"\x01" * 16)])
    with open_claims(files, "v1") as claims:
        assert {1, 2} == {subject for subject, _ in claims.of(same)}


def test_two_rows_of_one_tag_in_one_bucket_stop_the_publication(tmp_path: Path) -> None:
    """A collision is never published: the seed is drawn again."""
    same = b"\x11" * 8
    with pytest.raises(PublicationError):
        published(tmp_path, [Row(1, 0, same, bytes(16)), Row(2, 0, same, bytes(16))])


def test_a_bucket_never_overflows(tmp_path: Path) -> None:
    """More rows than the capacity are refused, not cut."""
    with pytest.raises(InputError):
        published(tmp_path, [row(n, 0) for n in range(1, CAPACITY + 2)])


@pytest.mark.parametrize("name", ["tags", "tree"])
@pytest.mark.parametrize("change", ["cut", "longer", "missing"])
def test_a_damaged_file_is_not_served(tmp_path: Path, name: str, change: str) -> None:
    """A file of another size than was committed to is refused when it is opened."""
    files, root = published(tmp_path, [row(1, 0)])
    path = files.directory / f"v1.{name}"
    octets = path.read_bytes()
    path.unlink()
    if change != "missing":
        path.write_bytes(octets[:-1] if change == "cut" else octets + b"\0")
    with pytest.raises(StorageError):
        opened(files, root)


def test_a_tree_of_another_publication_is_not_served(tmp_path: Path) -> None:
    """The tree's root must be the one that was committed to."""
    files, root = published(tmp_path, [row(1, 0)])
    with pytest.raises(StorageError):
        opened(files, bytes(32))
    assert root == opened(files, root).root


def test_cut_claims_are_refused(tmp_path: Path) -> None:
    """Half a claim row is damage."""
    files, _ = published(tmp_path, [row(1, 0)])
    path = files.claims("v1")
    octets = path.read_bytes()
    path.unlink()
    path.write_bytes(octets[:-1])
    with pytest.raises(StorageError), open_claims(files, "v1"):
        pass


def test_an_unfinished_version_has_no_name(tmp_path: Path) -> None:
    """Until it is finished an index cannot be found, and the next attempt starts empty."""
    files = VersionFiles.of(tmp_path, "phones", 1)
    beside = files.begin()
    (beside.directory / "v1.tags").write_bytes(b"half")
    assert not files.directory.exists()
    assert [] == list(files.begin().directory.iterdir())


def test_retiring_keeps_the_claims(tmp_path: Path) -> None:
    """Buckets go with the version; claim rows stay for their window."""
    files, _ = published(tmp_path, [row(1, 0)])
    files.remove_buckets()
    assert ["v1.claims"] == [path.name for path in files.directory.iterdir()]
    files.remove()
    assert not files.directory.exists()
