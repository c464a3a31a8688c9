"""Seal one question or claim to one node, with everything that its answer needs to be opened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from fedquery.ask.home import AskHome
from fedquery.ask.planning import Form, Planned
from fedquery.ask.receipt import Receipt
from fedquery.ask.trust import Offered, Trusted
from fedquery.psi.asker import Asking, Terms
from fedquery.psi.question import Claim, Question, Statement
from fedquery.seal.header import RequestFields
from fedquery.seal.kem import KemPublicKey
from fedquery.seal.request import AnswerContext, seal_request
from fedquery.seal.size import SALT_LENGTH, SECRET_LENGTH
from fedquery.transport.question import encode_claim, encode_question

LIFE_MS: Final = 90_000
_ID_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Sealed:
    """A request, ready to be sent, again and again with the same octets.

    Attributes:
        trusted: the nation that it is for.
        offered: the publication that it is about.
        envelope: the request envelope.
        context: opens its answers.
        message: what was sealed.
        salt: opens the content commitment.
    """

    trusted: Trusted = field(repr=False)
    offered: Offered = field(repr=False)
    envelope: bytes = field(repr=False)
    context: AnswerContext = field(repr=False)
    message: bytes = field(repr=False)
    salt: bytes = field(repr=False)

    @property
    def nation(self) -> str:
        """Give the nation that it is for."""
        return self.trusted.node.nation

    def receipt(self, answer: bytes) -> Receipt:
        """Make the receipt of an answer."""
        return Receipt(
            request=self.envelope,
            answer=answer,
            secret=self.context.secret,
            salt=self.salt,
            message=self.message,
            leaf=self.offered.logged.leaf,
            index=self.offered.logged.index,
            proof=self.offered.logged.proof,
            checkpoint=self.trusted.manifest.checkpoint,
        )


@dataclass(frozen=True, slots=True)
class SealedQuestion:
    """A question under way.

    Attributes:
        sealed: the request.
        asking: what is needed to read its answer.
        forms: what is asked.
        statement: what the holder is told of the case.
    """

    sealed: Sealed
    asking: Asking = field(repr=False)
    forms: tuple[Form, ...] = field(repr=False)
    statement: Statement = field(repr=False)


def seal_question(
    home: AskHome,
    trusted: Trusted,
    planned: Planned,
    statement: Statement,
    *,
    now_ms: int,
    random: Callable[[int], bytes],
) -> SealedQuestion:
    """Blind and seal one question, with fresh id, blinds, order and context.

    Args:
        home: whose question it is.
        trusted: the nation that is asked.
        planned: what is asked.
        statement: why.
        now_ms: the time.
        random: the random source.

    Raises:
        PeerError: if the node offers no key to seal to now.
    """
    publication = planned.publication
    asking = Asking.prepare(
        [form.octets for form in planned.forms],
        Terms(publication, trusted.node.nation, publication.viewer_of(home.settings.agency)),
        prefix_len=planned.prefix_len,
        size_class=planned.size_class,
        held=planned.held,
        random=random,
        pad_key=home.pad_key,
    )
    question = Question(
        dataset=publication.dataset,
        version=publication.version,
        columns=asking.columns,
        prefix_len=asking.prefix_len,
        statement=statement,
        elements=asking.elements,
        prefixes=asking.prefixes,
    )
    offered = trusted.datasets[publication.dataset]
    sealed = seal_elements(home, trusted, offered, question, now_ms=now_ms, random=random)
    return SealedQuestion(sealed, asking, planned.forms, statement)


def seal_elements(
    home: AskHome,
    trusted: Trusted,
    offered: Offered,
    question: Question,
    *,
    now_ms: int,
    random: Callable[[int], bytes],
) -> Sealed:
    """Seal a question whose elements are blinded already, with a fresh id and context.

    Args:
        home: whose question it is.
        trusted: the nation that is asked.
        offered: the publication that it is about.
        question: the question.
        now_ms: the time.
        random: the random source.

    Raises:
        PeerError: if the node offers no key to seal to now.
    """
    message = encode_question(question)
    return _seal(home, trusted, offered, message, question.size_class, now_ms=now_ms, random=random)


def seal_claim(
    home: AskHome,
    trusted: Trusted,
    claim: Claim,
    *,
    now_ms: int,
    random: Callable[[int], bytes],
) -> Sealed:
    """Seal one claim; it looks like a question of size class 1.

    Raises:
        PeerError: if the node offers no key to seal to now.
    """
    offered = trusted.datasets[claim.dataset]
    message = encode_claim(claim)
    return _seal(home, trusted, offered, message, 1, now_ms=now_ms, random=random)


@lru_cache(maxsize=64)
def _kem_of(public: bytes) -> KemPublicKey:
    """Decode a node's key once; it is asked with for a day."""
    return KemPublicKey.decode(public)


def _seal(
    home: AskHome,
    trusted: Trusted,
    offered: Offered,
    message: bytes,
    size_class: int,
    *,
    now_ms: int,
    random: Callable[[int], bytes],
) -> Sealed:
    fields = RequestFields(
        random(_ID_LENGTH),
        home.settings.agency,
        trusted.node.nation,
        size_class,
        now_ms,
        now_ms + LIFE_MS,
    )
    kem = _kem_of(trusted.manifest.kem_at(now_ms).public)
    # The salt is kept, because a receipt has to open the commitment that it goes into.
    salt, secret = random(SALT_LENGTH), random(SECRET_LENGTH)
    envelope, context = seal_request(
        fields, message, kem, home.signing_key, salt=salt, secret=secret
    )
    return Sealed(trusted, offered, envelope, context, message, salt)
