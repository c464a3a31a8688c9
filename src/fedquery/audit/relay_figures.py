"""What is counted in a coordinator's log: who asked whom how much, and what came of it."""

from collections import deque
from typing import Final

from fedquery.audit.counting import asker_of, within
from fedquery.audit.month import Month
from fedquery.audit.reading import AnyEntry
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.audit.tally import Population, Tally

NO_WORD: Final = "no word"
"""The outcome of a relay of which the log does not say what came of it."""


class RelayFigures:
    """Count the entries of a coordinator's log, one after the other.

    Args:
        month: the month that is counted, or None for all of the log.
    """

    def __init__(self, month: Month | None) -> None:
        self._month = month
        self._relays = Tally("relays", ("holder", "asker"), (("size", ""),))
        # The same octets may be passed on again; what came of them is told in the same order.
        self._waiting: dict[bytes, deque[RelayEntry]] = {}

    def add(self, index: int, entry: AnyEntry) -> None:
        """Count an entry, if it is one of those that are counted.

        Args:
            index: its place in the log.
            entry: the entry.
        """
        del index
        if isinstance(entry, RelayEntry) and within(self._month, entry.received_ms):
            self._waiting.setdefault(entry.request_digest, deque()).append(entry)
        elif isinstance(entry, RelayedEntry) and entry.request_digest in self._waiting:
            waiting = self._waiting[entry.request_digest]
            self._count(waiting.popleft(), entry.outcome)
            if not waiting:
                del self._waiting[entry.request_digest]

    def populations(self) -> tuple[Population, ...]:
        """Write what may be printed of the entries that were added; the last call."""
        for waiting in self._waiting.values():
            for relay in waiting:
                self._count(relay, NO_WORD)
        return (self._relays.tabulated(),)

    def _count(self, relay: RelayEntry, outcome: str) -> None:
        ways = {"holder": (relay.to_nation, ""), "asker": asker_of(relay.from_agency)}
        self._relays.add(outcome, ways, {"size": (f"{relay.size_class}",)})
