"""The text of a policy or schema file, made safe to hand to a parser.

Cedar's parser, validator and evaluator recurse: about a thousand nested parentheses overflow the
stack and kill the process, and so do long chains of operators. Past its own depth limit the
validator even accepts an expression unread. So every file is measured here, before any of it
reaches the engine. What is not done here: parsing.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import NamedTuple

from fedquery.errors import ConfigError

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
_OPERATORS = frozenset({".", "+", "-", "*", "!", "&&", "||", "==", "!=", "<", "<=", ">", ">="})
_OPERATOR_WORDS = frozenset({"has", "in", "is", "like"})


class PolicyError(ConfigError):
    """A policy or schema file cannot be taken.

    Attributes:
        name: the file.
        complaint: what is wrong with it.
        line: where, from 1; 0 where no line is to blame.
        column: where in the line, from 1; 0 where no column is.
    """

    def __init__(
        self, name: str, complaint: str, line: int = 0, column: int = 0, *, do: str = ""
    ) -> None:
        place = f", line {line}" if line else ""
        place += f", column {column}" if column else ""
        super().__init__(f"{name}{place}: {complaint}", do=do)
        self.name = name
        self.complaint = complaint
        self.line = line
        self.column = column


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

    def fail(self, offset: int, what: str) -> PolicyError:
        """Make an error that names a place in the file by line and column."""
        line = self.text.count("\n", 0, offset) + 1
        column = offset - self.text.rfind("\n", 0, offset)
        return PolicyError(self.name, what, line, column)

    def policies(self) -> tuple[tuple[Token, ...], ...]:
        """Split the tokens at each semicolon outside brackets, as Cedar numbers its policies."""
        found: list[tuple[Token, ...]] = []
        current: list[Token] = []
        depth = 0
        for token in self.tokens:
            current.append(token)
            if token.text in _OPENING:
                depth += 1
            elif token.text in _CLOSING:
                depth = max(0, depth - 1)
            elif token.text == ";" and depth == 0:
                found.append(tuple(current))
                current = []
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
        raise PolicyError(name, f"larger than {MAX_BYTES} bytes")
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise PolicyError(name, "not UTF-8", line) from None
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
        PolicyError: with line and column, on characters other than ASCII outside strings, on
            invisible characters in strings, on an open string, on brackets deeper than 20, more
            than 20 chained `if`, or more than 100 operators in one clause.
    """
    for token in source.tokens:
        _check_characters(source, token)
    _check_depth(source, generics=generics)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _check_characters(source: Source, token: Token) -> None:
    if token.text == '"':
        raise source.fail(token.start, "this string is not closed on its line")
    if token.text.startswith('"'):
        # Not printable are control, bidirectional and zero-width characters: none can be seen.
        if not token.text.isprintable():
            raise source.fail(token.start, "this string holds a character that cannot be seen")
    elif not _is_plain(token.text):
        raise source.fail(token.start, "only ASCII may stand outside strings")


def _check_depth(source: Source, *, generics: bool) -> None:
    opening = _OPENING | {"<"} if generics else _OPENING
    closing = _CLOSING | {">"} if generics else _CLOSING
    depth = ifs = operators = 0
    for token in source.tokens:
        if token.text in opening:
            depth += 1
        elif token.text in closing:
            depth = max(0, depth - 1)
        # Only outside all brackets do the counts begin anew: nothing inside a clause can reset
        # them.
        if depth == 0:
            ifs = operators = 0
        ifs += token.text == "if"
        operators += token.text in _OPERATORS or token.text in _OPERATOR_WORDS
        if depth > MAX_NESTING:
            raise source.fail(token.start, f"nested more than {MAX_NESTING} deep")
        if ifs > MAX_IFS:
            raise source.fail(token.start, f"more than {MAX_IFS} `if` in one clause")
        if operators > MAX_OPERATORS:
            raise source.fail(token.start, f"more than {MAX_OPERATORS} operators in one clause")
