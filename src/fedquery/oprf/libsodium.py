"""The functions of libsodium that the group uses, with their C types written down once.

libsodium comes with rbcl, which bundles it. rbcl's own wrappers allocate and check on each call;
over many rows that costs as much as the hashing, so the handle beneath them is used. The functions
take addresses and trust their lengths: callers check every length before they call.
"""

import ctypes
from collections.abc import Callable

from fedquery.config import libsodium
from fedquery.errors import EncodingError

_LENGTH = 32

_sodium = libsodium.load()

# One scalar operation takes less than a microsecond. Letting go of the interpreter lock around it
# would make each of them wait for whichever thread took the lock meanwhile.
_keeping_lock = ctypes.PyDLL(
    None,
    handle=_sodium._handle,  # noqa: SLF001 # ctypes has no public name for the handle
)


def _function(library: ctypes.CDLL, name: str, arguments: int) -> Callable[..., int]:
    # Indexing makes a function object of our own; types set on it do not reach rbcl's wrappers.
    function = library[name]
    function.argtypes = [ctypes.c_void_p] * arguments
    function.restype = ctypes.c_int
    return function


def _procedure(library: ctypes.CDLL, name: str, arguments: int) -> Callable[..., None]:
    function = library[name]
    function.argtypes = [ctypes.c_void_p] * arguments
    function.restype = None
    return function


# Elements: result first, nonzero on failure; other threads run meanwhile.
is_valid_point = _function(_sodium, "crypto_core_ristretto255_is_valid_point", 1)
from_hash = _function(_sodium, "crypto_core_ristretto255_from_hash", 2)
scalarmult = _function(_sodium, "crypto_scalarmult_ristretto255", 3)
scalarmult_base = _function(_sodium, "crypto_scalarmult_ristretto255_base", 2)
point_add = _function(_sodium, "crypto_core_ristretto255_add", 3)

# Scalars: result first, reduced modulo the group order, constant time.
scalar_reduce = _procedure(_keeping_lock, "crypto_core_ristretto255_scalar_reduce", 2)
scalar_add = _procedure(_keeping_lock, "crypto_core_ristretto255_scalar_add", 3)
scalar_sub = _procedure(_keeping_lock, "crypto_core_ristretto255_scalar_sub", 3)
scalar_mul = _procedure(_keeping_lock, "crypto_core_ristretto255_scalar_mul", 3)
scalar_invert = _function(_keeping_lock, "crypto_core_ristretto255_scalar_invert", 2)

_memzero = _keeping_lock["sodium_memzero"]
_memzero.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_memzero.restype = None


def address(octets: bytes) -> int:
    """Return where octets lie in memory, so that secrets are read in place and not copied.

    Args:
        octets: the octets; the caller keeps a reference as long as it uses the address.
    """
    # A `bytes` object never moves. Its address is what `c_char_p` holds, read as a number.
    return ctypes.c_void_p.from_buffer(ctypes.c_char_p(octets)).value or 0


def add_all(elements: bytes) -> bytes:
    """Add up elements that decode; of none the sum is the identity.

    Args:
        elements: elements of 32 octets, the identity among them lawful.

    Returns:
        their sum, 32 octets.

    Raises:
        EncodingError: if one does not decode.
    """
    # The first needs no addition.
    out = ctypes.create_string_buffer(elements[:_LENGTH], _LENGTH)
    target, source = ctypes.addressof(out), address(elements)
    for at in range(_LENGTH, len(elements), _LENGTH):
        # It decodes both before it writes, so the result may lie where a summand lay.
        if point_add(target, target, source + at):
            raise EncodingError("malformed group element")
    return out.raw


def wipe(buffer: "ctypes.Array[ctypes.c_char]") -> None:
    """Overwrite a buffer with zeros in a way that no compiler removes."""
    _memzero(ctypes.addressof(buffer), len(buffer))


def drain(buffer: "ctypes.Array[ctypes.c_char]") -> bytes:
    """Copy a buffer's octets out, then overwrite the buffer.

    The copy is `bytes`: Python frees it in time, but cannot overwrite it.
    """
    octets = buffer.raw
    wipe(buffer)
    return octets
