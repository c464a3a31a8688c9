"""Questions and claims: what an asker sends inside the seal, as values.

A value that exists is in range; how it travels is the transport's matter, and what is permitted the
policy's. Nothing here prints what a person wrote or what points to a record.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from fedquery.cases.card import CaseCard, is_printable
from fedquery.cases.signed import SignedCard
from fedquery.errors import InputError
from fedquery.psi.bucket import MAX_PREFIX_BITS, TAG_LENGTH
from fedquery.psi.names import MAX_INTEGER, check_length, check_name, check_range
from fedquery.psi.prefix import Columns
from fedquery.psi.tag import CLAIM_TOKEN_LENGTH
from fedquery.seal.size import LARGEST_WITH_BUCKETS, SIZE_CLASSES

ELEMENT_LENGTH = 32

PURPOSES = ("fraud", "trafficking", "money laundering", "missing person", "threat to life")
AIMS = ("identify", "known")
COLUMNS = ("tags", "none")
CLAIM_LEVELS = ("reference", "summary")

MAX_OFFICER_MARK = 64
MAX_JUSTIFICATION = 400

ClaimLevel: TypeAlias = Literal["reference", "summary"]


def _check_mark(text: str, low: int, high: int, what: str) -> None:
    check_range(len(text), low, high, f"the length of {what}")
    if not (text.isascii() and text.isprintable()):
        raise InputError(f"{what} has characters that are not printable ASCII")


def _check_text(text: str, high: int, what: str) -> None:
    check_range(len(text), 0, high, f"the length of {what}")
    if not is_printable(text):
        raise InputError(f"{what} has characters that do not print")


def _check_one_of(value: str, of: tuple[str, ...], what: str) -> None:
    if value not in of:
        raise InputError(f"{what} is not one of: {', '.join(of)}")


def check_said(purpose: str, aim: str, officer_mark: str, justification: str) -> None:
    """Check what a statement says beside the case card.

    Raises:
        InputError: with what is out of form.
    """
    _check_one_of(purpose, PURPOSES, "the purpose")
    _check_one_of(aim, AIMS, "the aim")
    _check_mark(officer_mark, 0, MAX_OFFICER_MARK, "the officer's mark")
    _check_text(justification, MAX_JUSTIFICATION, "the justification")


@dataclass(frozen=True, slots=True)
class Statement:
    """Why somebody asks: what law wants to be said with each question and claim.

    Attributes:
        purpose: one of `PURPOSES`; it is the question's, not the case's.
        card: the signed case card.
        person_role: whom the identifier may belong to; the card says the same.
        aim: to identify a person or to learn more of a known one, one of `AIMS`.
        officer_mark: an opaque mark of the officer, up to 64 printable ASCII characters.
        justification: up to 400 characters.
    """

    purpose: str
    card: SignedCard
    person_role: str
    aim: str
    officer_mark: str = field(default="", repr=False)
    justification: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Check lengths, characters and choices."""
        check_said(self.purpose, self.aim, self.officer_mark, self.justification)
        # Whoever vouches for a case of a victim does not vouch for a question about a suspect.
        if self.person_role != self.case.person_role:
            raise InputError("the person's role is not the one that the case card says")

    @property
    def case(self) -> CaseCard:
        """Give what the card says."""
        return self.card.card


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question about one dataset: blinded elements, and how much of their buckets is told.

    Attributes:
        dataset: the dataset's name.
        version: the publication's version.
        columns: whether buckets of tags are wanted.
        prefix_len: how many bits each prefix has.
        level: the wanted level; a question has but one.
        statement: why it is asked.
        elements: the blinded elements, 32 octets each; as many as a size class has.
        prefixes: one for each element, in no relation to the elements' order; none where no buckets
            are wanted.
    """

    dataset: str
    version: int
    columns: Columns
    prefix_len: int
    level: Literal["hit"] = "hit"
    statement: Statement
    elements: bytes = field(repr=False)
    prefixes: tuple[int, ...] = field(repr=False)

    def __post_init__(self) -> None:
        """Check names, lengths and ranges; the elements themselves are for the OPRF to decode."""
        check_name(self.dataset, "a dataset")
        check_range(self.version, 1, MAX_INTEGER, "the version")
        _check_one_of(self.columns, COLUMNS, "columns")
        check_range(self.prefix_len, 0, MAX_PREFIX_BITS, "prefix_len")
        _check_one_of(self.level, ("hit",), "the level")
        if len(self.elements) % ELEMENT_LENGTH or self.size_class not in SIZE_CLASSES:
            raise InputError("the elements do not fill a size class")
        if self.columns == "none":
            if self.prefixes:
                raise InputError("prefixes are told, but no buckets are wanted")
            return
        # protocol.md 6.1: above 64 only with columns none, for the buckets would be the whole view.
        if self.size_class > LARGEST_WITH_BUCKETS:
            raise InputError("a question of this size class goes without buckets")
        if len(self.prefixes) != self.size_class:
            raise InputError("there is not one prefix for each element")
        for prefix in self.prefixes:
            check_range(prefix, 0, (1 << self.prefix_len) - 1, "a prefix")

    @property
    def size_class(self) -> int:
        """The number of elements."""
        return len(self.elements) // ELEMENT_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claimed hit: the asker shows that it had the output, and asks for the record's reference.

    Attributes:
        dataset: the dataset's name.
        version: the publication's version.
        tag: the tag that was found, 8 octets.
        claim_token: the token of the same output, 16 octets.
        level: the wanted level, one of `CLAIM_LEVELS`.
        statement: why it is claimed.
    """

    dataset: str
    version: int
    tag: bytes = field(repr=False)
    claim_token: bytes = field(repr=False)
    level: ClaimLevel
    statement: Statement

    def __post_init__(self) -> None:
        """Check names, lengths and ranges."""
        check_name(self.dataset, "a dataset")
        check_range(self.version, 1, MAX_INTEGER, "the version")
        check_length(self.tag, TAG_LENGTH, "the tag")
        check_length(self.claim_token, CLAIM_TOKEN_LENGTH, "the claim token")
        _check_one_of(self.level, CLAIM_LEVELS, "the level")
