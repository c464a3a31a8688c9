"""The group on the batch kernel: whole batches in C, on as many threads as the process may use.

The kernel lets go of the interpreter lock, so slices of a large batch run beside each other. What
it does for one element is slower than a call for one, so a few elements take the portable code.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

from fedquery.config.compute import process
from fedquery.errors import EncodingError, InputError
from fedquery.oprf import _native, libsodium, suite
from fedquery.oprf.sodium import SodiumGroup
from fedquery.oprf.suite import UNIFORM_LENGTH, Label, Ne, Nh, Ns

PORTABLE = "portable"

# A slice is worth a thread from about five milliseconds of work on.
_SLICE = 1_024
# Up to so many products, to make and add them one by one is quicker than buckets.
_FEW_PRODUCTS = 24
# Longer inputs than the kernel takes are hashed by Python; identifiers are far shorter.
_LONGEST = 512
_LONGEST_PREFIX = 128
# From so many elements on a back end beats the portable code, by its lanes.
_WORTH = {PORTABLE: 0, "avx2": 3, "ifma": 2}

_GROUP_DST_PRIME = suite.HASH_TO_GROUP_DST + bytes((len(suite.HASH_TO_GROUP_DST),))
_SCALAR_DST_PRIME = suite.HASH_TO_SCALAR_DST + bytes((len(suite.HASH_TO_SCALAR_DST),))


def _made(octets: bytes | None) -> bytes:
    if octets is None:
        raise EncodingError("malformed group element")
    return octets


def _require(length: int, expected: int) -> None:
    if length != expected:
        raise ValueError("a batch of another length was expected")


@cache
def _pool(threads: int, owner: int) -> ThreadPoolExecutor:  # noqa: ARG001 -- a part of the key
    # A forked process has no threads of its parent's pool, and would wait for them for ever.
    return ThreadPoolExecutor(threads, "oprf")


@dataclass(frozen=True, slots=True)
class NativeGroup:
    """ristretto255 by the batch kernel, as `fedquery.oprf.group.Group` describes it.

    Attributes:
        name: the back end: one of `_native.backends()`.
        threads: how many threads a large batch may use, 1 or more.
        sodium: what multiplies the generator, by tables that the kernel does not have.
    """

    name: str
    threads: int
    sodium: SodiumGroup = field(default_factory=SodiumGroup, init=False, repr=False, compare=False)

    def _backend(self, count: int) -> int:
        names = _native.backends()
        return names.index(self.name if count >= _WORTH.get(self.name, 0) else PORTABLE)

    def _sliced(self, count: int, run: Callable[[int, int], bytes]) -> bytes:
        """Run a batch as slices from first to last element, and join what they give."""
        slices = min(self.threads, count // _SLICE)
        if slices <= 1:
            return run(0, count)
        borders = [count * at // slices for at in range(slices + 1)]
        try:
            parts = _pool(self.threads, process()).map(run, borders, borders[1:])
        except RuntimeError:
            # No thread can be started: too many in this process, or it is about to end.
            return run(0, count)
        return b"".join(parts)

    def check(self, elements: bytes) -> None:
        """Require that elements are canonical and none is the identity."""
        if not _native.check(self._backend(len(elements) // Ne), elements):
            raise EncodingError("malformed group element")

    def from_uniform(self, uniform: bytes) -> bytes:
        """Map uniform octets to elements, 64 for each."""
        count, rest = divmod(len(uniform), UNIFORM_LENGTH)
        _require(rest, 0)
        backend = self._backend(count)
        return self._sliced(
            count,
            lambda first, last: _native.from_uniform(
                backend, uniform[UNIFORM_LENGTH * first : UNIFORM_LENGTH * last]
            ),
        )

    def _expanded(self, inputs: Sequence[bytes]) -> bytes:
        longest = max(map(len, inputs), default=0)
        if longest > suite.MAX_INPUT_LENGTH:
            raise InputError("a private input is longer than 65,535 octets")
        if longest > _LONGEST:
            return suite.hash_to_group_octets(inputs)
        return _native.expand(self._backend(len(inputs)), tuple(inputs), _GROUP_DST_PRIME)

    def hash_to_group(self, inputs: Sequence[bytes]) -> bytes:
        """Hash private inputs to elements."""
        return self.from_uniform(self._expanded(inputs))

    def multiply_hashed(self, inputs: Sequence[bytes], scalars: bytes) -> bytes:
        """Hash private inputs and multiply them by their scalars, without an encoding between."""
        return self._multiplied(
            self._expanded(inputs), scalars, uniform=True, same=len(scalars) == Ns
        )

    def multiply(self, elements: bytes, scalar: bytes) -> bytes:
        """Multiply each element by one scalar."""
        if len(elements) % Ne:
            raise EncodingError("malformed group element")
        return self._multiplied(elements, scalar, uniform=False, same=True)

    def multiply_each(self, elements: bytes, scalars: bytes) -> bytes:
        """Multiply each element by its own scalar."""
        if len(elements) % Ne:
            raise EncodingError("malformed group element")
        return self._multiplied(elements, scalars, uniform=False, same=False)

    def _multiplied(self, points: bytes, scalars: bytes, *, uniform: bool, same: bool) -> bytes:
        size = UNIFORM_LENGTH if uniform else Ne
        count = len(points) // size
        _require(len(scalars), Ns if same else count * Ns)
        backend = self._backend(count)
        return self._sliced(
            count,
            lambda first, last: _made(
                _native.multiply(
                    backend,
                    points[size * first : size * last],
                    scalars if same else scalars[Ns * first : Ns * last],
                    uniform,
                    same,
                )
            ),
        )

    def multiply_base(self, scalar: bytes) -> bytes:
        """Multiply the generator by a scalar."""
        return self.sodium.multiply_base(scalar)

    def add(self, left: bytes, right: bytes) -> bytes:
        """Add elements pairwise."""
        if len(left) % Ne or len(right) % Ne:
            raise EncodingError("malformed group element")
        _require(len(left), len(right))
        return _made(_native.add(self._backend(len(left) // Ne), left, right))

    def combine(self, elements: bytes, scalars: bytes) -> bytes:
        """Sum the products of elements and scalars; for public values only."""
        if len(elements) % Ne:
            raise EncodingError("malformed group element")
        _require(len(elements), len(scalars))
        count = len(elements) // Ne
        if count <= _FEW_PRODUCTS:
            return libsodium.add_all(self.multiply_each(elements, scalars))
        backend = self._backend(count)
        parts = self._sliced(
            count,
            lambda first, last: _made(
                _native.combine(
                    backend, elements[Ne * first : Ne * last], scalars[Ns * first : Ns * last]
                )
            ),
        )
        return libsodium.add_all(parts)

    def hash_pairs(self, prefix: bytes, left: bytes, right: bytes) -> bytes:
        """Hash the transcript of each pair of elements to a scalar."""
        if len(left) % Ne or len(right) % Ne:
            raise EncodingError("malformed group element")
        backend = self._backend(len(left) // Ne)
        expanded = _native.expand_pairs(backend, prefix, left, right, _SCALAR_DST_PRIME)
        return _native.scalar_reduce(expanded)

    def finalize(self, inputs: Sequence[bytes], elements: bytes) -> bytes:
        """Hash private inputs with their elements to outputs."""
        if max(map(len, inputs), default=0) > _LONGEST:
            return b"".join(suite.finalize_each(inputs, elements))
        return _native.finalize(self._backend(len(inputs)), tuple(inputs), elements)

    def derive(self, outputs: bytes, labels: tuple[Label, Label]) -> tuple[bytes, bytes]:
        """Expand each output under two labels."""
        first, second = labels
        return _native.derive(
            self._backend(len(outputs) // Nh),
            outputs,
            first.block,
            first.length,
            second.block,
            second.length,
        )

    def sha256_each(self, prefix: bytes, inputs: Sequence[bytes]) -> bytes:
        """Hash the prefix and each input by SHA-256."""
        if max(map(len, inputs), default=0) > _LONGEST or len(prefix) > _LONGEST_PREFIX:
            return self.sodium.sha256_each(prefix, inputs)
        return _native.sha256(self._backend(len(inputs)), prefix, tuple(inputs))

    def check_scalars(self, octets: bytes) -> None:
        """Require that scalars are canonical."""
        if not _native.scalar_is_canonical(octets):
            raise EncodingError("malformed scalar")

    def reduce(self, wide: bytes) -> bytes:
        """Reduce integers of 64 octets to scalars."""
        return _native.scalar_reduce(wide)

    def scalar_add(self, left: bytes, right: bytes) -> bytes:
        """Add two scalars."""
        _require(len(left + right), 2 * Ns)
        return _native.scalar_add(left, right)

    def scalar_subtract(self, left: bytes, right: bytes) -> bytes:
        """Subtract the right scalar from the left one."""
        _require(len(left + right), 2 * Ns)
        return _native.scalar_subtract(left, right)

    def scalar_multiply(self, left: bytes, right: bytes) -> bytes:
        """Multiply two scalars."""
        _require(len(left + right), 2 * Ns)
        return _native.scalar_multiply(left, right)

    def invert_each(self, octets: bytes) -> bytes:
        """Invert each scalar."""
        inverses = _native.scalar_invert(octets)
        if inverses is None:
            raise ValueError("zero has no inverse")
        return inverses
