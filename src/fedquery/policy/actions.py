"""The actions of a schema: the groups that each is in, and what its context holds.

The engine checks a request against the schema but tells nothing about it, so the few lines that
matter are read here, from a schema that the engine has accepted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fedquery.policy.source import Source, Token

_LIST = frozenset({"[", ",", "]"})


@dataclass(frozen=True, slots=True)
class Actions:
    """What can be asked for, and what is known when it is.

    Attributes:
        groups: for each action and group, all groups that it is in, its own name included.
        contexts: for each action that can be asked for, the fields of its context in order.
    """

    groups: Mapping[str, frozenset[str]]
    contexts: Mapping[str, tuple[str, ...]]


def read_actions(schema: Source) -> Actions:
    """Read the actions of a schema.

    Args:
        schema: a schema that the engine has accepted.
    """
    parents: dict[str, tuple[str, ...]] = {}
    context_types: dict[str, str] = {}
    records: dict[str, tuple[str, ...]] = {}
    for tokens in schema.policies():
        words = [token.text for token in tokens]
        if words[0] == "type":
            records[words[1]] = tuple(_fields(tokens))
        elif words[0] == "action":
            names = tuple(_strings(tokens[1:]))
            within = tuple(_strings(tokens[words.index("in") + 1 :])) if "in" in words else ()
            parents.update(dict.fromkeys(names, within))
            if "context" in words:
                record = words[words.index("context") + 2]
                context_types.update(dict.fromkeys(names, record))
    return Actions(
        groups={name: frozenset(_reached(name, parents)) for name in parents},
        contexts={name: records.get(record, ()) for name, record in context_types.items()},
    )


def _fields(tokens: Sequence[Token]) -> Iterator[str]:
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token.text in "{<") - (token.text in "}>")
        if token.text == ":" and depth == 1:
            yield tokens[place - (2 if tokens[place - 1].text == "?" else 1)].text


def _strings(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.text.startswith('"'):
            yield token.text[1:-1]
        elif token.text not in _LIST:
            return


def _reached(name: str, parents: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield name
    for parent in parents.get(name, ()):
        yield from _reached(parent, parents)
