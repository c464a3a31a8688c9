"""The SDK for programs without an event loop: the same client, on a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Collection, Coroutine, Sequence
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from fedquery.ask.case import Case
from fedquery.ask.claiming import ClaimOutcome
from fedquery.ask.client import Client
from fedquery.ask.doctor import Check
from fedquery.ask.outcome import Lookup
from fedquery.ask.receipt import Shown
from fedquery.ask.session import Distrusted
from fedquery.federation.ceilings import Ceilings
from fedquery.federation.policy_summary import PolicySummary
from fedquery.identifiers import Identifier

T = TypeVar("T")


class SyncClient:
    """A client whose methods wait; `with SyncClient(home) as client`.

    Args:
        home: the directory that `fedquery init` made.

    Raises:
        ConfigError: if the home is not in order.
    """

    def __init__(self, home: Path) -> None:
        self._client = Client.open(home)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="fedquery-ask", daemon=True
        )

    def __enter__(self) -> Self:
        """Start the thread and open the client."""
        self._thread.start()
        try:
            self._wait(self._client.__aenter__())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_exc_info: object) -> None:
        """Close the client and end the thread."""
        try:
            self._wait(self._client.__aexit__())
        finally:
            self._end()

    def lookup(
        self,
        identifiers: Sequence[Identifier],
        case: Case,
        *,
        nations: Collection[str] | None = None,
        deadline_s: float | None = None,
    ) -> Lookup:
        """Ask other nations; see `Client.lookup`."""
        return self._wait(
            self._client.lookup(identifiers, case, nations=nations, deadline_s=deadline_s)
        )

    def claim(
        self,
        claim_id: str,
        *,
        level: Literal["reference", "summary"] = "reference",
        case: str | None = None,
        deadline_s: float | None = None,
    ) -> ClaimOutcome:
        """Claim a hit; see `Client.claim`."""
        return self._wait(
            self._client.claim(claim_id, level=level, case=case, deadline_s=deadline_s)
        )

    def policies(
        self, nations: Collection[str] | None = None
    ) -> dict[str, PolicySummary | Distrusted | None]:
        """Read what other nations tell of their policies; see `Client.policies`."""
        return self._wait(self._client.policies(nations))

    def ceilings(
        self, nations: Collection[str] | None = None
    ) -> dict[str, Ceilings | Distrusted | None]:
        """Read the ordinary quota of other nations; see `Client.ceilings`."""
        return self._wait(self._client.ceilings(nations))

    def status(self, lookup_id: str) -> tuple[Lookup, bool]:
        """Give a lookup again; see `Client.status`."""
        return self._wait(self._later(lambda: self._client.status(lookup_id)))

    def history(self) -> list[tuple[Lookup, bool]]:
        """Give the newest lookups; see `Client.history`."""
        return self._wait(self._later(self._client.history))

    def verify_receipt(self, name: str) -> Shown:
        """Verify a receipt; see `Client.verify_receipt`."""
        return self._wait(self._later(lambda: self._client.verify_receipt(name)))

    def doctor(self) -> list[Check]:
        """Examine everything; see `Client.doctor`."""
        return self._wait(self._client.doctor())

    async def _later(self, call: Callable[[], T]) -> T:
        return call()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
