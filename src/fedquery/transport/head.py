"""The head of an answer, as values: what was decided, what is left, where it is logged.

The caps are such that the largest head fits its fixed length inside the seal (question.py), so a
holder that keeps to them can always answer.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from fedquery.errors import InputError
from fedquery.psi.commitment import Opening
from fedquery.psi.names import MAX_INTEGER, check_length, check_name, check_range, check_text
from fedquery.transport.claim_reply import ClaimReply

MAX_POLICY_IDS = 16
MAX_POLICY_ID = 64
MAX_REASONS = 8
MAX_REASON_OCTETS = 240
MAX_CHECKPOINT_OCTETS = 3072
MAX_LOG_ORIGIN = 200
MAX_RETRY_AFTER_S = 400 * 86400
MAX_GRANTS = 4
HASH_LENGTH = 32

NO_LIMIT = -1

Level: TypeAlias = Literal["hit", "reference", "summary"]
LEVELS: tuple[Level, ...] = ("hit", "reference", "summary")

_POLICY_ID = re.compile(rf"[!-~]{{1,{MAX_POLICY_ID}}}")
_LOG_ORIGIN = re.compile(rf"[!-~](?:[ -~]{{0,{MAX_LOG_ORIGIN - 2}}}[!-~])?")


def _check_sentence(text: str, low: int, what: str) -> None:
    check_text(text, low, MAX_REASON_OCTETS, what)
    check_range(len(text.encode()), low, MAX_REASON_OCTETS, f"the length of {what}")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the holder's policy decided.

    Attributes:
        granted: the level that was granted, or "" for none.
        policy_ids: the ids of the policies that decided, ascending.
        reasons: their public reasons, up to 240 octets each.
        policy_digest: SHA-256 of the policy file, or b"" where no policy was asked.
    """

    granted: Level | Literal[""] = ""
    policy_ids: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    policy_digest: bytes = b""

    def __post_init__(self) -> None:
        """Check choices, counts and lengths."""
        if self.granted and self.granted not in LEVELS:
            raise InputError("the granted level is not one of: hit, reference, summary")
        check_range(len(self.policy_ids), 0, MAX_POLICY_IDS, "the number of policies")
        if list(self.policy_ids) != sorted(set(self.policy_ids)):
            raise InputError("the policy ids do not ascend")
        if not all(_POLICY_ID.fullmatch(policy_id) for policy_id in self.policy_ids):
            raise InputError("a policy id is 1 to 64 printable ASCII characters")
        check_range(len(self.reasons), 0, MAX_REASONS, "the number of reasons")
        for reason in self.reasons:
            _check_sentence(reason, 1, "a reason")
        if self.policy_digest:
            check_length(self.policy_digest, HASH_LENGTH, "the policy digest")


@dataclass(frozen=True, slots=True)
class GrantLeft:
    """What is left of a grant to the asking agency that fits the case.

    Attributes:
        number: the place of its proposal in the holder's log.
        dataset: the dataset that it is for.
        left: elements, 1 or more.
        until_ms: until when it may be used.
        this_case: whether it is for this case alone, and not for any.
    """

    number: int
    dataset: str
    left: int
    until_ms: int
    this_case: bool

    def __post_init__(self) -> None:
        """Check form and ranges."""
        check_name(self.dataset, "a dataset")
        check_range(self.number, 0, MAX_INTEGER, "the number of a grant")
        check_range(self.left, 1, MAX_INTEGER, "what is left of a grant")
        check_range(self.until_ms, 0, MAX_INTEGER, "until_ms")

    @property
    def order(self) -> tuple[int, int]:
        """Give the order in which grants are used and told: what ends first comes first."""
        return self.until_ms, self.number


@dataclass(frozen=True, slots=True)
class QuotaLeft:
    """How many elements may still be asked; `NO_LIMIT` where there is none.

    Each window has the room that the agency and its nation both have.

    Attributes:
        hour: within the hour.
        day: within the day.
        year: within the year.
        case: for this case; that renews never.
        hour_ends_ms: when the hour ends and its room is whole again, by the holder's clock.
        day_ends_ms: when the day ends.
        year_ends_ms: when the year ends.
        grants: what was granted above that and is left, at most four.
    """

    hour: int
    day: int
    year: int
    case: int
    hour_ends_ms: int = 0
    day_ends_ms: int = 0
    year_ends_ms: int = 0
    grants: tuple[GrantLeft, ...] = ()

    def __post_init__(self) -> None:
        """Check ranges, count and order."""
        for left in (self.hour, self.day, self.year, self.case):
            check_range(left, NO_LIMIT, MAX_INTEGER, "a quota")
        for end_ms in (self.hour_ends_ms, self.day_ends_ms, self.year_ends_ms):
            check_range(end_ms, 0, MAX_INTEGER, "the end of a window")
        check_range(len(self.grants), 0, MAX_GRANTS, "the number of grants")
        orders = [grant.order for grant in self.grants]
        if orders != sorted(orders) or len({grant.number for grant in self.grants}) < len(orders):
            raise InputError("grants are told once each, the first to end first")

    def granted(self, dataset: str) -> int:
        """Add up what is left of the grants for a dataset."""
        return sum(grant.left for grant in self.grants if grant.dataset == dataset)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where the holder logged the question.

    Attributes:
        log_origin: the origin line of the holder's log.
        index: the number of the leaf.
        leaf_hash: its hash, 32 octets.
    """

    log_origin: str
    index: int
    leaf_hash: bytes

    def __post_init__(self) -> None:
        """Check form, range and length."""
        if _LOG_ORIGIN.fullmatch(self.log_origin) is None:
            raise InputError("a log origin is one line of printable ASCII")
        check_range(self.index, 0, MAX_INTEGER, "the index of a leaf")
        check_length(self.leaf_hash, HASH_LENGTH, "a leaf hash")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is answered.

    Attributes:
        slug: the word that a program acts upon, such as `quota`.
        text: a sentence for people, up to 240 octets; it repeats nothing of the question.
        retry_after_s: seconds until it may be asked again, or 0 where waiting does not help.
        current_version: the version to ask instead, or 0.
    """

    slug: str
    text: str = ""
    retry_after_s: int = 0
    current_version: int = 0

    def __post_init__(self) -> None:
        """Check form, lengths and ranges."""
        check_name(self.slug, "a slug")
        _check_sentence(self.text, 0, "the text of a refusal")
        check_range(self.retry_after_s, 0, MAX_RETRY_AFTER_S, "retry_after_s")
        check_range(self.current_version, 0, MAX_INTEGER, "the current version")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHead:
    """Everything of an answer that is not its body.

    Attributes:
        decision: what the policy decided.
        version: the version that was evaluated, or 0.
        opening: opens the publication's commitment for the asker's nation.
        quota_left: what may still be asked.
        receipt: where the question is logged; None only where it was not admitted to the log.
        checkpoint: the holder's newest log checkpoint, a signed note, or b"".
        refusal: set where nothing was granted, and where evaluating failed after a grant.
        claim: set only in the answer to a claim that was granted.
    """

    decision: Decision
    version: int = 0
    opening: Opening | None = None
    quota_left: QuotaLeft | None = None
    receipt: Receipt | None = None
    checkpoint: bytes = field(default=b"", repr=False)
    refusal: Refusal | None = None
    claim: ClaimReply | None = None

    def __post_init__(self) -> None:
        """Check ranges, and that the parts fit each other."""
        check_range(self.version, 0, MAX_INTEGER, "the version")
        check_range(len(self.checkpoint), 0, MAX_CHECKPOINT_OCTETS, "the length of a checkpoint")
        if not self.decision.granted and self.refusal is None:
            raise InputError("nothing is granted and nothing refused")
        if self.refusal is not None and (self.claim is not None or self.opening is not None):
            raise InputError("a refusal tells nothing else")
        if self.claim is not None and self.decision.granted not in {"reference", "summary"}:
            raise InputError("a record is told of without a grant")
        summary = None if self.claim is None else self.claim.summary
        if summary is not None and self.decision.granted != "summary":
            raise InputError("a summary is told of without a grant")
        if self.opening is not None and not self.version:
            raise InputError("an opening is without its version")
