"""Names that sound like names and are nobody's that we know of."""

from typing import Final

from fedquery.identifiers.samples.variants import Choose

_SYLLABLES: Final = (
    "ka", "mo", "sa", "vee", "tan", "lo", "phu", "chai", "dao", "nok", "sri", "wei", "xin",
    "bo", "htun", "min", "kyaw", "sok", "dara", "van", "hoa", "long", "kham", "seng",
)  # fmt: skip


def word(choose: Choose, syllables: int) -> str:
    """Draw a word of some syllables."""
    return "".join(_SYLLABLES[choose(len(_SYLLABLES))] for _ in range(syllables))


def dressed(text: str, choose: Choose) -> str:
    """Surround a text with what pasting brings: spaces, marks of direction, a line end."""
    return (
        text,
        f" {text}\n",
        f"\N{LEFT-TO-RIGHT EMBEDDING}{text}\N{POP DIRECTIONAL FORMATTING}",
        f"{text}\N{ZERO WIDTH SPACE}",
    )[choose(4)]


def full_width(text: str) -> str:
    """Write ASCII in the full-width forms of Chinese keyboards."""
    return "".join(
        chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text
    )
