"""Questions of programs under a threat to life, reviewed afterwards by a supervisor."""

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Literal

from fedquery.ask import threat_reviews
from fedquery.ask.client import Client
from fedquery.ask.threat_reviews import Asked, Finding, ThreatReview
from fedquery.config import logs
from fedquery.encoding import canonical_json
from fedquery.errors import InputError, NotFoundError, StorageError
from fedquery.gateway.bearer import Bearer
from fedquery.gateway.bodies import ReviewBody
from fedquery.storage.transaction import transaction

REVIEWS: Final = "fedquery/reviews/v1"
# A program that wants more than these has not looked for long.
MOST_TOLD: Final = 1_000


class ReviewError(InputError):
    """A question cannot be reviewed, or not by this officer.

    Args:
        what: what is wrong.
        do: what to do about it.
    """

    slug = "review"
    default_do = "See GET /v1/reviews."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAnswer:
    """A question under a threat to life, and what was found of it."""

    asked_id: str
    asked: Asked
    officer: str
    asked_ms: int
    identifiers: int
    finding: Finding
    reviewed_by: str
    reviewed_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsAnswer:
    """Questions under a threat to life, the newest first."""

    schema: Literal["fedquery/reviews/v1"]
    reviews: tuple[ReviewAnswer, ...]


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Marks what was asked under a threat to life, and keeps what was found of it.

    Attributes:
        client: the agency's open client.
        clock: the time in ms.
        random: the random source.
    """

    client: Client
    clock: Callable[[], int]
    random: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False)

    def mark(self, asked_id: str, asked: Asked, officer: str, identifiers: int) -> None:
        """Have a question under a threat to life wait for its review.

        Args:
            asked_id: the id of the lookup or screening.
            asked: which of them it is.
            officer: who asks.
            identifiers: how many different ones it has.

        Raises:
            StorageError: if it cannot be kept.
        """
        new = ThreatReview(
            asked_id=asked_id,
            asked=asked,
            officer=officer,
            asked_ms=self.clock(),
            identifiers=identifiers,
        )
        connection = self.client.session.connection
        try:
            with transaction(connection):
                threat_reviews.mark(connection, self.client.home, new, self.random)
        except sqlite3.OperationalError:
            raise StorageError("a question under a threat to life cannot be marked") from None

    def told(self, bearer: Bearer, *, waiting_alone: bool) -> bytes:
        """Write what an officer may see: their own questions, or as a supervisor all of them.

        Args:
            bearer: who looks.
            waiting_alone: whether those that were reviewed are left out.
        """
        found = [
            asdict(one)
            for one in threat_reviews.every(self.client.session.connection, self.client.home)
            if bearer.asked_by in {None, one.officer}
            and (one.finding == "waiting" or not waiting_alone)
        ]
        return canonical_json.dump({"schema": REVIEWS, "reviews": found[:MOST_TOLD]})

    def review(self, asked_id: str, bearer: Bearer, body: ReviewBody) -> bytes:
        """Keep what a supervisor found, once, and write it.

        Args:
            asked_id: the lookup or screening.
            bearer: who reviews.
            body: what they found, and why.

        Raises:
            NotFoundError: if there is none of this id that they may see.
            ReviewError: if they may not review it, or somebody has.
        """
        connection, home = self.client.session.connection, self.client.home
        with transaction(connection):
            kept = threat_reviews.find(connection, home, asked_id)
            if kept is None or bearer.asked_by not in {None, kept.officer}:
                raise NotFoundError("nothing of this id was asked under a threat to life")
            if not bearer.is_supervisor or bearer.officer == kept.officer:
                raise ReviewError(
                    "a supervisor reviews, and never their own question",
                    do="Have another officer review it, whose token was made with --supervisor.",
                )
            if kept.finding != "waiting":
                raise ReviewError("somebody has reviewed this question before")
            reviewed = replace(
                kept,
                finding=body.finding,
                reviewed_by=bearer.officer,
                reviewed_ms=self.clock(),
                reason=body.reason,
            )
            threat_reviews.keep(connection, home, reviewed, self.random)
        logs.event("threat-reviewed", outcome=body.finding.replace(" ", "-"))
        return canonical_json.dump(asdict(reviewed))
