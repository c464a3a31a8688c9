"""The questions of a screening, before and after they are answered, as values."""

from array import array
from dataclasses import dataclass, field

from fedquery.ask.outcome import OVERDUE, Outcome, Witnesses, Word
from fedquery.ask.sealing import Sealed
from fedquery.audit.asker import ConcludedEntry
from fedquery.psi.listing import Listed
from fedquery.psi.publication import Publication
from fedquery.psi.question import Statement


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one question asks.

    Attributes:
        octets: the encoded forms, all different.
        forms: for each the number of the form that it spells.
        exact: for each 1 where finding it names one thing, else 0.
        numbers: for each the number of its bucket.
    """

    octets: tuple[bytes, ...] = field(repr=False)
    forms: "array[int]" = field(repr=False)
    exact: bytes = field(repr=False)
    numbers: "array[int]" = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A question that may have been sent, with all that its answer needs to be read.

    Attributes:
        number: its number in the screening.
        sealed: the request.
        listed: its elements and blinds.
        inputs: what it asks.
        statement: what the holder is told of the case.
        looked: the forms as today's rules write them, for the auditor; none once they are logged.
    """

    number: int
    sealed: Sealed = field(repr=False)
    listed: Listed = field(repr=False)
    inputs: Inputs = field(repr=False)
    statement: Statement = field(repr=False)
    looked: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def publication(self) -> Publication:
        """Give the version that it is about."""
        return self.listed.terms.publication


@dataclass(frozen=True, slots=True)
class Said:
    """What all outcomes of one answered question share.

    Attributes:
        version: the version.
        as_of_ms: when that was published.
        late: whether it was past its time when it was answered.
        receipt: the name of the receipt.
        policy_ids: the rules that decided.
        witnesses: who has seen the log.
    """

    version: int
    as_of_ms: int
    late: bool
    receipt: str
    policy_ids: tuple[str, ...]
    witnesses: Witnesses | None

    def of(self, publication: Publication) -> bool:
        """Tell whether it is of this publication.

        The number alone does not say so: a nation that begins a new log numbers anew, under other
        keys, and its times go on.
        """
        of = publication.version, publication.published_ms
        return (self.version, self.as_of_ms) == of

    def outcome(self, nation: str, dataset: str, kind: str, *, found: bool, weak: bool) -> Outcome:
        """Say it of a form at no place yet; a hit has no claim id yet.

        Args:
            nation: the nation that was asked.
            dataset: the dataset.
            kind: its kind.
            found: whether the form was found.
            weak: whether that is a possible hit only.
        """
        # A publication past its time shows what was in it, and not what was not.
        word: Word = "hit" if found else "stale" if self.late else "no hit"
        return Outcome(
            place=0,
            nation=nation,
            dataset=dataset,
            kind=kind,
            word=word,
            why=OVERDUE if self.late else "",
            policy_ids=self.policy_ids,
            weak=weak,
            overdue=self.late and found,
            as_of_ms=self.as_of_ms,
            version=self.version,
            receipt=self.receipt,
            witnesses=self.witnesses,
        )


@dataclass(frozen=True, slots=True)
class Claims:
    """What is needed to claim the hits of one question.

    Attributes:
        forms: the forms that were found.
        tags: their tags, 8 octets each.
        tokens: their claim tokens, 16 octets each; secret.
        statement: what the holder was told of the case.
        request_digest: SHA-256 of the request envelope.
        until_ms: until when they can be claimed.
    """

    forms: "array[int]" = field(repr=False)
    tags: bytes = field(repr=False)
    tokens: bytes = field(repr=False)
    statement: Statement = field(repr=False)
    request_digest: bytes = field(repr=False)
    until_ms: int


@dataclass(frozen=True, slots=True)
class Came:
    """What an answered question came to.

    Attributes:
        said: what its outcomes share.
        forms: the forms that it asked.
        states: for each what it is (`board`).
        claims: what was found; None where nothing was.
    """

    said: Said
    forms: "array[int]" = field(repr=False)
    states: bytes = field(repr=False)
    claims: Claims | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Unsearched:
    """An answered question whose buckets are not all there yet.

    Attributes:
        said: what its outcomes share.
        inputs: what it asked, without the octets.
        tags: the tag of each input.
        tokens: the claim token of each input; secret.
        statement: what the holder was told of the case.
        request_digest: SHA-256 of the request envelope.
        until_ms: until when hits can be claimed.
        entry: what the agency's log is to say of it, but for the hits.
    """

    said: Said
    inputs: Inputs = field(repr=False)
    tags: bytes = field(repr=False)
    tokens: bytes = field(repr=False)
    statement: Statement = field(repr=False)
    request_digest: bytes = field(repr=False)
    until_ms: int
    entry: ConcludedEntry = field(repr=False)
