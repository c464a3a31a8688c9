"""Invent identifiers for demonstrations, tests and benches: valid in form, drawn from a seed.

No list of real people's numbers is kept anywhere. These are drawn evenly from what the rules of a
kind allow, so one of them may by chance be somebody's: never call, pay or publish them.
Each kind has its module here, under the name of the module that reads it.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol

from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.numbering import PLANS
from fedquery.identifiers.reasons import Reason, refuse
from fedquery.identifiers.registry import kinds
from fedquery.identifiers.samples.variants import Choose

__all__ = ["Choose", "drawn", "spelled"]


class _Samples(Protocol):
    def drawn(self, nation: str, choose: Choose) -> Iterator[Identifier]: ...
    def spelled(self, canonical: str, choose: Choose) -> str: ...


def _of(kind: str) -> _Samples:
    found = kinds().get(kind)
    if found is None:
        raise refuse(Reason.UNKNOWN_KIND)
    samples: _Samples = import_module(f"{__package__}.{found.module}")
    return samples


def drawn(kind: str, nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent identifiers of a kind, without end; some may repeat.

    Args:
        kind: the name of the kind.
        nation: where they are to be from, for kinds that differ by nation.
        choose: draws each.

    Raises:
        IdentifierError: if the kind is unknown, or the nation is none of the six.
    """
    if nation not in PLANS:
        raise refuse(Reason.UNKNOWN_NATION)
    return _of(kind).drawn(nation, choose)


def spelled(identifier: Identifier, choose: Choose) -> str:
    """Spell an identifier as a person might.

    Args:
        identifier: one that `drawn` could have invented.
        choose: draws the spelling.

    Returns:
        A text that reads back as the identifier, in the region of its own nation.
    """
    return _of(identifier.kind).spelled(identifier.canonical, choose)
