"""Lines and columns for mistakes in a policy file, which the engine's messages lack."""

import re
from collections.abc import Callable

from fedquery.policy.source import PolicyError, Source, Token

_CUT_OFF = "unexpected end of input"
_QUOTED = re.compile(r"`([^`]{1,200})`")
_OWN_NAME = re.compile(r"^for policy `policy[0-9]+`[,:] ")
_POSITIONAL = re.compile(r"`policy[0-9]+`")

Parse = Callable[[str], object]


def syntax_error(source: Source, parse: Parse, message: str) -> PolicyError:
    """Find the token at which a file stops being Cedar.

    Args:
        source: the file, which does not parse.
        parse: the parser; it raises ValueError.
        message: what it said to the whole file, for the case that each policy parses alone.
    """
    for tokens in source.policies():
        complaint = _complaint(source, tokens, len(tokens), parse)
        if complaint:
            end = _first_bad_prefix(source, tokens, parse)
            complaint = _complaint(source, tokens, end, parse) or complaint
            return source.fail(tokens[end - 1].start, complaint)
    return source.fail(0, message)


def _complaint(source: Source, tokens: tuple[Token, ...], count: int, parse: Parse) -> str:
    last = tokens[count - 1]
    try:
        parse(source.text[tokens[0].start : last.start + len(last.text)])
    except ValueError as error:
        message = str(error)
        # A prefix that only lacks its end is not wrong yet.
        return "" if message == _CUT_OFF and count < len(tokens) else message
    return ""


def _first_bad_prefix(source: Source, tokens: tuple[Token, ...], parse: Parse) -> int:
    # An LR parser reports an error at the first token that no valid text continues, so being wrong
    # is monotone in the length of the prefix and can be bisected.
    low, high = 1, len(tokens)
    while low < high:
        middle = (low + high) // 2
        if _complaint(source, tokens, middle, parse):
            high = middle
        else:
            low = middle + 1
    return low


def policy_error(source: Source, index: int | None, message: str) -> PolicyError:
    """Place a complaint about one policy at the first word that it quotes, or at the policy's head.

    Args:
        source: the file.
        index: the place of the policy in the file, from 0, where known.
        message: the complaint, with names in backquotes.
    """
    policies = source.policies()
    text = _POSITIONAL.sub("this policy", _OWN_NAME.sub("", message))
    if index is None or index >= len(policies):
        return source.fail(0, text)
    tokens = policies[index]
    for name in _QUOTED.findall(text):
        wanted = {name, *name.split("::")}
        for token in tokens:
            if token.text in wanted:
                return source.fail(token.start, text)
    return source.fail(tokens[0].start, text)
