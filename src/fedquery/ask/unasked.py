"""What is said of a nation that is not asked."""

from fedquery.ask.outcome import Outcome
from fedquery.ask.session import Distrusted
from fedquery.ask.trust import Trusted
from fedquery.psi.publication import Publication


def still_offered(trusted: Trusted, before: Publication) -> Trusted | Distrusted:
    """Say whether a dataset can be asked about again, whose version is not served any more.

    Args:
        trusted: the nation, by the manifest that was fetched since.
        before: the publication that it was asked about.

    Returns:
        the nation, or why it cannot be asked.
    """
    offered = trusted.datasets.get(before.dataset)
    if offered is None:
        return Distrusted("no-such-dataset")
    if trusted.waiting is not None and offered.publication.version == before.version:
        # What took its place is not witnessed yet, so there is nothing that could be asked.
        return Distrusted(trusted.waiting.slug, waiting=trusted.waiting)
    return trusted


def not_asked(nation: str, dataset: str, kind: str, state: Distrusted) -> Outcome:
    """Make the outcome of what was not asked, of the first identifier.

    Args:
        nation: the nation.
        dataset: the dataset, or "" for the nation as a whole.
        kind: the kind of the identifiers.
        state: why it was not asked.
    """
    return Outcome(
        place=0,
        nation=nation,
        dataset=dataset,
        kind=kind,
        word="unavailable",
        why=state.why,
        alarm=state.alarm,
        witnesses=state.witnesses,
    )
