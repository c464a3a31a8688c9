"""One pattern for many words: the longest that stands at a place, found in one pass.

Words share beginnings, so they are arranged as a tree; at each place the pattern walks down one
branch and never comes back to another, so that no text makes it slow.
"""

import re
from collections.abc import Iterable

# What one letter of the tree leads to; "" ends a word.
_Tree = dict[str, "_Tree"]


def _planted(words: Iterable[str]) -> _Tree:
    root: _Tree = {}
    for word in words:
        branch = root
        for character in word:
            branch = branch.setdefault(character, {})
        branch[""] = {}
    return root


def _pattern(tree: _Tree) -> str:
    branches = [
        re.escape(character) + _pattern(branch) for character, branch in tree.items() if character
    ]
    if not branches:
        return ""
    whole = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    # A word that ends here may be the beginning of a longer one, which is tried first.
    return f"(?:{whole})?" if "" in tree else whole


def words_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Compile a pattern for words in lower case.

    Words that begin or end with a letter of the Latin alphabet do so at its border: `tel` is not
    found in `hotel`. Scripts that set no spaces between words have no such border.
    """
    branches = []
    for first, branch in _planted(words).items():
        rest = _pattern(branch)
        if first.isascii() and first.isalpha():
            # The border is looked at behind the first letter: a pattern that begins with letters
            # alone is searched for several times faster.
            rest = f"(?<![a-z]{first}){rest}(?![a-z]|-[a-z])"
        branches.append(re.escape(first) + rest)
    return re.compile("|".join(branches))


def last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Give the last place of a pattern in a text."""
    found = None
    for found in pattern.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    return found
