"""What follows a hit: its claim, and the receipts and proofs of what was answered."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from fedquery.ask import store
from fedquery.ask.asker_log import Looked
from fedquery.ask.cards import renewed
from fedquery.ask.case import officer_mark
from fedquery.ask.claiming import ClaimOutcome, claim_hit
from fedquery.ask.collecting import Collected, collect
from fedquery.ask.opening import Opening
from fedquery.ask.place import proved_size
from fedquery.ask.receipt import Shown, verify
from fedquery.ask.receipts import read
from fedquery.ask.screening.kept import find_hit
from fedquery.ask.store import Hit, no_such_hit
from fedquery.errors import FedqueryError, InputError


def _nobody(_collected: object) -> None:
    """Take no notice of receipts as they come."""


class Claims(Opening):
    """Claims hits, and verifies receipts."""

    async def claim(
        self,
        claim_id: str,
        *,
        level: Literal["reference", "summary"] = "reference",
        officer: str | None = None,
        asked_by: str | None = None,
        at_desk: bool = True,
        case: str | None = None,
        deadline_s: float | None = None,
    ) -> ClaimOutcome:
        """Claim a hit: show the holder that it was found, and get what its policy releases.

        The holder learns from a claim which of its records it is about.

        Args:
            claim_id: from the outcome of a lookup or screening.
            level: how much is asked for.
            officer: who claims; whoever looked it up, by default.
            asked_by: who must have looked it up; anybody by default.
            at_desk: whether hits of the desk's lists may be claimed, which belong to its cases.
            case: the number of the opened case; by default it is found. Its cards of today are
                shown, with the signatures that they have by now.
            deadline_s: how long the node has; the setting by default.

        Raises:
            NotFoundError: if there is no such hit, or another officer looked it up.
            InputError: if its time is over, or its case is closed.
            PeerError: if no coordinator answers.
        """
        hit = self._found(claim_id, asked_by, at_desk=at_desk)
        statement = renewed(self.home, hit.statement, self._clock(), case)
        hit = replace(hit, statement=statement)
        if officer is not None:
            mark = officer_mark(officer, hit.nation, self.home.pseudonym_key)
            hit = replace(hit, statement=replace(hit.statement, officer_mark=mark))
        return await claim_hit(
            self.session,
            hit,
            level,
            self.deadline_ms(deadline_s),
            self._random,
            looked=Looked(case or "", officer or ""),
        )

    def _found(self, claim_id: str, asked_by: str | None, *, at_desk: bool) -> Hit:
        """Find a hit, and require that it is of whoever must have asked."""
        try:
            hit = find_hit(self.home, claim_id, self._random, at_desk=at_desk)
            if hit is None:
                hit = store.find_hit(self.session.connection, claim_id)
        except FedqueryError:
            if asked_by is None:
                raise
            # Whose it is cannot be read, so nothing of it is told.
            raise no_such_hit() from None
        if asked_by is not None:
            mark = officer_mark(asked_by, hit.nation, self.home.pseudonym_key)
            if not mark or hit.statement.officer_mark != mark:
                raise no_such_hit()
        return hit

    def verify_receipt(self, name: str) -> Shown:
        """Verify a receipt that was kept, from its octets, the member list and the trust policy.

        Args:
            name: the name of the file, as an outcome has it.

        Raises:
            ProofError, EncodingError: if it, or the proof that was collected for it, does not
                verify.
            InputError: if this is not the name of a receipt.
            OSError: if it cannot be read.
        """
        if "/" in name or name.startswith("."):
            raise InputError("this is not the name of a receipt")
        shown = verify(read(self.home.receipts / name), self.session.trust)
        node = self.session.federation.nodes[shown.nation]
        return replace(shown, proved_size=proved_size(self.home.receipts, name, shown, node))

    async def collect(self, on_each: Callable[[Collected], None] = _nobody) -> list[Collected]:
        """Collect the proofs that nations have logged what they answered; see `collecting`.

        Args:
            on_each: told of each receipt as it comes.

        Raises:
            PeerError: if no coordinator answers.
            StorageError: if a proof cannot be written.
        """
        return await collect(self.session, on_each)
