"""Every back end gives what libsodium gives, for every batch size and at every edge."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedquery.config.compute import compute
from fedquery.errors import ConfigError, EncodingError, InputError
from fedquery.oprf import _native, backends, suite
from fedquery.oprf.sodium import SodiumGroup

_ORDER = 2**252 + 27742317777372353535851937790883648493
_P = 2**255 - 19
_SODIUM = SodiumGroup()
_NATIVE = [name for name in backends.names() if name != backends.LIBSODIUM]
_LABELS = (suite.Label(b"one", 8), suite.Label(b"another", 16))
# More than one chunk of the widest back end, and no multiple of anything.
_MANY = 331

_UNIFORM = b"".join(suite.expand_message_xmd(b"%d" % n, b"backends") for n in range(_MANY))
_ELEMENTS = _SODIUM.from_uniform(_UNIFORM)
_SCALARS = _SODIUM.reduce(_UNIFORM[::-1])
_INPUTS = tuple(_UNIFORM[at : at + at % 300] for at in range(_MANY))
_MULTIPLES = _SODIUM.multiply_each(_ELEMENTS, _SCALARS)


def _int(number):
    return number.to_bytes(32, "little")


@pytest.fixture(params=_NATIVE)
def group(request):
    """Make the group of each compiled back end; a slice is smaller than its batches."""
    return backends.make(request.param, 1)


@pytest.fixture(autouse=True)
def every_size_on_the_back_end_itself(monkeypatch):
    """Do not let small batches take the portable code."""
    if _NATIVE:
        monkeypatch.setattr("fedquery.oprf.native._WORTH", {})
        monkeypatch.setattr("fedquery.oprf.native._FEW_PRODUCTS", 0)


def test_the_kernel_was_compiled() -> None:
    """Where the tests run there is a C compiler; without this all tests below would be skipped."""
    assert "portable" in _NATIVE


@pytest.mark.parametrize("name", backends.names())
def test_all_of_oprf_on_each_back_end(name) -> None:
    """The vectors of RFC 9496 and RFC 9497 and all other tests hold on each back end."""
    folder = Path(__file__).parent
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)),
            f"--ignore={__file__}",
            f"--ignore={folder / 'test_kernel.py'}",
        ],
        env=os.environ | {"FEDQUERY_BACKEND": name},
        cwd=folder.parents[2],
        capture_output=True,
        check=False,
        text=True,
    )
    assert 0 == ended.returncode, ended.stdout[-2000:]


@pytest.mark.parametrize("count", range(131))
def test_every_batch_size(group, count) -> None:
    """A batch of any size is multiplied, mapped, added and checked as one by one."""
    elements, scalars = _ELEMENTS[: 32 * count], _SCALARS[: 32 * count]
    assert _MULTIPLES[: 32 * count] == group.multiply_each(elements, scalars)
    assert _SODIUM.multiply(elements, _SCALARS[:32]) == group.multiply(elements, _SCALARS[:32])
    assert elements == group.from_uniform(_UNIFORM[: 64 * count])
    assert _SODIUM.add(elements, _MULTIPLES[: 32 * count]) == group.add(
        elements, _MULTIPLES[: 32 * count]
    )
    group.check(elements)
    if count:
        assert _SODIUM.combine(elements, scalars) == group.combine(elements, scalars)


@pytest.mark.parametrize("count", [*range(18), 64, _MANY])
def test_hashing_of_every_batch_size(group, count) -> None:
    """Inputs of many lengths in one batch are hashed as one by one."""
    inputs, elements = _INPUTS[:count], _ELEMENTS[: 32 * count]
    assert _SODIUM.hash_to_group(inputs) == group.hash_to_group(inputs)
    assert _SODIUM.multiply_hashed(inputs, _SCALARS[: 32 * count]) == group.multiply_hashed(
        inputs, _SCALARS[: 32 * count]
    )
    for start in (b"", b"a prefix", bytes(128), bytes(129)):
        assert _SODIUM.sha256_each(start, inputs) == group.sha256_each(start, inputs)
    one = _SCALARS[:32]
    assert _SODIUM.multiply_hashed(inputs, one) == group.multiply_hashed(inputs, one)
    outputs = _SODIUM.finalize(inputs, elements)
    assert outputs == group.finalize(inputs, elements)
    assert _SODIUM.derive(outputs, _LABELS) == group.derive(outputs, _LABELS)
    prefix = b"\x00\x40" + bytes(64)
    assert _SODIUM.hash_pairs(prefix, elements, elements) == group.hash_pairs(
        prefix, elements, elements
    )


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 110, 111, 112, 127, 128, 129, 511, 512, 513])
def test_hashing_at_the_borders_of_blocks(group, length) -> None:
    """Lengths around SHA-512's block and around the kernel's cap."""
    inputs = (b"\xa5" * length,) * 3
    assert _SODIUM.hash_to_group(inputs) == group.hash_to_group(inputs)
    assert _SODIUM.finalize(inputs, _ELEMENTS[:96]) == group.finalize(inputs, _ELEMENTS[:96])
    for border in (length, *range(54, 66), *range(118, 130)):
        inputs = (b"\xa5" * border, b"\x5a" * length) * 5
        assert _SODIUM.sha256_each(b"", inputs) == group.sha256_each(b"", inputs)


def test_an_input_of_65536_octets(group) -> None:
    """The longest input is hashed, and a longer one refused."""
    longest = (bytes(65_535),)
    assert _SODIUM.hash_to_group(longest) == group.hash_to_group(longest)
    with pytest.raises(InputError):
        group.hash_to_group((bytes(65_536),))


_EDGES = [1, 2, 7, 8, 9, 15, 16, _ORDER - 1, _ORDER - 2, (_ORDER + 1) // 2, (_ORDER - 1) // 2]
_EDGES += [2**252, 2**252 - 1, 2**251, 2**128, 8 * sum(16**i for i in range(62))]
_EDGES += [7 * sum(16**i for i in range(62)), 2**252 + 2**124]


@pytest.mark.parametrize("scalar", _EDGES)
def test_scalars_at_the_edges(group, scalar) -> None:
    """Scalars whose digits are all -8, all 7, or next to the order."""
    elements = _ELEMENTS[: 32 * 17]
    octets = _int(scalar)
    assert _SODIUM.multiply(elements, octets) == group.multiply(elements, octets)
    assert _SODIUM.multiply_each(elements, octets * 17) == group.multiply_each(
        elements, octets * 17
    )
    assert _SODIUM.combine(elements, octets * 17) == group.combine(elements, octets * 17)


def test_maps_of_edge_octets(group) -> None:
    """What maps through zero, one, p and their neighbours, with either half."""
    values = [0, 1, 2, 19, (_P - 1) // 2, _P - 1, _P, _P + 1, 2**255 - 20, 2**255 - 1, 2**256 - 1]
    uniform = b"".join(_int(one) + _int(other) for one in values for other in values)
    assert _SODIUM.from_uniform(uniform) == group.from_uniform(uniform)


@pytest.mark.parametrize("at", [0, 1, 7, 8, 15, 16, 255, 256, _MANY - 1])
def test_one_bad_element_anywhere(group, at) -> None:
    """One element that does not decode refuses the whole batch, wherever it stands."""
    for bad in (_int(_P), _int(1), _int(_P - 1), b"\xff" * 32, bytes(32), _bit_255(_ELEMENTS[:32])):
        elements = _ELEMENTS[: 32 * at] + bad + _ELEMENTS[32 * (at + 1) :]
        with pytest.raises(EncodingError):
            group.check(elements)
        with pytest.raises(EncodingError):
            group.multiply(elements, _SCALARS[:32])
        with pytest.raises(EncodingError):
            group.multiply_each(elements, _SCALARS)
        with pytest.raises(EncodingError):
            group.combine(elements, _SCALARS)
        if bad != bytes(32):
            for left, right in ((elements, _ELEMENTS), (_ELEMENTS, elements)):
                with pytest.raises(EncodingError):
                    group.add(left, right)


# Even, so that not their sign gives them away: p + s, where s alone decodes as p - s does.
_ABOVE_P = [_int(_P + odd) for odd in (1, 3, 5, 7, 9, 11, 13, 15, 17)]


def test_even_encodings_above_p(group) -> None:
    """RFC 9496, 4.3.1, step 1: p and more are refused, those too that would decode modulo p."""
    decodable = 0
    for bad in _ABOVE_P:
        assert not _is_valid(group, bad)
        with pytest.raises(EncodingError):
            group.add(_ELEMENTS[:32], bad)
        negated = _int((_P - int.from_bytes(bad, "little")) % _P)
        decodable += _is_valid(_SODIUM, negated)
    assert decodable


def _bit_255(element):
    return element[:31] + bytes((element[31] | 0x80,))


@given(octets=st.binary(min_size=32, max_size=32), flip=st.integers(0, 255))
@settings(max_examples=300)
def test_decoding_agrees(octets, flip) -> None:
    """What one back end takes for an element, all do; random octets and elements with one bit."""
    changed = bytearray(_ELEMENTS[32:64])
    changed[flip // 8] ^= 1 << flip % 8
    for candidate in (octets, bytes(changed), octets[:31] + bytes((octets[31] & 0x7F,))):
        verdicts = {_is_valid(backends.make(name, 1), candidate) for name in backends.names()}
        assert 1 == len(verdicts)


def _is_valid(group, element):
    try:
        group.check(element)
    except EncodingError:
        return False
    return True


def test_a_zero_scalar_is_refused(group) -> None:
    """A product that is the identity is never given out."""
    scalars = _SCALARS[: 32 * 9] + bytes(32) + _SCALARS[32 * 10 :]
    for call in (group.multiply_each, group.combine):
        with pytest.raises(EncodingError):
            call(_ELEMENTS, scalars)
    with pytest.raises(EncodingError):
        group.multiply(_ELEMENTS, bytes(32))


@pytest.mark.parametrize("scalar", [_ORDER, _ORDER + 1, 2**253, 2**255 - 1, 2**256 - 1])
def test_a_scalar_that_is_not_canonical_multiplies_nothing(group, scalar) -> None:
    """Recoding would give another product without a word; it is the caller's mistake."""
    octets = _int(scalar)
    with pytest.raises(ValueError, match="not below the group order"):
        group.multiply(_ELEMENTS, octets)
    for call in (group.multiply_each, group.combine):
        with pytest.raises(ValueError, match="not below the group order"):
            call(_ELEMENTS, _SCALARS[:-32] + octets)


def test_a_sum_that_is_the_identity(group) -> None:
    """The sum k P + (L - k) P is the identity, and a lawful sum."""
    number = int.from_bytes(_SCALARS[:32], "little")
    twice = _ELEMENTS[:32] * 2
    assert bytes(32) == group.combine(twice, _int(number) + _int(_ORDER - number))
    assert _ELEMENTS[:32] == group.add(_ELEMENTS[:32], bytes(32))


@pytest.mark.parametrize("count", [200, 1000, 3000, 9000])
def test_sums_under_every_window(group, count) -> None:
    """Larger batches take wider windows, and give the same sum."""
    copies = -(-count // _MANY)
    elements, scalars = (_ELEMENTS * copies)[: 32 * count], (_SCALARS * copies)[: 32 * count]
    # (a P + b P) for repeated P: sum the scalars instead, in Python's integers.
    sums = [0] * _MANY
    for at in range(count):
        sums[at % _MANY] += int.from_bytes(scalars[32 * at : 32 * at + 32], "little")
    wanted = b"".join(_int(one % _ORDER) for one in sums if one)
    expected = _SODIUM.combine(_ELEMENTS[: len(wanted)], wanted)
    assert expected == group.combine(elements, scalars)


_wide = st.integers(0, 2**512 - 1) | st.sampled_from([0, _ORDER, 2**512 - 1, _ORDER**2, 2**256])


@given(_wide, st.integers(0, _ORDER - 1), st.integers(0, _ORDER - 1))
def test_scalars_are_integers_modulo_the_order(wide, left, right) -> None:
    """The kernel's arithmetic is that of integers."""
    group = backends.make("portable", 1)
    assert _int(wide % _ORDER) == group.reduce(wide.to_bytes(64, "little"))
    one, other = _int(left), _int(right)
    assert _int((left + right) % _ORDER) == group.scalar_add(one, other)
    assert _int((left - right) % _ORDER) == group.scalar_subtract(one, other)
    assert _int(left * right % _ORDER) == group.scalar_multiply(one, other)
    if left and right:
        inverses = _int(pow(left, -1, _ORDER)) + _int(pow(right, -1, _ORDER))
        assert inverses == group.invert_each(one + other)


@given(st.integers(0, 2**256 - 1) | st.sampled_from([_ORDER - 1, _ORDER, _ORDER + 1, 2**255]))
def test_canonical_scalars(value) -> None:
    """Only integers below the order are scalars."""
    group = backends.make("portable", 1)
    if value < _ORDER:
        group.check_scalars(_int(value))
    else:
        with pytest.raises(EncodingError):
            group.check_scalars(_int(value))
    with pytest.raises(EncodingError):
        group.check_scalars(_int(value)[:31])


def test_slices_on_threads(monkeypatch) -> None:
    """A batch in slices on threads gives what it gives in one piece, and fails as it does."""
    monkeypatch.setattr("fedquery.oprf.native._SLICE", 16)
    group = backends.make(_NATIVE[0], 3)
    assert _MULTIPLES == group.multiply_each(_ELEMENTS, _SCALARS)
    assert _ELEMENTS == group.from_uniform(_UNIFORM)
    assert _SODIUM.multiply(_ELEMENTS, _SCALARS[:32]) == group.multiply(_ELEMENTS, _SCALARS[:32])
    assert _SODIUM.combine(_ELEMENTS, _SCALARS) == group.combine(_ELEMENTS, _SCALARS)
    with pytest.raises(EncodingError):
        group.multiply(_ELEMENTS[:-32] + b"\xff" * 32, _SCALARS[:32])


def test_without_a_thread_the_batch_is_computed_here(monkeypatch) -> None:
    """Where no thread can be started, a large batch is computed by the one that is there."""

    def none_left(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("fedquery.oprf.native._SLICE", 16)
    monkeypatch.setattr("threading.Thread.start", none_left)
    # So many threads no other test uses: this pool has none yet.
    assert _MULTIPLES == backends.make(_NATIVE[0], 7).multiply_each(_ELEMENTS, _SCALARS)


_FORK = """
import os
from fedquery.oprf import backends
group = backends.make("portable", 2)
inputs = [b"%d" % n for n in range(2048)]
before = group.hash_to_group(inputs)
child = os.fork()
if not child:
    os._exit(0 if group.hash_to_group(inputs) == before else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_process_has_threads_of_its_own() -> None:
    """A child does not wait for threads that only its parent has."""
    ended = subprocess.run([sys.executable, "-c", _FORK], check=False, timeout=60)
    assert 0 == ended.returncode


_MISTAKES = [[b"a"], None, ("a",), (bytearray(b"a"),), (b"a" * 513,)]


@pytest.mark.parametrize("inputs", _MISTAKES)
def test_inputs_of_another_type(inputs) -> None:
    """What is no tuple of bytes is refused as Python refuses it, and is not read."""
    for call in (
        lambda: _native.expand(0, inputs, b"x\x01"),
        lambda: _native.finalize(0, inputs, bytes(32)),
        lambda: _native.sha256(0, b"", inputs),
    ):
        with pytest.raises((TypeError, ValueError)):
            call()
    with pytest.raises(BufferError):
        _native.check(0, memoryview(_ELEMENTS[:64])[::2])


@pytest.mark.parametrize("call", ["multiply_each", "add", "combine"])
def test_lengths_that_do_not_fit(group, call) -> None:
    """A batch that does not fit its other half is the caller's mistake."""
    with pytest.raises(ValueError, match="batch of another length"):
        getattr(group, call)(_ELEMENTS[:64], _SCALARS[:32])
    with pytest.raises(EncodingError):
        getattr(group, call)(_ELEMENTS[:63], _SCALARS[:32])


def _chosen(environ):
    return backends.choose(compute(environ))


def test_the_environment_chooses() -> None:
    """FEDQUERY_BACKEND forces a back end, FEDQUERY_THREADS caps the threads."""
    assert backends.names()[0] == _chosen({}).name
    for name in backends.names():
        assert name == _chosen({"FEDQUERY_BACKEND": name}).name
    chosen = _chosen({"FEDQUERY_BACKEND": "portable", "FEDQUERY_THREADS": "5"})
    assert 5 == chosen.threads
    with pytest.raises(ConfigError, match="FEDQUERY_BACKEND"):
        _chosen({"FEDQUERY_BACKEND": "neon"})
    for text in ("0", "-1", "257", "two", "٣", "1" * 5000):
        with pytest.raises(ConfigError, match="FEDQUERY_THREADS"):
            _chosen({"FEDQUERY_THREADS": text})
