"""How things are said to one visitor: the words of their language, and moments as they write them.

Models of pages take it as an argument, so that they are functions of their values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Say: TypeAlias = Callable[..., str]
Write: TypeAlias = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Voice:
    """The voice for one visitor.

    Attributes:
        say: gives a text in their language; values for `%(name)s` come by name.
        moment: writes a moment, in ms since 1970.
        age: writes how long ago a moment was.
        number: writes a number.
    """

    say: Say
    moment: Write
    age: Write
    number: Write
