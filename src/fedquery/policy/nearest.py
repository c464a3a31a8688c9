"""The nearest right word to a wrong one."""

import difflib
from collections.abc import Iterable

_NEAR = 0.6
_LONGEST = 60


def nearest(word: str, right: Iterable[str]) -> str:
    """Find the right word that was perhaps meant.

    Args:
        word: the wrong word.
        right: the right ones.

    Returns:
        The nearest, or "" where none is near.
    """
    # Comparing takes the product of both lengths.
    if len(word) > _LONGEST:
        return ""
    folded = {one.casefold(): one for one in sorted(right)}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=_NEAR)
    return folded[found[0]] if found else ""
