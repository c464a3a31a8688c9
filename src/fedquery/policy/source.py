"""The text of a policy or schema file, made safe to hand to a parser.

Cedar's parser, validator and evaluator recurse: about a thousand nested parentheses overflow the
stack and kill the process, and so do long chains of operators. Past its own depth limit the
validator even accepts an expression unread. So every file is measured here, before any of it
reaches the engine. What is not done here: parsing.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from fedquery.policy.complaint import Complaint, PolicyError

SCHEMA_FILE = "schema.cedarschema"
MAX_BYTES = 200_000
MAX_NESTING = 20
MAX_IFS = 20
MAX_OPERATORS = 100

# Every alternative starts with another character, so matching is linear. A comment ends at CR as
# well as at LF, as in Cedar's own lexer: otherwise brackets could hide behind a lone CR.
_TOKEN = re.compile(
    r"""//[^\n\r]*|"(?:\\[^\n\r]|[^"\\\n\r])*"|[A-Za-z_][A-Za-z0-9_]*|[0-9]+"""
    r"""|::|==|!=|<=|>=|&&|\|\||[^ \t\n\r]"""
)
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
_EFFECTS = frozenset({"permit", "forbid"})
_OPERATORS = frozenset({".", "+", "-", "*", "!", "&&", "||", "==", "!=", "<", "<=", ">", ">="})
_OPERATOR_WORDS = frozenset({"has", "in", "is", "like"})


def policy_file(nation: str) -> str:
    """Name the policy file of a nation."""
    return f"{nation}.cedar"


class Token(NamedTuple):
    """A word of the file and the offset of its first character."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file as text and tokens; comments are no tokens.

    Attributes:
        name: what the file is called in errors.
        text: all of it.
        digest: SHA-256 of its bytes, 32 octets.
        tokens: its words in order.
    """

    name: str
    text: str
    digest: bytes
    tokens: tuple[Token, ...]

    def complain(self, offset: int, what: str, meant: str = "") -> Complaint:
        """Make a complaint about a place in the file."""
        line = self.text.count("\n", 0, offset) + 1
        column = offset - self.text.rfind("\n", 0, offset)
        return Complaint(line, column, what, meant)

    def policies(self) -> tuple[tuple[Token, ...], ...]:
        """Split the tokens at each semicolon outside brackets, as Cedar numbers its policies.

        An annotation after the head of a policy begins another one, which no valid file has: where
        a semicolon or a bracket is missing, only the policy that lacks it is lost.
        """
        found: list[tuple[Token, ...]] = []
        current: list[Token] = []
        depth = 0
        headed = False
        for token in self.tokens:
            if token.text == "@" and headed:
                found.append(tuple(current))
                current, depth, headed = [], 0, False
            # An annotation may be called permit, too.
            annotates = bool(current) and current[-1].text == "@"
            headed = headed or (token.text in _EFFECTS and not annotates)
            current.append(token)
            if token.text in _OPENING:
                depth += 1
            elif token.text in _CLOSING:
                depth = max(0, depth - 1)
            elif token.text == ";" and depth == 0:
                found.append(tuple(current))
                current, headed = [], False
        if current:
            found.append(tuple(current))
        return tuple(found)


def read_source(octets: bytes, name: str) -> Source:
    """Read a file as UTF-8 and cut it into tokens.

    Args:
        octets: the file.
        name: what it is called in errors.

    Raises:
        PolicyError: if it is larger than 200 kB or not UTF-8.
    """
    if len(octets) > MAX_BYTES:
        raise PolicyError(name, Complaint(1, 1, f"larger than {MAX_BYTES} bytes"))
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        before = octets[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise PolicyError(name, Complaint(line, column, "not UTF-8")) from None
    found = (Token(match[0], match.start()) for match in _TOKEN.finditer(text))
    tokens = tuple(token for token in found if not _is_comment(token.text))
    return Source(name, text, hashlib.sha256(octets).digest(), tokens)


def _is_comment(word: str) -> bool:
    # Only a plain comment is dropped: invisible or look-alike characters can make a file read
    # otherwise than it parses, in comments too, and are refused as words.
    return word.startswith("//") and _is_plain(word.replace("\t", " "))


def check_source(source: Source, *, generics: bool = False) -> None:
    """Refuse a file that is unsafe to parse or that a reader could take for another.

    Args:
        source: the file.
        generics: whether angle brackets nest, as they do in a schema.

    Raises:
        PolicyError: for the first of what `unsafe` finds.
    """
    for complaint in unsafe(source, generics=generics):
        raise PolicyError(source.name, complaint)


def unsafe(source: Source, *, generics: bool = False) -> Iterator[Complaint]:
    """List what makes a file unsafe to parse, or lets a reader take it for another.

    Args:
        source: the file.
        generics: whether angle brackets nest, as they do in a schema.

    Returns:
        Complaints of characters other than ASCII outside strings, invisible characters in strings,
        open strings, brackets deeper than 20, more than 20 chained `if`, and more than 100
        operators in one clause.
    """
    for token in source.tokens:
        what = _unseen(token)
        if what:
            yield source.complain(token.start, what)
    yield from _too_deep(source, generics=generics)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _unseen(token: Token) -> str:
    if token.text == '"':
        return "this string is not closed on its line"
    if token.text.startswith('"'):
        # Not printable are control, bidirectional and zero-width characters: none can be seen.
        return (
            "" if token.text.isprintable() else "this string holds a character that cannot be seen"
        )
    return "" if _is_plain(token.text) else "only ASCII may stand outside strings"


def _too_deep(source: Source, *, generics: bool) -> Iterator[Complaint]:
    opening = _OPENING | {"<"} if generics else _OPENING
    closing = _CLOSING | {">"} if generics else _CLOSING
    depth = ifs = operators = 0
    for token in source.tokens:
        if token.text in opening:
            depth += 1
            # Only where a limit is crossed: what is deeper still needs no complaint of its own.
            if depth == MAX_NESTING + 1:
                yield source.complain(token.start, f"nested more than {MAX_NESTING} deep")
        elif token.text in closing:
            depth = max(0, depth - 1)
        # Only outside all brackets do the counts begin anew: nothing inside a clause can reset
        # them.
        if depth == 0:
            ifs = operators = 0
        if token.text == "if":
            ifs += 1
            if ifs == MAX_IFS + 1:
                yield source.complain(token.start, f"more than {MAX_IFS} `if` in one clause")
        elif token.text in _OPERATORS or token.text in _OPERATOR_WORDS:
            operators += 1
            if operators == MAX_OPERATORS + 1:
                yield source.complain(
                    token.start, f"more than {MAX_OPERATORS} operators in one clause"
                )
