"""Under which ending a domain was registered, by the Public Suffix List.

The list is pinned with the package that carries it (ADR 0025): two sides with different lists would
widen a question to different names. Its private part counts, because under the names of hosting
companies each site is somebody else's.
"""

from functools import cache

from publicsuffixlist import PublicSuffixList


@cache
def _suffixes() -> PublicSuffixList:
    # Read on first use: it takes some 40 ms.
    return PublicSuffixList()


def registrable(host: str) -> str | None:
    """Give the part of a host name that somebody registered, as `example.co.th`.

    Args:
        host: a canonical host name.

    Returns:
        The last labels of the host; the last two under an ending that is not listed; None where
        the host is such an ending itself.
    """
    return _suffixes().privatesuffix(host)


def is_listed(host: str) -> bool:
    """Tell whether the ending of a host name is in the list."""
    return _suffixes().publicsuffix(host, accept_unknown=False) is not None
