"""From identifiers to sealed questions: whom to ask about what, and how much each is told.

It reads and writes the asker's database, in the transaction of the lookup; nothing is sent.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from fedquery.ask import case_counts, held_buckets
from fedquery.ask.agreeing import agree
from fedquery.ask.cards import Cards
from fedquery.ask.outcome import RULES_DIFFER, Outcome, rules_differ
from fedquery.ask.planning import Form, bits_to_tell, forms_by_kind, plan
from fedquery.ask.sealing import SealedQuestion, seal_question
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.trust import Offered, Trusted
from fedquery.ask.unasked import not_asked, still_offered
from fedquery.errors import PeerError
from fedquery.identifiers import Identifier
from fedquery.psi.bucket import bucket_number
from fedquery.psi.publication import Publication


@dataclass(frozen=True, slots=True)
class Preparing:
    """Prepares the questions of one lookup.

    Attributes:
        session: the open session.
        cards: the case, and what holders are told of it.
        random: the random source.
        say: told of what is not asked, once for all forms that it is about.
    """

    session: Session
    cards: Cards
    random: Callable[[int], bytes] = field(repr=False)
    say: Callable[[Iterable[Form], Outcome], None] = field(repr=False)

    def questions(
        self, identifiers: Sequence[Identifier], nations: Sequence[str]
    ) -> list[SealedQuestion]:
        """Plan and seal everything; what cannot be asked becomes an outcome at once.

        Args:
            identifiers: what is asked about.
            nations: whom to ask.
        """
        forms, wider = forms_by_kind(identifiers)
        questions = []
        for nation in nations:
            state = self.session.state(nation)
            for kind in dict.fromkeys((*forms, *wider)):
                asked = forms.get(kind, [])
                if isinstance(state, Distrusted):
                    self.say(asked, not_asked(nation, "", kind, state))
                else:
                    questions += self._of_nation(state, kind, asked, wider.get(kind, []))
        return questions

    def once_more(self, replaced: Sequence[SealedQuestion]) -> list[SealedQuestion]:
        """Plan and seal anew what was asked of a version that is not served any more.

        Args:
            replaced: the questions that were refused for that.
        """
        asked: dict[Publication, list[Form]] = {}
        for question in replaced:
            asked.setdefault(question.asking.terms.publication, []).extend(question.forms)
        questions: list[SealedQuestion] = []
        for before, forms in asked.items():
            nation, dataset = before.nation, before.dataset
            state = self.session.state(nation)
            if isinstance(state, Trusted):
                state = still_offered(state, before)
            if isinstance(state, Distrusted):
                self.say(forms, not_asked(nation, dataset, before.kind, state))
            else:
                questions += self._of_offer(state, state.datasets[dataset], forms)
        return questions

    def _of_nation(
        self, trusted: Trusted, kind: str, forms: list[Form], wider: list[Form]
    ) -> list[SealedQuestion]:
        """Plan what a nation is asked of one kind.

        Args:
            trusted: the nation.
            kind: the name of the kind.
            forms: those of identifiers of this kind.
            wider: those of identifiers of another, which are asked only where the nation has this
                kind, and are not missed where it does not.
        """
        nation = trusted.node.nation
        offers = [
            offered for offered in trusted.datasets.values() if offered.publication.kind == kind
        ]
        if not offers:
            self.say(forms, not_asked(nation, "", kind, Distrusted("no-such-dataset")))
        questions: list[SealedQuestion] = []
        for offered in offers:
            questions += self._of_offer(trusted, offered, forms + wider)
        return questions

    def _of_offer(
        self, trusted: Trusted, offered: Offered, forms: list[Form]
    ) -> list[SealedQuestion]:
        try:
            return self._of_dataset(trusted, offered, forms)
        except PeerError as error:
            publication = offered.publication
            why = Distrusted(error.why or "stale")
            self.say(
                forms,
                not_asked(publication.nation, publication.dataset, publication.kind, why),
            )
            return []

    def _of_dataset(
        self, trusted: Trusted, offered: Offered, forms: list[Form]
    ) -> list[SealedQuestion]:
        publication, nation = offered.publication, trusted.node.nation
        home, connection = self.session.home, self.session.connection
        forms, lost = agree(publication, forms)
        if lost:
            # protocol.md 1: other spelling rules could miss what is there.
            why = Distrusted(RULES_DIFFER)
            about = not_asked(nation, publication.dataset, publication.kind, why)
            self.say(lost, rules_differ(about))
        if not forms:
            return []
        case = self.cards.case
        pseudonym = case.pseudonym(nation, home.pseudonym_key)
        marks = case_counts.marks_of((form.octets for form in forms), home.pseudonym_key)
        numbers = {bucket_number(form.octets, publication.prefix_bits) for form in forms}
        prefix_len = bits_to_tell(
            publication,
            asked_in_case=case_counts.count_asked(connection, nation, pseudonym, marks),
            sensitive=case.sensitive,
        )
        planned = plan(
            publication,
            forms,
            prefix_len=prefix_len,
            held=held_buckets.held(connection, publication, numbers, prefix_len),
            padded=home.settings.pad_lists,
        )
        statement = case.told_with(self.cards.for_holder(nation), home.pseudonym_key)
        return [
            seal_question(
                home,
                trusted,
                one,
                statement,
                now_ms=self.session.clock(),
                random=self.random,
            )
            for one in planned
        ]
