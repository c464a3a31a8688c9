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
    latin, others = list[str](), list[str]()
    for word in words:
        (latin if word[0].isascii() and word[0].isalpha() else others).append(word)
    parts = []
    if latin:
        parts.append(rf"(?<![a-z]){_pattern(_planted(latin))}(?![a-z]|-[a-z])")
    if others:
        parts.append(_pattern(_planted(others)))
    return re.compile("|".join(parts))
