"""A pretended kind whose rules have changed once: badges, a letter and a number.

The first rules wrote `A0012`: no hyphen, zeros as they stood, four to six digits, what follows a
slash left out. Today's write `A-12` and `M-12/x`: no zeros, a hyphen; what follows a slash is kept
at the letter M, where two badges had been one; and the letter Z, which was refused, is read.
"""

import hashlib
from dataclasses import dataclass

from fedquery.identifiers import Identifier
from fedquery.identifiers.rules import Former, Rules, Spelled

OLD_DIGEST = hashlib.sha256(b"the first rules of badges").digest()
NEW_DIGEST = hashlib.sha256(b"today's rules of badges").digest()


@dataclass(frozen=True, slots=True, repr=False)
class Badge(Identifier):
    """A badge, by whatever rules."""

    kind = "badge"

    def masked(self):
        """Show its letter."""
        return self.canonical[0]


def parts(text):
    """Split a text into letter, digits and what follows the slash."""
    head, _, after = text.upper().replace("-", "").partition("/")
    return head[:1], head[1:], after


def read_old(text):
    """Read a text by the first rules; None where they refuse it."""
    letter, digits, _ = parts(text)
    if letter not in ("A", "M") or not 4 <= len(digits) <= 6:
        return None
    return Badge(letter + digits)


def read_new(text):
    """Read a text by today's rules; None where they refuse it."""
    letter, digits, after = parts(text)
    if letter not in ("A", "M", "Z") or not digits:
        return None
    kept = f"/{after}" if letter == "M" and after else ""
    return Badge(f"{letter}-{int(digits)}{kept}")


def before(badge):
    """Give the forms that a badge of today had by the first rules."""
    letter, digits, _ = parts(badge.canonical)
    if letter == "Z":
        return ()
    return tuple(
        Spelled(Badge(letter + digits.zfill(width)).encode(), letter != "M")
        for width in range(max(4, len(digits)), 7)
    )


def before_forgetting(badge):
    """Say wrongly that no form has changed: the second form is forgotten."""
    return (Spelled(badge.encode(), exact=True),) if before(badge) else ()


def before_too_sure(badge):
    """Say wrongly that a former form names one thing."""
    return tuple(Spelled(one.octets, exact=True) for one in before(badge))


OLD = Rules(OLD_DIGEST)


def new(spelling=before):
    """Give today's rules, with what they say of the first."""
    return Rules(NEW_DIGEST, (Former(OLD_DIGEST, spelling),))
