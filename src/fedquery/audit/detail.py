"""Details beside the log: what a leaf commits to and does not say, and what retention erases.

Once detail and salt are erased, the commitment says nothing: the salt is as long as the hash.
Proofs of the leaf stay valid, for the leaf itself is never touched.
"""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import InputError, ProofError

SALT_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail as it is kept beside its entry.

    Attributes:
        name: which one it is; the entry's field `<name>_commit` commits to it.
        salt: 32 random octets of this detail alone.
        octets: the detail; a text in UTF-8.
    """

    name: str
    salt: bytes = field(repr=False)
    octets: bytes = field(repr=False)

    def commit(self) -> bytes:
        """Commit to it: 32 octets."""
        return commit_detail(self.salt, self.octets)


def salted(
    details: Iterable[tuple[str, str | bytes]], random: Callable[[int], bytes]
) -> tuple[Detail, ...]:
    """Give each detail a salt of its own.

    Args:
        details: name and detail, each name once.
        random: the random source.
    """
    return tuple(Detail(name, random(SALT_LENGTH), _octets_of(detail)) for name, detail in details)


def commit_detail(salt: bytes, detail: str | bytes) -> bytes:
    """Commit to a detail.

    Args:
        salt: 32 random octets of this detail alone.
        detail: the detail; a text is committed to as its UTF-8.

    Returns:
        32 octets.

    Raises:
        InputError: if the salt has another length.
    """
    if len(salt) != SALT_LENGTH:
        raise InputError("the salt has the wrong length")
    # audit.md B4: SHA-256(salt || detail); the salt's fixed length keeps the two apart.
    return sha256(salt + _octets_of(detail)).digest()


def _octets_of(detail: str | bytes) -> bytes:
    return detail.encode("utf-8") if isinstance(detail, str) else detail


def verify_detail(commitment: bytes, salt: bytes, detail: str | bytes) -> None:
    """Verify that a detail is the one that a leaf commits to.

    Raises:
        ProofError: if it is not.
        InputError: if the salt has another length.
    """
    if not hmac.compare_digest(commitment, commit_detail(salt, detail)):
        raise ProofError(
            "the detail is not the one that the log entry commits to",
            do="Compare the side table with a backup; one of the two was changed.",
        )


def split_situation(situation: bytes) -> tuple[bytes, str]:
    """Take the case's pseudonym out of what a policy decides from.

    The pseudonym points to a case, and so to people: it goes to the erasable side.

    Args:
        situation: canonical JSON with a text at context.case.pseudonym.

    Returns:
        The canonical JSON without it, for the leaf, and the pseudonym.

    Raises:
        InputError: if there is no such text.
    """
    value = canonical_json.load(situation, cap=len(situation), what="situation")
    pseudonym = _case_of(value).pop("pseudonym", None)
    if not isinstance(pseudonym, str):
        raise InputError("the situation has no pseudonym of a case")
    return canonical_json.dump(value), pseudonym


def join_situation(situation: bytes, pseudonym: str) -> bytes:
    """Put the case's pseudonym back, to decide again what was decided.

    Args:
        situation: the canonical JSON that the leaf holds.
        pseudonym: the pseudonym, or anything in its place once it is erased: then the decision is
            the same unless the policy speaks of this very case.

    Returns:
        The canonical JSON that the policy decided from.

    Raises:
        InputError: if there is no case, or it has a pseudonym.
    """
    value = canonical_json.load(situation, cap=len(situation), what="situation")
    case = _case_of(value)
    if "pseudonym" in case:
        raise InputError("the situation has a pseudonym of a case")
    case["pseudonym"] = pseudonym
    return canonical_json.dump(value)


def _case_of(value: Json) -> dict[str, Json]:
    context = value.get("context") if isinstance(value, dict) else None
    case = context.get("case") if isinstance(context, dict) else None
    if not isinstance(case, dict):
        raise InputError("the situation has no case")
    return case
