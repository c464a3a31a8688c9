"""Lines and columns for mistakes in a policy file, which the engine's messages lack."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from fedquery.policy.complaint import Complaint
from fedquery.policy.nearest import nearest
from fedquery.policy.source import Source, Token

_CUT_OFF = "unexpected end of input"
_QUOTED = re.compile(r"`([^`]{1,200})`")
_LAST = re.compile(r": ([A-Za-z_][A-Za-z0-9_]*)$")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OWN_NAME = re.compile(r"^for policy `policy[0-9]+`[,:] ")
_POSITIONAL = re.compile(r"`policy[0-9]+`")
_ACTION = re.compile(r' for Action::"[^"]{1,100}"')

LANGUAGE = frozenset(
    {"permit", "forbid", "when", "unless", "principal", "action", "resource", "context"}
    | {"in", "is", "has", "like", "if", "then", "else", "true", "false"}
    | {"contains", "containsAll", "containsAny", "isEmpty", "hasTag", "getTag"}
    | {"datetime", "duration", "offset", "durationSince", "toDate", "toTime", "toDays"}
    | {"toHours", "toMinutes", "toSeconds", "toMilliseconds"}
    | {"decimal", "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"}
    | {"ip", "isIpv4", "isIpv6", "isLoopback", "isMulticast", "isInRange"}
)
"""The words of Cedar itself."""

_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")

Parse = Callable[[str], object]
Tokens = Sequence[Token]


def syntax_complaint(source: Source, tokens: Tokens, parse: Parse) -> Complaint | None:
    """Find the token at which one policy stops being Cedar.

    Args:
        source: the file.
        tokens: those of the policy.
        parse: the parser; it raises ValueError.

    Returns:
        The complaint; None where the policy parses.
    """
    complaint = _fault(source, tokens, len(tokens), parse)
    if not complaint:
        return None
    end = _first_bad_prefix(source, tokens, parse)
    complaint = _fault(source, tokens, end, parse) or complaint
    # The parser knows no wrong word, only a wrong place; a word that is none of Cedar's is it.
    for name in _names(complaint):
        meant = nearest(name, LANGUAGE) if _WORD.fullmatch(name) and name not in LANGUAGE else ""
        found = _find(tokens, {name})
        if meant and found is not None:
            return source.complain(found.start, complaint, meant)
    if complaint == _CUT_OFF and tokens[-1] != source.tokens[-1]:
        complaint = "a `;` or a bracket is missing before the next policy begins"
    return source.complain(tokens[end - 1].start, complaint)


def _fault(source: Source, tokens: Tokens, count: int, parse: Parse) -> str:
    last = tokens[count - 1]
    try:
        parse(source.text[tokens[0].start : last.start + len(last.text)])
    except ValueError as error:
        message = one_line(error)
        # A prefix that only lacks its end is not wrong yet.
        return "" if message == _CUT_OFF and count < len(tokens) else message
    return ""


def _first_bad_prefix(source: Source, tokens: Tokens, parse: Parse) -> int:
    # An LR parser reports an error at the first token that no valid text continues, so being wrong
    # is monotone in the length of the prefix and can be bisected.
    low, high = 1, len(tokens)
    while low < high:
        middle = (low + high) // 2
        if _fault(source, tokens, middle, parse):
            high = middle
        else:
            low = middle + 1
    return low


def policy_complaint(source: Source, tokens: Tokens, message: str) -> Complaint:
    """Place the engine's complaint about one policy at the word that it quotes, or at its head.

    Args:
        source: the file.
        tokens: those of the policy.
        message: the complaint, with names in backquotes.
    """
    text = _plain(message)
    for name in _QUOTED.findall(text):
        found = _find(tokens, last_parts(name)) or _find(tokens, {name, *name.split("::")})
        if found is not None:
            return source.complain(found.start, text)
    return at_head(source, tokens, message)


def at_head(source: Source, tokens: Tokens, message: str) -> Complaint:
    """Place the engine's complaint about one policy where the policy begins."""
    return source.complain(tokens[0].start, _plain(message))


def clauses(tokens: Tokens) -> Iterator[Tokens]:
    """List the clauses of one policy that parses, each from its `when` or `unless` to its brace."""
    depth = 0
    begun: int | None = None
    for place, token in enumerate(tokens):
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0 and token.text in {"when", "unless"} and tokens[place - 1].text != "@":
            begun = place
        elif depth == 0 and token.text == "}" and begun is not None:
            yield tokens[begun : place + 1]
            begun = None


def _plain(message: str) -> str:
    return _ACTION.sub("", _POSITIONAL.sub("this policy", _OWN_NAME.sub("", message)))


def last_parts(name: str) -> frozenset[str]:
    """Give the last part of a name as it may stand in a file: `Purpose::"x"` ends with "x"."""
    return frozenset({name.rsplit("::", 1)[-1], name.rsplit(".", 1)[-1]})


def quoted(message: str) -> tuple[str, ...]:
    """List the names that a message of the engine quotes."""
    return tuple(_QUOTED.findall(message))


def one_line(error: ValueError) -> str:
    """Write the engine's message on one line, cut to a length that can be shown."""
    return " ".join(str(error).split())[:300]


def _names(message: str) -> list[str]:
    named = [part for name in _QUOTED.findall(message) for part in name.split(".")]
    last = _LAST.search(message)
    return [*named, last[1]] if last else named


def _find(tokens: Tokens, wanted: Collection[str]) -> Token | None:
    return next((token for token in tokens if token.text in wanted), None)
