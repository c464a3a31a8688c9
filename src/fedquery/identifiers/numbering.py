"""National numbering plans of the six nations, as far as fedquery needs them by itself.

The library's tables decide what is valid. These few blocks are the ones in which a number is valid
whatever its remaining digits are, so that a number written in full needs no library; a test derives
that from the library over all prefixes. Everything else goes to the library.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers that share their first digits and their length.

    Attributes:
        prefix: the first digits after the country code, two or three.
        length: the number of digits after the country code.
        mobile: whether these are mobile numbers.
    """

    prefix: str
    length: int
    mobile: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The plain part of one nation's plan.

    Attributes:
        country_code: its digits.
        blocks: blocks whose numbers are valid whatever their remaining digits are.
    """

    country_code: str
    blocks: tuple[Block, ...]


def _range(text: str) -> Iterator[str]:
    first, _, last = text.partition("-")
    for number in range(int(first), int(last or first) + 1):
        yield str(number)


def _plan(country_code: str, *groups: tuple[int, bool, str]) -> Plan:
    return Plan(
        country_code,
        tuple(
            Block(prefix, length, mobile)
            for length, mobile, ranges in groups
            for part in ranges.split()
            for prefix in _range(part)
        ),
    )


_MOBILE, _FIXED = True, False

# ITU-T E.164 national plans, as libphonenumber's metadata 9.0 has them.
PLANS: Final[Mapping[str, Plan]] = MappingProxyType(
    {
        "CN": _plan(
            "86",
            (11, _MOBILE, "130-139 145 147 150-153 155-159 162 165-167 170-173 175-178"),
            (11, _MOBILE, "180-193 195-199"),
        ),
        "KH": _plan(
            "855",
            (8, _MOBILE, "10-19 60-61 66-70 77-81 83-87 89-95 97-99"),
            (9, _MOBILE, "12 18 31 38 71 76 88 96-97"),
            (8, _FIXED, "232-233 236-239 242-243 247-249 252-253 257-259 262-263 267-269"),
            (8, _FIXED, "322-323 327-329 332-333 337-339 342-343 347-349 352-353 357-359"),
        ),
        "LA": _plan(
            "856",
            (10, _MOBILE, "202-203 205 207 209"),
            (9, _MOBILE, "30"),
            (8, _FIXED, "21 23 31 34 41 51 54 61 64 71 74 81 84 86 88"),
        ),
        "MM": _plan(
            "95",
            (8, _MOBILE, "920-924 950-956"),
            (9, _MOBILE, "930-933 936 941 943 947 949 961 973 991"),
            (10, _MOBILE, "925-926 940 942 944-945 960-969 975-979 988-989 994-998"),
        ),
        "TH": _plan(
            "66",
            (9, _MOBILE, "61-66 80-99"),
            (8, _FIXED, "20-29 32-39 42-45 52-56 73-77"),
        ),
        "VN": _plan(
            "84",
            (9, _MOBILE, "30-39 56 58-59 70 76-79 81-88 90-98 522-523 528 896-899 991 993-999"),
            (10, _FIXED, "203-216 218-222 225-229 232-239 242-248 251-252 254-263 269-277"),
            (10, _FIXED, "282-294 296-297 299"),
        ),
    }
)

# Keys are the plus, the country code and the next digits: 6 characters, or 7 for long blocks.
_KEY_DIGITS = 5


def _keys(country_code: str, prefix: str) -> Iterator[str]:
    missing = max(0, _KEY_DIGITS - len(country_code) - len(prefix))
    for number in range(10**missing):
        yield f"+{country_code}{prefix}" + (f"{number:0{missing}}" if missing else "")


def _ordinary() -> Mapping[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for plan in PLANS.values():
        for block in plan.blocks:
            characters = 1 + len(plan.country_code) + block.length
            for key in _keys(plan.country_code, block.prefix):
                found[key] = found.get(key, frozenset()) | {characters}
    return MappingProxyType(found)


_ORDINARY = _ordinary()


def is_ordinary(text: str) -> bool:
    """Tell whether a text is, character by character, an E.164 number of a plain block.

    It is a shortcut and no check: a False says nothing about the text.
    """
    lengths = _ORDINARY.get(text[:6]) or _ORDINARY.get(text[:7])
    return lengths is not None and len(text) in lengths and text.isascii() and text[1:].isdecimal()


def is_mobile(e164: str) -> bool:
    """Tell whether a number in E.164 is of a plain block of mobile numbers of the six nations.

    As above, a False says nothing.
    """
    return any(
        block.mobile
        and len(e164) == 1 + len(plan.country_code) + block.length
        and e164.startswith(f"+{plan.country_code}{block.prefix}")
        for plan in PLANS.values()
        for block in plan.blocks
    )


# Vietnam moved its 11-digit mobile numbers to ten in 2018: new prefix, same last seven digits
# (Ministry of Information and Communications, decision 798/QD-BTTTT). Without the trunk zero.
VIETNAM_2018: Final[Mapping[str, str]] = MappingProxyType(
    {
        "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
        "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
        "162": "32", "163": "33", "164": "34", "165": "35",
        "166": "36", "167": "37", "168": "38", "169": "39",
        "186": "56", "188": "58", "199": "59",
    }
)  # fmt: skip
_VIETNAM, _VIETNAM_OLD_LENGTH = 84, 10
_LAOS, _LAOS_SHORT_LENGTH = 856, 8


def renumber(country_code: int, national: str) -> str:
    """Bring a national number that today's plan does not have to the one that replaced it.

    Args:
        country_code: the country code.
        national: the digits after it, not valid in today's plan.

    Returns:
        The number of today, or the same number where no rule applies.
    """
    if country_code == _VIETNAM and len(national) == _VIETNAM_OLD_LENGTH:
        today = VIETNAM_2018.get(national[:3])
        return national if today is None else today + national[3:]
    # Lao mobile numbers are told without their 20, which every one of them has.
    if country_code == _LAOS and len(national) == _LAOS_SHORT_LENGTH and national[0] in "2579":
        return "20" + national
    return national
