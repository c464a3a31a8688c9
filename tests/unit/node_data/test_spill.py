"""Rows that wait on the disk: none is lost, none is doubled, and each comes back in its order."""

import hashlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from fedquery_node import spill
from fedquery_node.spill import PARTS, Spill
from fedquery_node.view_rows import ViewRows, tags_of
from hypothesis import given
from hypothesis import strategies as st

WIDTH = 5

batches = st.lists(st.lists(st.tuples(st.integers(0, PARTS - 1), st.integers(0, 2**32 - 1))))


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory for files without a name."""
    return tmp_path_factory.mktemp("spill")


@given(batches, st.integers(1, 64), st.lists(st.integers(0, PARTS), min_size=1))
def test_every_row_comes_back_from_its_part_once(
    disk: Path, found: list[list[tuple[int, int]]], run: int, borders: list[int]
) -> None:
    """However rows come and however many runs they make, the parts together are all of them."""
    with pytest.MonkeyPatch.context() as patched, Spill(disk, WIDTH) as spilled:
        patched.setattr(spill, "_RUN", run)
        for batch in found:
            rows = np.zeros((len(batch), WIDTH), np.uint8)
            for row, (part, number) in zip(rows, batch, strict=True):
                row[:] = np.frombuffer(bytes([part]) + number.to_bytes(4, "big"), np.uint8)
            spilled.add(rows, rows[:, 0].copy())
        ends = sorted({0, *borders, PARTS})
        for first, last in pairwise(ends):
            expected = sorted(one for batch in found for one in batch if first <= one[0] < last)
            read = [bytes(row) for row in spilled.part(first, last)]
            assert expected == sorted((row[0], int.from_bytes(row[1:], "big")) for row in read)


@given(st.integers(0, 400), st.sampled_from([0, 1, 7, 8, 9, 12]), st.integers(50, 5_000))
def test_a_view_gives_claims_by_tag_and_tags_by_bucket(
    disk: Path, count: int, prefix_bits: int, run: int
) -> None:
    """As if all rows had been sorted in memory: that is the other way, which they outgrow."""
    claims = np.frombuffer(hashlib.shake_128(b"c").digest(48 * count), np.uint8).reshape(-1, 48)
    leading = np.frombuffer(hashlib.shake_128(b"l").digest(4 * count), np.uint32)
    with pytest.MonkeyPatch.context() as patched, ViewRows(disk) as rows:
        patched.setattr(spill, "_RUN", run)
        for at in range(0, count, 100):
            rows.add(claims[at : at + 100].copy(), leading[at : at + 100])
        assert sorted(map(bytes, claims)) == [bytes(row) for part in rows.claims() for row in part]
        numbers = (leading.astype(np.uint64) >> np.uint64(32 - prefix_bits)).tolist()
        expected = sorted(zip(numbers, tags_of(claims[:, :8]).tolist(), strict=True))
        each = 1 << max(0, prefix_bits - 8)
        got = [
            (group * each + int(number), int(tag))
            for group, (tags, within) in enumerate(rows.buckets(prefix_bits))
            for tag, number in zip(tags, within, strict=True)
        ]
        assert expected == sorted(got)
        most = max((numbers.count(number) for number in set(numbers)), default=0)
        assert most == rows.fullest(prefix_bits)


def test_rows_that_wait_have_no_name(tmp_path: Path) -> None:
    """A process that dies leaves no file of them behind."""
    with Spill(tmp_path, WIDTH) as spilled:
        spilled.add(np.zeros((3, WIDTH), np.uint8), np.zeros(3, np.uint8))
        assert 3 == len(spilled.part(0, PARTS))
        assert [] == list(tmp_path.iterdir())


def test_rows_that_the_disk_lost_are_not_made_up(tmp_path: Path) -> None:
    """A file that ends before its rows do is an error, and never fewer rows."""
    with Spill(tmp_path, WIDTH) as spilled:
        spilled.add(np.zeros((3, WIDTH), np.uint8), np.zeros(3, np.uint8))
        spilled.part(0, PARTS)
        spilled._file.truncate(2 * WIDTH)
        with pytest.raises(OSError, match="not there"):
            spilled.part(0, PARTS)
