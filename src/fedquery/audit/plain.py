r"""Plain writing: leaves whose text is matched as a whole instead of parsed and written again.

A leaf is canonical JSON with known keys, so nearly every leaf is a word of a regular language. What
`entry` matches by such an expression, it need neither parse nor write again to be as strict; what
is not matched, it reads in the long way, which decides. So an expression may be too narrow and must
never be too wide.
"""

from typing import Final

# A character that stands in JSON as it is, in ASCII.
TEXT: Final = r"[ !#-\[\]-~]"
# Below 10**15: canonical JSON carries integers up to 2**53 - 1.
INTEGER: Final = r"(?:0|[1-9][0-9]{0,14})"


def quoted(expression: str) -> str:
    """Give the expression of a JSON text whose content an expression matches."""
    return f'"(?:{expression})"'
