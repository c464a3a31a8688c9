"""What the gateway does with its requests: the SDK's client, for officers with tokens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fedquery.ask.case import Case
from fedquery.ask.client import Client
from fedquery.ask.outcome import Lookup, Outcome
from fedquery.config import logs
from fedquery.encoding import canonical_json
from fedquery.errors import FedqueryError
from fedquery.gateway import tokens
from fedquery.gateway.answers import RESULT
from fedquery.gateway.bearer import Bearer
from fedquery.gateway.bodies import LookupBody
from fedquery.gateway.repeats import Repeats
from fedquery.gateway.reviewing import Reviewing
from fedquery.identifiers import Identifier
from fedquery.policy.vocabulary import BREAK_GLASS


class TokenError(FedqueryError):
    """No token, or not one that may be used; one text for all of it."""

    slug = "unauthenticated"
    default_do = "Send `Authorization: Bearer` with a token of `fedquery gateway token add`."


@dataclass(slots=True)
class GatewayService:
    """Serves officers.

    Attributes:
        home: the agency's home.
        client: its open client.
        clock: the time in ms.
    """

    home: Path
    client: Client
    clock: Callable[[], int]
    _running: set["asyncio.Task[Lookup]"] = field(default_factory=set, init=False)
    reviewing: Reviewing = field(init=False)
    _repeats: Repeats[Lookup] = field(init=False)

    def __post_init__(self) -> None:
        """Begin without anything under way."""
        self.reviewing = Reviewing(self.client, self.clock)
        self._repeats = Repeats(self.clock)

    def bearer(self, authorization: str) -> Bearer:
        """Say who asks.

        Raises:
            TokenError: if the header has no token that may be used.
        """
        scheme, _, shown = authorization.partition(" ")
        # Read each time: a token that was taken back is refused at once.
        known = tokens.read(self.home)
        bearer = tokens.bearer_of(known, shown.strip(), self.clock())
        if scheme.lower() != "bearer" or bearer is None:
            raise TokenError("the request shows no token that may be used")
        return bearer

    async def lines(
        self, identifiers: list[Identifier], case: Case, body: LookupBody, key: str
    ) -> AsyncIterator[bytes]:
        """Look identifiers up and give a line for each outcome as it comes, and a last one.

        Args:
            identifiers: what is asked.
            case: what for.
            body: the request.
            key: the idempotency key, or "".

        Raises:
            KeyReusedError: if the key was used with another body.
        """
        kept = self._repeats.find(case.officer, key, body)
        if kept is not None:
            # Waiting, other than awaiting, does not end the lookup where this client goes away.
            await asyncio.wait([kept])
            lookup = kept.result()
            for outcome in lookup.outcomes:
                yield outcome_line(outcome)
            yield lookup_line(lookup)
            return
        came: asyncio.Queue[Outcome | None] = asyncio.Queue()
        task = asyncio.create_task(self._looked(identifiers, case, body, came.put_nowait))
        # The loop itself holds tasks weakly; a client that goes away must not take it along.
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        self._repeats.keep(case.officer, key, body, task)
        task.add_done_callback(lambda _done: came.put_nowait(None))
        # A client that goes away does not end the lookup: it was sent, and its receipts are kept.
        while (one := await came.get()) is not None:
            yield outcome_line(one)
        yield lookup_line(task.result())

    async def _looked(
        self,
        identifiers: list[Identifier],
        case: Case,
        body: LookupBody,
        on_outcome: Callable[[Outcome], None],
    ) -> Lookup:
        def mark(lookup_id: str) -> None:
            if case.purpose != BREAK_GLASS:
                return
            count = len({one.encode() for one in identifiers})
            try:
                self.reviewing.mark(lookup_id, "lookup", case.officer, count)
            except FedqueryError as error:
                # A life may hang on it: it is asked all the same, and the log has the fault.
                logs.fault("threat-unmarked", error)

        deadline_s = body.deadline_ms / 1000 if body.deadline_ms is not None else None
        return await self.client.lookup(
            identifiers,
            case,
            nations=body.nations,
            deadline_s=deadline_s,
            on_outcome=on_outcome,
            # Before anything is sent: whatever becomes of the lookup then, its review waits.
            on_begun=mark,
        )


def outcome_line(outcome: Outcome) -> bytes:
    """Write one outcome as a line."""
    return canonical_json.dump({"type": "outcome", **_plain(outcome)}) + b"\n"


def lookup_line(lookup: Lookup) -> bytes:
    """Write the last line of a lookup."""
    nations = [
        {"place": one.place, "nation": one.nation, "word": one.word} for one in lookup.nations()
    ]
    document = {
        "type": "lookup",
        "lookup_id": lookup.lookup_id,
        "asked_ms": lookup.asked_ms,
        "nations": nations,
    }
    return canonical_json.dump(document) + b"\n"


def lookup_document(lookup: Lookup) -> bytes:
    """Write a whole lookup as one object."""
    return canonical_json.dump(
        {
            "schema": RESULT,
            "lookup_id": lookup.lookup_id,
            "asked_ms": lookup.asked_ms,
            "nations": [
                {"place": one.place, "nation": one.nation, "word": one.word}
                for one in lookup.nations()
            ],
            "outcomes": [_plain(outcome) for outcome in lookup.outcomes],
        }
    )


def _plain(outcome: Outcome) -> dict[str, object]:
    found = asdict(outcome)
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in found.items()
    }
