"""The reference: bare libsodium, so that figures of a busy machine can be told from others.

A rate over the reference is how many bare scalar multiplications one item costs, upside down: at
ratio 1 an item costs one of them on one core.
"""

import ctypes
import hashlib
import time

from fedquery.config.libsodium import load

_FOR_S = 1.0
_AT_ONCE = 500


def multiplications_per_s() -> int:
    """Measure scalar multiplications of libsodium's ristretto255 on one core, for a second."""
    sodium = load()
    scalar, point = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    sodium.crypto_core_ristretto255_scalar_random(scalar)
    sodium.crypto_core_ristretto255_from_hash(point, hashlib.sha512(b"reference").digest())
    done, started_s = 0, time.perf_counter()
    while (took_s := time.perf_counter() - started_s) < _FOR_S:
        for _ in range(_AT_ONCE):
            sodium.crypto_scalarmult_ristretto255(point, scalar, point)
        done += _AT_ONCE
    return round(done / took_s)
