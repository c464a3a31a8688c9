"""Words of a policy file that the schema does not have, each where it stands.

The engine finds them too, but says no place, stops short where something else is wrong as well, and
lets some pass: it takes an attribute that nobody has after `has`, and a purpose compared with a
sort of agency, as conditions that never hold.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fedquery.policy.nearest import nearest
from fedquery.policy.source import Source, Token
from fedquery.policy.words import Words

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FORMS = {
    "Agency": re.compile(r'"[A-Z]{2}/[a-z0-9-]{1,40}"'),
    "Dataset": re.compile(r'"[A-Z]{2}/[a-z0-9-]{1,40}"'),
}
_MOST_LISTED = 8
_ENDS_A_VALUE = frozenset({")", "]"})
_NONE = Token("", 0)


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A word that does not exist.

    Attributes:
        token: where it stands.
        what: what is wrong with it.
        meant: the nearest right word.
        kind: the entity type that it was to be one of; "" for other words.
    """

    token: Token
    what: str
    meant: str = ""
    kind: str = ""


def misspelt(source: Source, words: Words) -> Iterator[Misspelt]:
    """List the words of a policy file that its schema does not have.

    Args:
        source: the file, found safe to parse; it need not parse.
        words: the words of the schema.
    """
    tokens = source.tokens
    # The names of a record that the policy writes itself are its own.
    own = {a.text for a, b in itertools.pairwise(tokens) if b.text == ":"}
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else _NONE
        after = tokens[place + 1] if place + 1 < len(tokens) else _NONE
        if token.text.startswith('"') and before.text == "::":
            yield from _entity(tokens[place - 2] if place > 1 else _NONE, token, words)
        elif before.text == "is" and _WORD.fullmatch(token.text) and after.text != "::":
            yield from _entity_type(token, words)
        elif _reads_attribute(tokens, place) and token.text.strip('"') not in own:
            yield from _attribute(token, words)


def _entity(kind: Token, token: Token, words: Words) -> Iterator[Misspelt]:
    if kind.text not in words.entity_types:
        yield from _entity_type(kind, words)
        return
    name = token.text[1:-1]
    known = words.actions if kind.text == "Action" else words.enumerated.get(kind.text, ())
    if name in known:
        return
    if known:
        meant = _quoted(nearest(name, known))
        elsewhere = [other for other, ids in words.enumerated.items() if name in ids]
        if not meant and elsewhere:
            meant = f"{elsewhere[0]}::{token.text}"
        listed = f": there are {_listed(known)}" if not meant else ""
        yield Misspelt(
            token, f"there is no {kind.text} called {token.text}{listed}", meant, kind.text
        )
    elif kind.text in _FORMS and not _FORMS[kind.text].fullmatch(token.text):
        yield Misspelt(token, f'{kind.text} names are written "NATION/name"', kind=kind.text)


def _entity_type(token: Token, words: Words) -> Iterator[Misspelt]:
    if token.text in words.entity_types or not _WORD.fullmatch(token.text):
        return
    meant = nearest(token.text, words.entity_types)
    yield Misspelt(token, f"there is no entity type called `{token.text}`", meant)


def _attribute(token: Token, words: Words) -> Iterator[Misspelt]:
    name = token.text.strip('"')
    if name in words.attributes:
        return
    meant = nearest(name, words.attributes)
    meant = _quoted(meant) if token.text.startswith('"') else meant
    yield Misspelt(token, f"there is no attribute called `{name}`", meant)


def _reads_attribute(tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    before = tokens[place - 1].text if place else ""
    after = tokens[place + 1].text if place + 1 < len(tokens) else ""
    if token.text.startswith('"'):
        indexed = place > 1 and _ends_a_value(tokens[place - 2].text)
        return before == "has" or (before == "[" and after == "]" and indexed)
    # A word before a bracket is a method, and those the parser knows.
    return bool(_WORD.fullmatch(token.text)) and after != "(" and before in {".", "has"}


def _ends_a_value(word: str) -> bool:
    return word in _ENDS_A_VALUE or (bool(_WORD.fullmatch(word)) and word not in {"in", "has"})


def _quoted(name: str) -> str:
    return f'"{name}"' if name else ""


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:_MOST_LISTED])
    return shown if len(names) <= _MOST_LISTED else f"{shown} and more"
