"""What is an identifier only by the word before it: names in messengers, numbers of passports."""

import re
from collections.abc import Iterator
from typing import Final

from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.folding import Folded
from fedquery.identifiers.extraction.spot import Spot
from fedquery.identifiers.extraction.word_tables import passport_words, services
from fedquery.identifiers.extraction.words_pattern import words_pattern

_SERVICE_OF: Final = services()
_WORD: Final = words_pattern(_SERVICE_OF)
# Between the word and the name: a colon, an at sign, what says that a name follows.
_SIGN: Final = re.compile(r" ?(?:id|no|号|號|ไอดี|ໄອດີ|user)?\.? ?(?:[:=]|->|is|是|为|คือ|là)? ?")
_NAME: Final = re.compile(r"@?[A-Za-z0-9#][A-Za-z0-9._-]{3,31}(?![A-Za-z0-9_@]|://|\.[A-Za-z])")
_BY_FORM: Final = re.compile(r"(?<![A-Za-z0-9_@.])wxid_[a-z0-9]{6,20}(?![A-Za-z0-9_])")
# Passports: the word, perhaps an issuer, then letters and digits.
_PASSPORT: Final = words_pattern(passport_words())
_GAP: Final = re.compile(r" ?(?:no|number|số|号码|号|เลขที่|ເລກທີ|លេខ|အမှတ်)?\.? ?[:=#]? ?")
_ISSUED: Final = re.compile(r"([A-Z]{2,3})[ :-]{1,2}([A-Z]{0,2}[0-9]{5,8})(?![A-Za-z0-9])")
_NUMBER: Final = re.compile(r"[A-Z]{1,2}[0-9]{6,8}(?![A-Za-z0-9])")


def handles(folded: Folded) -> Iterator[Spot]:
    """List names in messengers whose service stands before them."""
    text = folded.text
    for found in _BY_FORM.finditer(text):
        yield Spot(*found.span(), ("handle",))
    lower = folded.lower
    for word in _WORD.finditer(lower):
        sign = _SIGN.match(lower, word.end())
        at = sign.end() if sign is not None else word.end()
        name = _NAME.match(text, at)
        if name is None:
            continue
        service = _SERVICE_OF[word[0]]
        written = name[0].rstrip(".-_") if service != "telegram" else name[0].rstrip(".-")
        named = lower[word.end() : at].strip(" ") or written[0] == "@" or " " in word[0]
        # "Line" and other words are words too: a sign, an @, a digit or an underscore says that a
        # name follows.
        by_form = "_" in written or any(map(str.isdecimal, written))
        if named or by_form or not word[0].isascii():
            sure = Certainty.CERTAIN if named else Certainty.LIKELY
            text_ = f"{service}:{written}"
            yield Spot(at, at + len(written), ("handle",), sure, text=text_, is_open=True)


def passports(folded: Folded) -> Iterator[Spot]:
    """List numbers of passports behind the word; without an issuer they stay doubtful."""
    text = folded.text
    for word in _PASSPORT.finditer(folded.lower):
        gap = _GAP.match(folded.lower, word.end())
        at = gap.end() if gap is not None else word.end()
        issued = _ISSUED.match(text, at)
        if issued is not None:
            yield Spot(*issued.span(), ("passport",), is_open=True)
            continue
        number = _NUMBER.match(text, at)
        if number is not None:
            yield Spot(*number.span(), ("passport",), Certainty.DOUBTFUL, is_open=True)
