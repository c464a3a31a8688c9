"""A sample is drawn alike by all who have the checkpoint, and favours no entry."""

import hashlib
from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.audit import sampling
from fedquery.audit.sampling import draw, seed_of

# The 99.9 % point of chi-square, by degrees of freedom.
CHI_SQUARE = {5: 20.5, 11: 31.3, 99: 148.2}


def seeds(count):
    """Make so many seeds."""
    return (seed_of(b"example\n%d\n" % number) for number in range(count))


def chi_square(counts, cells, total):
    """Say how far counts are from all alike."""
    expected = total / cells
    return sum((counts[cell] - expected) ** 2 for cell in counts) / expected + expected * (
        cells - len(counts)
    )


@given(st.binary(min_size=32, max_size=32), st.integers(0, 300), st.integers(0, 40))
def test_a_sample_has_different_entries_and_the_larger_begins_with_the_smaller(seed, size, count):
    """Without replacement, within the log, as many as there are; and the same at every call."""
    drawn = draw(seed, size, count)
    assert len(drawn) == len(set(drawn)) == min(size, count)
    assert all(0 <= number < size for number in drawn)
    assert drawn == draw(seed, size, count + 7)[: len(drawn)]


@given(st.binary(min_size=32, max_size=32), st.integers(1, 60))
def test_a_sample_of_all_is_all(seed, size):
    """Drawing as many as there are leaves nothing out."""
    assert set(range(size)) == set(draw(seed, size, size))


def test_each_order_of_a_small_log_is_as_likely():
    """Of three entries drawn two at a time, all six ordered pairs come alike often."""
    counts = Counter(draw(seed, 3, 2) for seed in seeds(6000))
    assert set(permutations(range(3), 2)) == set(counts)
    assert chi_square(counts, 6, 6000) < CHI_SQUARE[5]


def test_each_entry_of_a_log_is_as_likely():
    """Of a hundred entries each is drawn alike often, whatever its place."""
    counts = Counter(number for seed in seeds(3000) for number in draw(seed, 100, 10))
    # Draws of one sample exclude each other, which makes the statistic smaller, never larger.
    assert chi_square(counts, 100, 30_000) < CHI_SQUARE[99]


def narrow_words(seed):
    """Give words of four bits in place of 64: the cut stretch is as large as it can be seen."""
    for word in sampling_words(seed):
        yield word >> 60


sampling_words = sampling._words


def by_remainder(limit, words):
    """Take the remainder of any word: the small numbers come too often."""
    return next(words) % limit


def small_words(monkeypatch, below):
    """Draw with words of 4 bits."""
    monkeypatch.setattr(sampling, "_words", narrow_words)
    monkeypatch.setattr(sampling, "_below", below)
    return Counter(draw(seed, 12, 1)[0] for seed in seeds(6000))


def rejecting(limit, words):
    """Do what `_below` does, for words of 4 bits."""
    most = 16 // limit * limit
    return next(word for word in words if word < most) % limit


def test_a_remainder_without_rejection_is_found(monkeypatch):
    """The tests above can fail: with words as small as the log, a remainder favours entries 0-3."""
    assert chi_square(small_words(monkeypatch, rejecting), 12, 6000) < CHI_SQUARE[11]
    assert chi_square(small_words(monkeypatch, by_remainder), 12, 6000) > CHI_SQUARE[11]


def test_words_of_the_cut_stretch_are_thrown_away():
    """2**64 is no multiple of 3: its last word is drawn again, and the one before it is taken."""
    last = 2**64 - 1
    assert 1 == sampling._below(3, iter([last, 1]))
    assert 2 == sampling._below(3, iter([last - 1, 1]))


def test_the_seed_is_the_text_of_the_checkpoint_and_nothing_else():
    """Another size, root or log gives another seed; so the log cannot keep its sample."""
    body = b"fedquery.log/demo/TH\n7\nAAAA\n"
    others = [body.replace(b"7", b"8"), body.replace(b"TH", b"VN"), body.replace(b"AAAA", b"AAAB")]
    assert 4 == len({seed_of(one) for one in (body, *others)})
    assert hashlib.sha256(b"fedquery.sample/v1\n" + body).digest() == seed_of(body)


@pytest.mark.parametrize(("size", "count"), [(0, 5), (5, 0)])
def test_nothing_is_drawn_of_nothing(size, count):
    """An empty log, or a sample of none."""
    assert () == draw(bytes(32), size, count)


def test_a_sample_can_be_drawn_by_hand():
    """As docs/cli.md says it: the first swaps of a shuffle, by the words of SHA-256(seed, n).

    Written down with its outcome, so that a change of the method is seen: old samples would change.
    """
    seed = seed_of(b"fedquery.log/demo/TH\n1000\nroot\n")
    octets = b"".join(hashlib.sha256(seed + n.to_bytes(8, "big")).digest() for n in range(2))
    entries = list(range(1000))
    for place in range(5):
        other = place + int.from_bytes(octets[8 * place : 8 * place + 8], "big") % (1000 - place)
        entries[place], entries[other] = entries[other], entries[place]
    assert (867, 784, 263, 175, 159) == tuple(entries[:5]) == draw(seed, 1000, 5)
