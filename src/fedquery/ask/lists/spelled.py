"""One line as an identifier: its kind is said before it, for all lines, or told by its form."""

from collections.abc import Sequence
from typing import Final

from fedquery.errors import IdentifierError
from fedquery.identifiers import Notice, Parsed, Reason, kinds, parse, recognise

AUTO: Final = "auto"


def read_identifier(text: str, kind: str, region: str) -> Parsed:
    """Read one line as an identifier; nobody guesses where it may be several things.

    Args:
        text: the line, without blanks around it; it may begin with its kind and a colon.
        kind: its kind, or `auto`.
        region: the nation by whose habits numbers are read.

    Raises:
        IdentifierError: if it is none, or more than one thing.
    """
    named, colon, rest = text.partition(":")
    if colon and named.strip().lower() in kinds():
        return parse(named.strip().lower(), rest.strip(), region)
    if kind != AUTO:
        return parse(kind, text, region)
    return _only(recognise(text, region))


def _only(found: Sequence[Parsed]) -> Parsed:
    """Take what a text means where it means one thing; choosing is left to the person."""
    exact = [one for one in found if one.identifier.exact] or found
    if {one.identifier.kind for one in exact} == {"account"} and not exact[0].identifier.exact:
        # An account without its bank: what lost the plus of a phone number looks the same.
        raise IdentifierError(
            "it may be an account without its bank, or a phone number without its plus; write"
            " `account:` before it, or the plus and the country code"
        )
    # A phone number that no plan has is none, where the text is something else as well.
    planned = [one for one in found if Notice.NOT_IN_PLAN.value not in one.warnings]
    # Groups of digits between dots are an address as they stand, exact or not.
    likely = [one for one in planned if one in exact or one.identifier.kind == "ip"] or exact
    # Digits that no check digit confirms may as well be any of the others.
    unsure = len(likely) == 1 and Notice.UNCHECKED.value in likely[0].warnings
    names = dict.fromkeys(one.identifier.kind for one in (found if unsure else likely))
    if len(names) > 1:
        labels = [_with_article(kinds()[name].label) for name in names]
        prefixes = [f"`{name}:`" for name in names]
        raise IdentifierError(
            f"it may be {' or '.join(labels)}; begin the line with {' or '.join(prefixes)}"
        )
    if len(likely) > 1:
        raise IdentifierError(Reason.AMBIGUOUS.value)
    return likely[0]


def _with_article(label: str) -> str:
    return f"an {label}" if label[0].lower() in "aeiou" else f"a {label}"
