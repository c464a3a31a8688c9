"""Errors, split by whose fault they are; each says what to do next.

A message never repeats the value that was refused: values may be identifiers.
The slug is the name that travels (problem documents, answers inside the seal); faces map a class to
a status or an exit code once, and nowhere else.
"""

from typing import ClassVar


class FedqueryError(Exception):
    """The root, never raised itself."""

    slug: ClassVar[str] = "internal"
    default_do: ClassVar[str] = "Report this with the reference printed beside it."

    def __init__(self, what: str, *, why: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.do = do or self.default_do

    def diagnostics(self) -> str:
        """Say what a person should do next."""
        return self.do


class InputError(FedqueryError):
    """The caller's value is unusable; sending it again will not help."""

    slug = "invalid-input"
    default_do = "Correct the value and ask again."


class NotFoundError(InputError):
    """Nothing of this id is kept; it may also be another's, which is not told."""

    slug = "not-found"
    default_do = "Take the id that was printed or answered for it."


class EncodingError(InputError):
    """Bytes do not parse; one opaque message per format, so that nothing of them leaks."""

    slug = "message-malformed"
    default_do = "Check that both sides speak fedquery/v1; the message was changed on its way."


class BatchError(InputError):
    """There are too many, too few or doubled elements in one batch."""

    slug = "batch-size"
    default_do = "Split or merge the list to one of the size classes."


class IdentifierError(InputError):
    """A text is not an identifier of the kind it was said to be."""

    slug = "identifier-unclear"
    default_do = "Write it in full: a phone with its country code, an account with its bank."

    def __init__(self, reason: str, *, do: str = "") -> None:
        super().__init__(f"not a usable identifier: {reason}", do=do)
        self.reason = reason


class ProofError(FedqueryError):
    """A cryptographic check failed. Stop: never retry, keep the evidence."""

    slug = "proof-failed"
    default_do = "Do not use it or try again; keep it, and speak to the party that it came from."


class SignatureError(ProofError):
    """A signature does not verify, or none of a known key is there."""

    slug = "signature-invalid"


class FormerKeyError(SignatureError):
    """What was signed names a key that the member list does not name now; it may be true."""

    default_do = "Verify it with the member list of the time at which it was signed."


class QuorumError(SignatureError):
    """Too few witnesses have cosigned what a log signed; no more is wrong with it than that.

    Args:
        what: what was found.
        missing: the names of the witnesses that have not cosigned.
        cosigned: how many have.
        needed: the fewest that a quorum is made of.
        ahead: the names of those among the missing that have, at times that are still to come.
    """

    slug = "not-witnessed"
    default_do = "Wait until more witnesses have cosigned it; `fedquery doctor` names the missing."

    def __init__(
        self,
        what: str,
        *,
        missing: tuple[str, ...] = (),
        cosigned: int = 0,
        needed: int = 0,
        ahead: tuple[str, ...] = (),
    ) -> None:
        super().__init__(what)
        self.missing = missing
        self.cosigned = cosigned
        self.needed = needed
        self.ahead = ahead


class SealError(ProofError):
    """A sealed message does not open: wrong key, wrong receiver, or changed on its way."""

    slug = "seal-invalid"


class EvaluationProofError(ProofError):
    """The DLEQ proof does not show the key of the publication."""

    slug = "evaluation-proof"


class InclusionError(ProofError):
    """A leaf is not shown to be in the log."""

    slug = "inclusion-proof"


class ConsistencyError(ProofError):
    """Two heads of one log are not shown to be one history."""

    slug = "consistency-proof"


class LogFaultError(ConsistencyError):
    """A log is not what it claims to be, from a place on.

    Args:
        what: what is wrong, without repeating anything of an entry.
        file: the file of the log in which it is.
        index: the first entry that is not right, where there is one.
    """

    slug = "log-fault"
    default_do = "Keep the log as it is; get another copy of it, and speak to the party it is of."

    def __init__(
        self, what: str, *, file: str, index: int | None = None, why: str = "", do: str = ""
    ) -> None:
        place = file if index is None else f"{file}: entry {index}"
        super().__init__(f"{place}: {what}", why=why, do=do)
        self.file = file
        self.index = index
        self.fault = what


class PublicationError(ProofError):
    """An answer does not fit the publication that the log holds."""

    slug = "publication-mismatch"


class RollbackError(ProofError):
    """A nation showed something older than what it showed before."""

    slug = "rolled-back"


class EquivocationError(ProofError):
    """A nation showed two different things under one name."""

    slug = "equivocation"


class RefusedError(FedqueryError):
    """The holder said no, and signed it."""

    slug = "policy-denied"
    default_do = "Read the reason; ask under another purpose or with the signatures it names."


class QuotaError(RefusedError):
    """A quota of the holder is spent."""

    slug = "quota"
    default_do = "Wait until the quota renews, or ask the holder for a grant."


class PeerError(FedqueryError):
    """The other side is unreachable, late or off protocol; asking again may help."""

    slug = "unavailable"
    default_do = "Ask again later; `fedquery doctor` shows which part does not answer."


class BusyError(FedqueryError):
    """Something that may be held once is held by another process."""

    slug = "busy"
    default_do = "Wait for the other process to end, then try again."


class ConfigError(FedqueryError):
    """A file of this installation is wrong: settings, keys, certificates, policies, databases."""

    slug = "configuration"
    default_do = "Correct the file named above."


class NotMadeError(ConfigError):
    """Something cannot be made where it is wanted: the place is taken, or there is none."""

    slug = "not-made"
    default_do = "Name another place, or make its directory."


class StorageError(FedqueryError):
    """A disk or database did not do what was asked; nothing was answered."""

    slug = "audit-unavailable"
    default_do = "Check disk space and permissions of the data directory."


class DiskFullError(StorageError):
    """There is no room on the disk; nothing was begun."""

    slug = "disk-full"
    default_do = "Make room on the disk of the data directory, then try again."

    def __init__(self, what: str = "the disk is full") -> None:
        super().__init__(what)
