"""What a lookup would take of each nation's quota and tell it, before anything is asked.

It goes through what a lookup goes through, up to the sealing: nothing is blinded, logged or sent,
and nothing is counted as asked. Another question meanwhile can change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fedquery.ask import case_counts, held_buckets, quota_told
from fedquery.ask.agreeing import agree
from fedquery.ask.allowance import Allowance, Exceeded
from fedquery.ask.case import Case
from fedquery.ask.planning import Form, Planned, bits_to_tell, forms_by_kind, plan
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.trust import Offered, Trusted
from fedquery.identifiers import Identifier
from fedquery.psi.bucket import bucket_number


@dataclass(frozen=True, slots=True, kw_only=True)
class NationEstimate:
    """What a lookup would cost at one nation.

    Attributes:
        nation: the nation.
        why: "" or a slug: why it cannot be asked now.
        missing: kinds of identifiers of which it has no dataset.
        questions: how many questions it would get.
        elements: how many elements they would be charged for.
        bits_told: how many bits of bucket numbers it would learn.
        allowance: what it lets this agency ask, as far as that is known.
        exceeded: the ceilings that the lookup does not fit under.
    """

    nation: str
    why: str = ""
    missing: tuple[str, ...] = ()
    questions: int = 0
    elements: int = 0
    bits_told: int = 0
    allowance: Allowance | None = None
    exceeded: tuple[Exceeded, ...] = ()


def estimate(
    session: Session, identifiers: Sequence[Identifier], case: Case, nations: Sequence[str]
) -> tuple[NationEstimate, ...]:
    """Say what a lookup would cost, by the manifests that the session holds.

    Args:
        session: the open session, whose manifests are fresh.
        identifiers: what would be asked about.
        case: what for.
        nations: whom.
    """
    own, wider = forms_by_kind(identifiers)
    return tuple(_of_nation(session, case, nation, own, wider) for nation in nations)


def _of_nation(
    session: Session,
    case: Case,
    nation: str,
    own: dict[str, list[Form]],
    wider: dict[str, list[Form]],
) -> NationEstimate:
    state = session.state(nation)
    if isinstance(state, Distrusted):
        return NationEstimate(nation=nation, why=state.why)
    offered = {one.publication.kind for one in state.datasets.values()}
    planned: list[Planned] = []
    for kind in dict.fromkeys((*own, *wider)):
        forms = own.get(kind, []) + wider.get(kind, [])
        for one in state.datasets.values():
            if one.publication.kind == kind:
                planned += _of_dataset(session, case, state, one, forms)
    elements: dict[str, int] = {}
    for question in planned:
        dataset = question.publication.dataset
        elements[dataset] = elements.get(dataset, 0) + question.size_class
    allowance = _allowance(session, case, state, elements)
    return NationEstimate(
        nation=nation,
        missing=tuple(kind for kind in own if kind not in offered),
        questions=len(planned),
        elements=sum(elements.values()),
        bits_told=sum(map(_bits_told, planned)),
        allowance=allowance,
        exceeded=() if allowance is None else allowance.exceeded_by(elements),
    )


def _of_dataset(
    session: Session, case: Case, trusted: Trusted, offered: Offered, forms: list[Form]
) -> list[Planned]:
    publication, home = offered.publication, session.home
    asked, _lost = agree(publication, forms)
    if not asked:
        return []
    nation = trusted.node.nation
    pseudonym = case.pseudonym(nation, home.pseudonym_key)
    marks = case_counts.marks_of((form.octets for form in asked), home.pseudonym_key)
    prefix_len = bits_to_tell(
        publication,
        asked_in_case=case_counts.count_if_asked(session.connection, nation, pseudonym, marks),
        sensitive=case.sensitive,
    )
    numbers = {bucket_number(form.octets, publication.prefix_bits) for form in asked}
    held = held_buckets.held(session.connection, publication, numbers, prefix_len)
    padded = home.settings.pad_lists
    return plan(publication, asked, prefix_len=prefix_len, held=held, padded=padded)


def _bits_told(question: Planned) -> int:
    """Count the bits as `Asking.bits_told` does once the question is prepared."""
    bits = question.publication.prefix_bits
    numbers = {bucket_number(form.octets, bits) for form in question.forms} - question.held.keys()
    return question.prefix_len * len({one >> (bits - question.prefix_len) for one in numbers})


def _allowance(
    session: Session, case: Case, trusted: Trusted, datasets: dict[str, int]
) -> Allowance | None:
    nation = trusted.node.nation
    pseudonym = case.pseudonym(nation, session.home.pseudonym_key)
    left = quota_told.known(
        session.connection, nation, pseudonym, trusted.manifest.ceilings, session.clock()
    )
    return None if left is None else Allowance.of(left, datasets)
