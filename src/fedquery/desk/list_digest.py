"""Name exactly one list: its identifiers in their order, its case as it goes out, its nations.

What a second person approves is bound to this name, and it is computed anew from what lies on the
disk before anything is asked.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from fedquery.ask.case import Case
from fedquery.ask.screening.asked import Asked
from fedquery.ask.screening.listed import Listed
from fedquery.encoding import canonical_json
from fedquery.encoding.octets import lp

_LABEL: Final = b"fedquery/v1/desk-list"


def digest_of(encodings: Iterable[bytes], case: Case, nations: Sequence[str]) -> bytes:
    """Compute the name of a list, 32 octets.

    Args:
        encodings: the input of the OPRF of each place, in order, duplicates too.
        case: what it is asked for, with the agency's number and the officer.
        nations: whom it is put to.
    """
    found = hashlib.sha256(lp(_LABEL))
    found.update(lp(canonical_json.dump({"case": asdict(case), "nations": list(nations)})))
    for one in encodings:
        found.update(lp(one))
    return found.digest()


def digest_of_kept(listed: Listed) -> bytes:
    """Compute the name of a list that lies in the agency's screenings.

    Args:
        listed: its list, open.
    """
    asked = Asked.of(listed.job)
    own = [listed.form(subject.forms[0]) for subject in listed.each_subject()]
    return digest_of((own[number] for number in listed.each_place()), asked.case, asked.nations)
