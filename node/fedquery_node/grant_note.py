r"""What operators sign before a grant holds: one proposal of one node, with all that it grants.

    fedquery.grant/v1 fedquery.log/mekong/VN 118
    leaf 5f0c...
    agency TH/cyber-police
    dataset phones
    elements 100000
    until 2026-12-25T00:00:00Z
    case case-7f3a

    — operator/VN/linh <signature>

The first line names the log and the place of the proposal in it, so that a signature holds for that
one alone. The last line is `any case` where the grant is not for one.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from fedquery.audit.grants import MOST_GRANTED
from fedquery.cases.moment import check_moment, parse_moment, render_moment
from fedquery.errors import EncodingError, InputError

_WHAT: Final = "grant"
_FORM: Final = re.compile(
    rb"fedquery\.grant/v1 ([!-~]{1,128}) (0|[1-9][0-9]{0,15})\n"
    rb"leaf ([0-9a-f]{64})\n"
    rb"agency ([A-Z]{2}/[a-z0-9-]{1,40})\n"
    rb"dataset ([a-z0-9-]{1,40})\n"
    rb"elements ([1-9][0-9]{0,9})\n"
    rb"until ([0-9TZ:-]{20})\n"
    rb"(?:any case|case ([ -~]{1,64}))\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantNote:
    """A grant that somebody proposes at one node.

    Attributes:
        origin: the origin of the node's log.
        number: the place of the proposal's entry in that log, from 0.
        leaf_hash: the hash of that entry, 32 octets.
        agency: to whom.
        dataset: for which dataset.
        elements: how many, 1 to 10^9.
        until_ms: until when, whole seconds.
        pseudonym: for which case; "" for any.
    """

    origin: str
    number: int
    leaf_hash: bytes
    agency: str
    dataset: str
    elements: int
    until_ms: int
    pseudonym: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what `parse` could not read back.

        Raises:
            InputError: if a value is out of form.
        """
        check_moment(self.until_ms, "the end of a grant")
        if not 1 <= self.elements <= MOST_GRANTED or _FORM.fullmatch(self.render()) is None:
            raise InputError(
                "this is not a grant",
                do="Name an agency (NATION/name), a dataset, 1 to 1000000000 elements, and a case"
                " by the pseudonym that stands on its cards, if by any.",
            )

    def render(self) -> bytes:
        """Write the text that is signed."""
        return (
            f"fedquery.grant/v1 {self.origin} {self.number}\n"
            f"leaf {self.leaf_hash.hex()}\n"
            f"agency {self.agency}\n"
            f"dataset {self.dataset}\n"
            f"elements {self.elements}\n"
            f"until {render_moment(self.until_ms)}\n"
            + (f"case {self.pseudonym}\n" if self.pseudonym else "any case\n")
        ).encode()

    @staticmethod
    def parse(body: bytes) -> "GrantNote":
        """Read exactly what `render` writes.

        Raises:
            EncodingError: if it is anything else.
        """
        found = _FORM.fullmatch(body)
        if found is None:
            raise EncodingError(f"malformed {_WHAT}")
        origin, number, leaf, agency, dataset, elements, until = (
            part.decode("ascii") for part in found.groups()[:7]
        )
        try:
            return GrantNote(
                origin=origin,
                number=int(number),
                leaf_hash=bytes.fromhex(leaf),
                agency=agency,
                dataset=dataset,
                elements=int(elements),
                until_ms=parse_moment(until, _WHAT),
                pseudonym=(found[8] or b"").decode("ascii"),
            )
        except InputError:
            raise EncodingError(f"malformed {_WHAT}") from None
