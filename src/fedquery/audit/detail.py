"""Details beside the log: what a leaf commits to and does not say, and what retention erases.

Once detail and salt are erased, the commitment says nothing: the salt is as long as the hash.
Proofs of the leaf stay valid, for the leaf itself is never touched.
"""

import hmac
from hashlib import sha256

from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import InputError, ProofError

SALT_LENGTH = 32


def commit_detail(salt: bytes, text: str) -> bytes:
    """Commit to a detail.

    Args:
        salt: 32 random octets of this detail alone.
        text: the detail.

    Returns:
        32 octets.

    Raises:
        InputError: if the salt has another length.
    """
    if len(salt) != SALT_LENGTH:
        raise InputError("the salt has the wrong length")
    # audit.md B4: SHA-256(salt || detail); the salt's fixed length keeps the two apart.
    return sha256(salt + text.encode("utf-8")).digest()


def verify_detail(commitment: bytes, salt: bytes, text: str) -> None:
    """Verify that a detail is the one that a leaf commits to.

    Raises:
        ProofError: if it is not.
        InputError: if the salt has another length.
    """
    if not hmac.compare_digest(commitment, commit_detail(salt, text)):
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
