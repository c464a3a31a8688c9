"""Which back end computes: the fastest that this processor runs, unless another is asked for.

All of them give the same octets. The kernel is compiled when fedquery is installed; where there was
no C compiler, libsodium computes alone.
"""

from typing import Final

from fedquery.config.compute import BACKEND, Compute
from fedquery.errors import ConfigError
from fedquery.oprf.sodium import SodiumGroup

try:
    from fedquery.oprf import native
    from fedquery.oprf._native import backends as _compiled
except ImportError:
    _NATIVE: tuple[str, ...] = ()
else:
    _NATIVE = _compiled()

LIBSODIUM: Final = SodiumGroup.name


def names() -> tuple[str, ...]:
    """Name the back ends that this process can run, the fastest first."""
    return (*reversed(_NATIVE), LIBSODIUM)


def make(name: str, threads: int) -> "native.NativeGroup | SodiumGroup":
    """Make the group of one back end.

    Args:
        name: one of `names()`.
        threads: how many threads a large batch may use; libsodium uses one.

    Raises:
        ConfigError: if this process cannot run it.
    """
    if name == LIBSODIUM:
        return SodiumGroup()
    if name not in _NATIVE:
        raise ConfigError(
            f"{BACKEND} asks for a back end that cannot run here",
            do=f"Unset it, or set it to one of: {', '.join(names())}.",
        )
    return native.NativeGroup(name, threads)


def choose(wanted: Compute) -> "native.NativeGroup | SodiumGroup":
    """Make the group that is asked for, the fastest where none is.

    Raises:
        ConfigError: if this process cannot run it.
    """
    return make(wanted.backend or names()[0], wanted.threads)
