"""The languages of the desk, and which of them a browser asks for.

Not done here: the texts (catalogue.py), dates and numbers (dates.py), and where a choice is kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

ENGLISH: Final = "en"
_HEADER_CAP: Final = 1_000  # characters of Accept-Language; browsers send some fifty
# RFC 9110, section 12.5.4: a language range, and a weight of at most three decimals.
_RANGE: Final = re.compile(
    r"[ \t]*(?P<tag>[A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*"
    r"[ \t]*(?:;[ \t]*q=(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?"
)


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the desk.

    Attributes:
        tag: its name in accounts, cookies and folders: a primary language subtag.
        name: what it calls itself.
        html: the tag for `lang=`, by which browsers choose letter forms and line breaks.
        locale: the CLDR locale of its months and units.
    """

    tag: str
    name: str
    html: str
    locale: str


LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {
        language.tag: language
        for language in (
            Language(ENGLISH, "English", "en", "en"),
            Language("zh", "中文", "zh-Hans", "zh_Hans"),
            Language("th", "ไทย", "th", "th"),
            Language("vi", "Tiếng Việt", "vi", "vi"),
            Language("lo", "ລາວ", "lo", "lo"),
            Language("km", "ខ្មែរ", "km", "km"),
            Language("my", "မြန်မာ", "my", "my"),
        )
    }
)


def N_(text: str) -> str:  # noqa: N802 -- the customary mark of gettext
    """Mark a text that is translated where it is shown; it is given back as it is."""
    return text


def choose(accept_language: str) -> str:
    """Choose the language that a browser likes best.

    Args:
        accept_language: its Accept-Language header; "" without one.

    Returns:
        The tag of a language of the desk; English where none is asked for, or where the header
        cannot be read: a strange header must not keep anybody from the page.
    """
    best, weight = ENGLISH, 0.0
    for part in accept_language[:_HEADER_CAP].split(","):
        found = _RANGE.fullmatch(part)
        if found is None:
            continue
        tag, asked = found["tag"].lower(), float(found["weight"] or 1)
        # Of equal weights the first stands: browsers write the best first.
        if tag in LANGUAGES and asked > weight:
            best, weight = tag, asked
    return best
