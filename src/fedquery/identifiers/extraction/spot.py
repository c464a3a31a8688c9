"""A place that has the form of some kind, before it is read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.folding import Folded

# Beside the names of kinds: the text of a payment QR code, which holds identifiers of kinds.
PAYMENT_CODE: Final = "payment code"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a folded text and the ways to read it.

    Attributes:
        start: where it begins.
        end: where it ends.
        kinds: the kinds it may be of, the likeliest first.
        certainty: how sure a reading is, if there is one.
        text: what to read where that is not what stands there; otherwise "".
        is_open: whether a place that cannot be read may hold something else.
    """

    start: int
    end: int
    kinds: tuple[str, ...]
    certainty: Certainty = Certainty.CERTAIN
    text: str = field(default="", repr=False)
    is_open: bool = False


Scanner: TypeAlias = Callable[[Folded], Iterator[Spot]]
"""Lists the places of its forms in a folded text, in one pass."""
