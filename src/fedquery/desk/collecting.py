"""Holding answers against the logs of their nations: begun by an auditor, one at a time.

How far it is and what came of it last are in the memory of this process; the proofs themselves are
files beside the receipts.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.ask.collecting import Collected, collect
from fedquery.ask.session import Session
from fedquery.desk.language import N_
from fedquery.desk.service import Desk
from fedquery.errors import FedqueryError, StorageError

_UNREADABLE: Final = N_("The receipts cannot be read.")
_UNEXPECTED: Final = N_("Something unexpected happened.")
_OPERATOR: Final = N_("Tell the operator of this desk.")

Collect = Callable[[Session, Callable[[Collected], None]], Awaitable[list[Collected]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How far it is.

    Attributes:
        begun_ms: when it was begun; 0 where it never was.
        is_running: whether it still goes on.
        found: what there is to say of each receipt so far.
        error: why it broke off, or None.
    """

    begun_ms: int = 0
    is_running: bool = False
    found: list[Collected] = field(default_factory=list)
    error: FedqueryError | None = None


@dataclass(slots=True)
class Collecting:
    """Holds the answers of an agency against the logs of the nations.

    Attributes:
        desk: whose answers.
        held: how far it is.
        collect: looks at all receipts, and says of each what it found.
    """

    desk: Desk
    held: Held = field(default_factory=Held)
    collect: Collect = collect

    def begin(self) -> None:
        """Begin, where it does not run already."""
        if self.held.is_running:
            return
        self.held = Held(begun_ms=self.desk.clock(), is_running=True)
        self.desk.spawn(self._run())

    async def _run(self) -> None:
        # What is found before an end that nobody foresaw, or without a word, is never all.
        error: FedqueryError | None = StorageError(_UNEXPECTED, do=_OPERATOR)
        try:
            await self.collect(self.desk.client.session, self._on_each)
            error = None
        except FedqueryError as found:
            error = found
        except OSError:
            error = StorageError(_UNREADABLE, do=_OPERATOR)
        finally:
            # Whatever ends it, it can be begun again.
            self.held = replace(self.held, error=error, is_running=False)

    def _on_each(self, one: Collected) -> None:
        self.held.found.append(one)
