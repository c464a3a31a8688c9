r"""What operators sign before a policy comes into force: one proposal of one node, nothing else.

    fedquery.policy-proposal/v1 fedquery.log/mekong/VN 118
    policy 5f0c...
    schema 91aa...

    — operator/VN/linh <signature>

The first line names the log and the place of the proposal in it. So a signature holds for one
proposal alone: an old file that is proposed again has to be signed again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from fedquery.errors import EncodingError, InputError, SignatureError
from fedquery.tlog.note import MAX_SIGNATURES, Signer, VerifierKey, open_note, sign

NOTE_CAP: Final = 32 * 1024
"""How large a signed proposal may be, in octets."""
_FORM: Final = re.compile(
    rb"fedquery\.policy-proposal/v1 ([!-~]{1,128}) (0|[1-9][0-9]{0,15})\n"
    rb"policy ([0-9a-f]{64})\n"
    rb"schema ([0-9a-f]{64})\n"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A policy file and a schema that somebody wants in force at one node.

    Args:
        origin: the origin of the node's log.
        index: the place of the proposal's entry in that log, from 0.
        policy_digest: SHA-256 of the policy file, 32 octets.
        schema_digest: SHA-256 of the schema file, 32 octets.
    """

    origin: str
    index: int
    policy_digest: bytes
    schema_digest: bytes

    def __post_init__(self) -> None:
        """Refuse what `parse` could not read back.

        Raises:
            InputError: if a value is out of form.
        """
        if _FORM.fullmatch(self.render()) is None:
            raise InputError("this is not a proposal")

    def render(self) -> bytes:
        """Write the text that is signed."""
        return (
            f"fedquery.policy-proposal/v1 {self.origin} {self.index}\n"
            f"policy {self.policy_digest.hex()}\n"
            f"schema {self.schema_digest.hex()}\n"
        ).encode()

    @staticmethod
    def parse(body: bytes) -> "Proposal":
        """Read exactly what `render` writes.

        Raises:
            EncodingError: if it is anything else.
        """
        found = _FORM.fullmatch(body)
        if found is None:
            raise EncodingError("malformed proposal")
        origin, index, policy, schema = (part.decode("ascii") for part in found.groups())
        return Proposal(origin, int(index), bytes.fromhex(policy), bytes.fromhex(schema))


class Signable(Protocol):
    """Something proposed at one node that operators sign: a policy, or a grant."""

    def render(self) -> bytes:
        """Write the text that is signed; it names the node's log and a place in it."""


def sign_proposal(proposal: Signable, operator: Signer) -> bytes:
    """Approve a proposal: a signed note (c2sp.org/signed-note)."""
    return sign(proposal.render(), [operator])


def require_approved(
    proposal: Signable, notes: Sequence[bytes], operators: Sequence[VerifierKey], needed: int
) -> tuple[VerifierKey, ...]:
    """Require that so many different operators have approved a proposal.

    Args:
        proposal: what is to come into force.
        notes: signed proposals, as the operators gave them; one may carry several signatures.
        operators: the keys that count; no two of them have one name or one public key.
        needed: how many of them must have signed, 0 to their number.

    Returns:
        The keys that have signed, sorted by name, each once however often it signed.

    Raises:
        EncodingError: if a note is none.
        SignatureError: if a signature is false, is nobody's who counts, or is for something else,
            or if there are too few.
    """
    if len(notes) > MAX_SIGNATURES:
        raise InputError("so many signed proposals are not read")
    signed: set[str] = set()
    for note in notes:
        opened = open_note(note, operators, NOTE_CAP)
        if opened.body != proposal.render():
            raise SignatureError(
                "a signature is for another proposal than the open one",
                do="Have the open proposal signed; each time that one is made is another.",
            )
        signed |= opened.names
    if len(signed) < needed:
        raise SignatureError(
            f"{len(signed)} of the {needed} operators that are needed have signed",
            do="Have it signed by others; who signs twice counts once.",
        )
    return tuple(sorted((key for key in operators if key.name in signed), key=lambda key: key.name))
