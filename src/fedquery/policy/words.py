"""The words that a schema declares, read from its tokens.

The engine checks words against the schema but does not tell which there are. A reader who misspelt
one wants the right one, and a node must not name to the engine a joint team that the schema does
not have: an unknown one is an error, and an error denies.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from fedquery.policy.source import Source, Token

_SEPARATORS = frozenset({"[", ",", "]"})


@dataclass(frozen=True, slots=True)
class Words:
    """What a policy may say.

    Attributes:
        enumerated: for each enumerated entity type its ids, in the order of the schema.
        entity_types: all entity types, enumerated or not, and Action.
        actions: all actions and groups of actions.
        attributes: the attributes of entities, records and the context.
    """

    enumerated: Mapping[str, tuple[str, ...]]
    entity_types: frozenset[str]
    actions: tuple[str, ...]
    attributes: frozenset[str]

    @property
    def teams(self) -> frozenset[str]:
        """Name the joint teams that policies may name."""
        return frozenset(self.enumerated.get("Team", ()))


def read_words(schema: Source) -> Words:
    """Read the words of a schema that the engine has accepted.

    Args:
        schema: the schema.
    """
    tokens = schema.tokens
    enumerated: dict[str, tuple[str, ...]] = {}
    types = {"Action"}
    actions: list[str] = []
    for place, token in enumerate(tokens):
        rest = tokens[place + 1 :]
        if token.text == "entity" and rest:
            types.add(rest[0].text)
            if len(rest) > 1 and rest[1].text == "enum":
                enumerated[rest[0].text] = tuple(_strings(rest[2:]))
        elif token.text == "action" and rest:
            actions.extend(_strings(rest))
    return Words(
        enumerated=MappingProxyType(enumerated),
        entity_types=frozenset(types),
        actions=tuple(actions),
        attributes=frozenset(
            token.text
            for token, after in itertools.pairwise(tokens)
            if after.text == ":" and token.text not in {"principal", "resource", "context"}
        ),
    )


def _strings(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.text.startswith('"'):
            yield token.text[1:-1]
        elif token.text not in _SEPARATORS:
            return
