"""The townships of Myanmar's registration numbers, in Burmese letters and in Latin syllables.

Latin spellings differ from office to office, and several letters share a syllable: YA is written
for two of them, SA for two others. So a Latin spelling means those townships of the state whose
letters can be written so, and the canonical form has one syllable for each letter that no other
letter has.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import product
from types import MappingProxyType
from typing import Final

LETTERS: Final = 3

# For each letter its syllable in the canonical form, others that people write, and its initials.
_SYLLABLES: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "\N{MYANMAR LETTER KA}": ("KA", "", "K"),
        "\N{MYANMAR LETTER KHA}": ("KHA", "", "KH"),
        "\N{MYANMAR LETTER GA}": ("GA", "", "G"),
        "\N{MYANMAR LETTER GHA}": ("GHA", "GA", "GH G"),
        "\N{MYANMAR LETTER NGA}": ("NGA", "", "NG"),
        "\N{MYANMAR LETTER CA}": ("CA", "SA", "S C"),
        "\N{MYANMAR LETTER CHA}": ("HSA", "SA SHA", "HS S SH"),
        "\N{MYANMAR LETTER JA}": ("ZA", "", "Z"),
        "\N{MYANMAR LETTER JHA}": ("ZHA", "ZA", "ZH Z"),
        "\N{MYANMAR LETTER NNYA}": ("NYA", "", "NY"),
        "\N{MYANMAR LETTER TTA}": ("TTA", "TA", "T"),
        "\N{MYANMAR LETTER NNA}": ("NNA", "NA", "N"),
        "\N{MYANMAR LETTER TA}": ("TA", "", "T"),
        "\N{MYANMAR LETTER THA}": ("HTA", "", "HT"),
        "\N{MYANMAR LETTER DA}": ("DA", "", "D"),
        "\N{MYANMAR LETTER DHA}": ("DHA", "DA", "DH D"),
        "\N{MYANMAR LETTER NA}": ("NA", "", "N"),
        "\N{MYANMAR LETTER PA}": ("PA", "", "P"),
        "\N{MYANMAR LETTER PHA}": ("PHA", "HPA", "PH HP"),
        "\N{MYANMAR LETTER BA}": ("BA", "", "B"),
        "\N{MYANMAR LETTER BHA}": ("BHA", "BA", "BH B"),
        "\N{MYANMAR LETTER MA}": ("MA", "", "M"),
        "\N{MYANMAR LETTER YA}": ("YA", "", "Y"),
        "\N{MYANMAR LETTER RA}": ("RA", "YA", "Y R"),
        "\N{MYANMAR LETTER LA}": ("LA", "", "L"),
        "\N{MYANMAR LETTER WA}": ("WA", "", "W"),
        "\N{MYANMAR LETTER SA}": ("THA", "", "TH"),
        "\N{MYANMAR LETTER HA}": ("HA", "", "H"),
        "\N{MYANMAR LETTER LLA}": ("LLA", "LA", "L"),
        "\N{MYANMAR LETTER A}": ("AH", "A AA", "A AH"),
        "\N{MYANMAR LETTER U}": ("OU", "U AU OO O", "U O"),
    }
)
_LETTER_OF: Final = MappingProxyType({names[0]: one for one, names in _SYLLABLES.items()})
# What is typed for a letter: the digits that look like it, and old encodings of it (Zawgyi).
_TYPED: Final = str.maketrans(
    {
        "0": "\N{MYANMAR LETTER WA}",
        "7": "\N{MYANMAR LETTER RA}",
        "\N{MYANMAR LETTER NYA}": "\N{MYANMAR LETTER U}",
        "\N{MYANMAR SIGN RUMAI PALAUNG TONE-5}": "\N{MYANMAR LETTER NA}",
        "\N{MYANMAR SIGN WESTERN PWO KAREN TONE-3}": "\N{MYANMAR LETTER NNYA}",
    }
)


def _states() -> Iterator[tuple[str, list[str]]]:
    text = resources.files(__package__).joinpath("data", "myanmar_townships.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            state, *codes = line.split(" ")
            yield state, codes


@cache
def listed() -> frozenset[tuple[str, str]]:
    """List state and letters of every township in the table."""
    return frozenset((state, code) for state, codes in _states() for code in codes)


def _spellings(code: str) -> Iterator[str]:
    names = [_SYLLABLES[letter] for letter in code]
    yield from map("".join, product(*((own, *others.split()) for own, others, _ in names)))
    yield from map("".join, product(*(initials.split() for _, _, initials in names)))


@cache
def _by_spelling() -> Mapping[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for state, code in sorted(listed()):
        for spelling in set(_spellings(code)):
            found[state, spelling] = (*found.get((state, spelling), ()), code)
    return MappingProxyType(found)


def of_latin(state: str, spelling: str) -> tuple[str, ...]:
    """List the townships of a state that a Latin spelling can mean, in Burmese letters.

    Args:
        state: 1 to 14.
        spelling: upper-case letters; three syllables, or their initials.
    """
    return _by_spelling().get((state, spelling), ())


def of_burmese(text: str) -> str | None:
    """Bring a township's letters to what the table has, or give None where they are none."""
    letters = text.translate(_TYPED)
    return letters if len(letters) == LETTERS and all(map(_SYLLABLES.get, letters)) else None


def canonical(code: str) -> str:
    """Write a township's letters as the syllables that only they have."""
    return "_".join(_SYLLABLES[letter][0] for letter in code)


def of_canonical(text: str) -> str | None:
    """Read what `canonical` wrote, or give None."""
    letters = [_LETTER_OF.get(syllable) for syllable in text.split("_")]
    return "".join(map(str, letters)) if len(letters) == LETTERS and all(letters) else None
