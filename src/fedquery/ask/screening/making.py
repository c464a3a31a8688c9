"""From what is drawn to a sealed question, with fresh id, blinds, order and context."""

import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fedquery.ask.cards import Cards
from fedquery.ask.case import Case
from fedquery.ask.screening.drawing import Drawn
from fedquery.ask.screening.questions import Inputs, UnderWay
from fedquery.ask.screening.targets import Target
from fedquery.ask.sealing import seal_elements
from fedquery.ask.session import Session
from fedquery.psi.asker import Terms
from fedquery.psi.bucket import bucket_hashes
from fedquery.psi.listing import prepare
from fedquery.psi.question import Question, Statement


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the questions of a screening, in any thread.

    Attributes:
        session: the open session.
        case: what for.
        random: the random source.
    """

    session: Session
    case: Case
    random: Callable[[int], bytes] = field(repr=False)

    def statement(self, nation: str) -> Statement:
        """Say what a nation is told of the case.

        Raises:
            InputError: if the case was closed, or its cards have ended.
        """
        home, case = self.session.home, self.case
        cards = Cards.of(home, case, self.session.clock())
        return case.told_with(cards.for_holder(nation), home.pseudonym_key)

    def seal(self, number: int, target: Target, drawn: Drawn, statement: Statement) -> UnderWay:
        """Blind and seal one question.

        Args:
            number: its number in the screening.
            target: the dataset.
            drawn: what it asks.
            statement: what the nation is told of the case.

        Raises:
            PeerError: if the node offers no key to seal to now.
        """
        publication, asks, home = target.publication, drawn.asks, self.session.home
        octets = drawn.octets
        terms = Terms(publication, publication.nation, publication.viewer_of(home.settings.agency))
        listed = prepare(
            octets,
            terms,
            size_class=asks.size_class,
            prefix_len=asks.prefix_len,
            prefixes=asks.prefixes,
            random=self.random,
        )
        question = Question(
            dataset=publication.dataset,
            version=publication.version,
            columns=listed.columns,
            prefix_len=listed.prefix_len,
            statement=statement,
            elements=listed.elements,
            prefixes=listed.prefixes,
        )
        sealed = seal_elements(
            home,
            target.trusted,
            target.offered,
            question,
            now_ms=self.session.clock(),
            random=self.random,
        )
        inputs = Inputs(
            octets,
            drawn.forms,
            drawn.exact,
            _numbers(octets, publication.prefix_bits),
        )
        looked = tuple(dict.fromkeys(drawn.today))
        return UnderWay(number, sealed, listed, inputs, statement, looked)


def _numbers(octets: Sequence[bytes], prefix_bits: int) -> "array[int]":
    """Compute the bucket number of each input (protocol.md 3)."""
    hashes = array("I")
    hashes.frombytes(bucket_hashes(octets) if octets else b"")
    if sys.byteorder == "little":
        hashes.byteswap()
    # The first 32 of the 256 bits of each.
    return array("I", [word >> (32 - prefix_bits) for word in hashes[::8]])
