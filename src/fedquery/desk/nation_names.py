"""The names of nations on the pages: those of the six as they name themselves to the others."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fedquery.desk.language import N_
from fedquery.desk.voice import Say

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CN": N_("China"),
        "KH": N_("Cambodia"),
        "LA": N_("Lao PDR"),
        "MM": N_("Myanmar"),
        "TH": N_("Thailand"),
        "VN": N_("Viet Nam"),
    }
)


def nation_name(code: str, say: Say) -> str:
    """Name a nation; one that is none of the six by its code.

    Args:
        code: ISO 3166-1 alpha-2, as `VN`.
        say: the language of the visitor.
    """
    name = NAMES.get(code)
    return code if name is None else say(name)
