"""What stops a question before any policy is asked: its age, a block, a suspension, its version.

Nothing here looks at elements or prefixes: nobody is refused for whom they asked about.
"""

import sqlite3
from collections.abc import Container

from fedquery.psi.question import Claim, Question
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.transport.head import Refusal
from fedquery_node.admit import Admitted
from fedquery_node.answers import shape_of
from fedquery_node.authorities import Vouched
from fedquery_node.publications import Catalogue, Served, newest_of


def barred_by_age(admitted: Admitted, now_ms: int) -> Refusal | None:
    """Refuse a request that is from the future or has expired.

    Args:
        admitted: the request.
        now_ms: the time.
    """
    fields = admitted.opened.header.fields
    if fields.created_ms <= now_ms + CLOCK_SLACK_MS and now_ms < fields.expires_ms:
        return None
    return Refusal("expired", "The request is older than 120 s or from the future; check the clock")


def barred_by_hand(
    connection: sqlite3.Connection, datasets: Container[str], agency: str, dataset: str
) -> Refusal | None:
    """Refuse what the operators of this node have blocked, suspended or never set up.

    Args:
        connection: the node's database.
        datasets: the datasets of the settings.
        agency: who asks.
        dataset: what is asked.
    """
    if connection.execute("SELECT 1 FROM block WHERE agency = ?", (agency,)).fetchone():
        return Refusal("agency-blocked", "This agency is blocked; speak to the contact")
    if dataset not in datasets:
        return Refusal("dataset-unknown", "There is no such dataset")
    if connection.execute("SELECT 1 FROM suspension WHERE dataset = ?", (dataset,)).fetchone():
        return Refusal("suspended", "This dataset is suspended; ask later")
    return None


def barred_by_version(
    catalogue: Catalogue, vouched: Vouched, admitted: Admitted, asked: Question | Claim
) -> Refusal | None:
    """Refuse a question to a version, view or size of answer that is not served.

    Args:
        catalogue: what is served.
        vouched: the teams of the asking agency.
        admitted: the request.
        asked: the question or claim in it.
    """
    newest = newest_of(catalogue, asked.dataset)
    if newest is None:
        return Refusal("not-ready", "Nothing is published of this dataset yet", 60)
    # A claim may be of a version whose buckets are gone; its window is looked at with the row.
    if isinstance(asked, Claim):
        return None
    served = catalogue.get((asked.dataset, asked.version))
    view = None if served is None else served.view_of(admitted.asking.agency.name)
    if served is None or view is None:
        return Refusal(
            "epoch-unknown",
            "This version is not served; fetch the manifest",
            current_version=newest.publication.version,
        )
    # Rows of a team are in the view until the next publication, and the agency in it no more.
    if not view.teams <= vouched.teams:
        return Refusal("team-ended", "A team of this agency has ended; ask after publication")
    return _barred_by_size(catalogue, admitted, asked, served)


def _barred_by_size(
    catalogue: Catalogue, admitted: Admitted, asked: Question, served: Served
) -> Refusal | None:
    if asked.prefix_len > served.publication.prefix_bits:
        return Refusal("message-malformed", "A prefix is longer than a bucket number")
    if asked.columns == "tags" and not shape_of(admitted, catalogue).slots:
        return Refusal(
            "too-many-buckets", "One answer does not hold so many buckets; tell more bits"
        )
    return None
