"""Links, mail addresses and names of hosts in a text."""

import re
import string
from collections.abc import Iterator
from typing import Final

from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.folding import Folded
from fedquery.identifiers.extraction.spot import Spot

_MAX_LINK, _MAX_LOCAL, _MAX_HOST = 2_048, 64, 253
_SCHEME_END: Final = re.compile(r"\[?:\]?//")
_SCHEME: Final = re.compile(r"(?:hxxp|http)s?|tg|whatsapp|ton|solana")
_LONGEST_SCHEME = 8
# What ends a link in running text: white space, quotes, brackets and stops of every script.
_LINK: Final = re.compile(
    "[^\\s<>\"`'\u00ab\u00bb\u2018-\u201f\u3000-\u303f\uff01\uff0c\uff1b\uff1f\u17d4\u17d5\u104a\u104b|\\\\^{}]"
    "{1,2048}"
)
_LETTER: Final = re.compile(r"[A-Za-z0-9_-][^\x00-\x7f]")
_STOPS: Final = ".,;:!?*'\"]"
_LOCAL: Final = frozenset(string.ascii_letters + string.digits + ".%+-_~'")
# The stop of Chinese keyboards stands for a dot between Latin letters.
_SIGNS: Final = tuple("!#$&*/=?^`{|}")
_DOT: Final = r"(?:\.|\u3002|\[\.\]|\(\.\)|\[dot\]|\(dot\))"
_NAME: Final = re.compile(
    rf"(?<![A-Za-z0-9_@-])[A-Za-z0-9_][A-Za-z0-9_-]{{0,62}}"
    rf"(?:{_DOT}[A-Za-z0-9_-]{{1,63}}){{0,10}}{_DOT}"
    "(?:[A-Za-z0-9_-]{1,63}|ไทย|ລາວ|中国|中國|公司|网络|网址|在线|商城|中文网|集团)"
)
# The domain of a mail address, with dots or in brackets; a Bakong participant has none.
_AFTER_AT: Final = re.compile(rf"[A-Za-z0-9_-]{{1,63}}(?:{_DOT}[A-Za-z0-9-]{{1,63}}){{0,10}}")
_WRITTEN_DOT: Final = re.compile(_DOT)
_AT: Final = re.compile(r" ?\[at\] ?| ?\(at\) ?|\[@\]|@", re.IGNORECASE)
_GOES_ON: Final = re.compile(r"[A-Za-z0-9_@-]|\.[A-Za-z0-9]")
_PORT: Final = re.compile(r":[0-9]{2,5}(?![0-9])")
# Endings of files, and short words, that are endings of domains as well.
_FILES: Final = frozenset(
    ("zip", "mov", "md", "py", "sh", "rs", "pl", "cc", "ps", "so", "am", "no")
)
_COUNTRY_LETTERS = 2


def _trimmed(text: str, start: int, end: int) -> int:
    """Leave out what ends a sentence and no link."""
    while end > start:
        last = text[end - 1]
        unopened = text.count("(", start, end) < text.count(")", start, end)
        if last in _STOPS or (last == ")" and unopened):
            end -= 1
        else:
            return end
    return end


def _link_end(text: str, start: int) -> int:
    body = _LINK.match(text, start, start + _MAX_LINK)
    if body is None:
        return start
    end = body.end()
    # A path may be in letters of any script, but where one follows Latin letters without a sign
    # between, the sentence goes on.
    mixed = _LETTER.search(text, start, end)
    return _trimmed(text, start, mixed.start() + 1 if mixed else end)


def links(folded: Folded) -> Iterator[Spot]:
    """List links with a scheme."""
    text = folded.text
    for mark in _SCHEME_END.finditer(text):
        before = text[max(0, mark.start() - _LONGEST_SCHEME) : mark.start()].lower()
        found = None
        for found in _SCHEME.finditer(before):  # noqa: B007 - the last one is wanted
            pass
        if found is None or found.end() != len(before):
            continue
        end = _link_end(text, mark.end())
        if end > mark.end():
            start = mark.start() - len(found[0])
            yield Spot(start, end, ("wallet", "handle", "phone", "url"))


def _local_start(text: str, end: int) -> int:
    """Give where the local part that ends at a place begins, with its dots in brackets or not."""
    start, least = end, max(0, end - _MAX_LOCAL)
    while start > least:
        if text[start - 1] in _LOCAL:
            start -= 1
        elif text.endswith(("[.]", "(.)"), 0, start):
            start -= len("[.]")
        else:
            break
    # A part that goes on further is not cut: another address would come of it.
    return start if start > least or not least else end


def mails(folded: Folded) -> Iterator[Spot]:
    """List what stands around an at sign: mail addresses, and wallets of Bakong."""
    text = folded.text
    for at in _AT.finditer(text):
        start = _local_start(text, at.start())
        while start < at.start() and text[start] in ".%'~":
            start += 1
        if start == at.start():
            continue
        host = _AFTER_AT.match(text, at.end(), at.end() + _MAX_HOST)
        if host is None:
            continue
        end = _trimmed(text, start, host.end())
        if "." in host[0] or "dot" in host[0].lower():
            # Signs such as = may stand in an address, but mostly they stand before one.
            sure = Certainty.LIKELY if text[start - 1 : start] in _SIGNS else Certainty.CERTAIN
            yield Spot(start, end, ("email",), sure)
        elif at[0] == "@":
            yield Spot(start, end, ("e-wallet",), Certainty.DOUBTFUL, is_open=True)


def _is_sentence(name: str) -> bool:
    """Tell whether two words stand at a full stop without a blank: `came.They`."""
    first, _, last = name.rpartition(".")
    return last[0].isupper() and not last.isupper() and not first[0].isupper()


def hosts(folded: Folded) -> Iterator[Spot]:
    """List names of hosts without a scheme, and the pages behind them."""
    text = folded.text
    for name in _NAME.finditer(text):
        plain = _WRITTEN_DOT.sub(".", name[0])
        ending = plain.rpartition(".")[2]
        if _GOES_ON.match(text, name.end()):
            # A part of a longer name, or of a mail address, is another host.
            continue
        named = ending.isalpha() or ending[:4].lower() == "xn--"
        if not named or len(ending) < _COUNTRY_LETTERS or _is_sentence(plain):
            continue
        start, end = name.span()
        port = _PORT.match(text, end)
        slash = port.end() if port else end
        if text[slash : slash + 1] == "/":
            last = _link_end(text, start)
            if last > slash:
                yield Spot(start, last, ("handle", "phone", "url"))
                continue
        short = plain.count(".") == 1 and ending.lower() in _FILES
        sure = Certainty.DOUBTFUL if short else Certainty.CERTAIN
        yield Spot(start, end, ("domain",), sure, is_open=True)
