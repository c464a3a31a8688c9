r"""Plain writing: leaves whose text is matched as a whole instead of parsed and written again.

A leaf is canonical JSON with known keys, so nearly every leaf is a word of a regular language. What
`entry` matches by such an expression, it need neither parse nor write again to be as strict; what
is not matched, it reads in the long way, which decides. So an expression may be too narrow and must
never be too wide.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# A character that stands in JSON as it is, in ASCII.
TEXT: Final = r"[ !#-\[\]-~]"
# Below 10**15: canonical JSON carries integers up to 2**53 - 1.
INTEGER: Final = r"(?:0|[1-9][0-9]{0,14})"


@dataclass(frozen=True, slots=True)
class Plain:
    """How one field looks in plain writing.

    Attributes:
        expression: matches what stands in the leaf, or within the quotes.
        read: makes the value of it, and raises `ValueError` where the expression was too wide; None
            where the text is the value.
        quoted: whether it stands in quotes.
    """

    expression: str
    read: Callable[[str], object] | None = None
    quoted: bool = False

    def within(self, group: str) -> str:
        """Give the expression of the field as it stands in a leaf, with a group of that name."""
        expression = f"(?P<{group}>{self.expression})"
        return f'"{expression}"' if self.quoted else expression
