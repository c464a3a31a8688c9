"""Screenings: lists of any length, begun, resumed, looked at and erased."""

from collections.abc import Collection

from fedquery.ask.case import Case
from fedquery.ask.opening import Opening
from fedquery.ask.screening.asked import Asked
from fedquery.ask.screening.batches import Source
from fedquery.ask.screening.files import erase
from fedquery.ask.screening.kept import kept_screening, kept_screenings
from fedquery.ask.screening.look import Look
from fedquery.ask.screening.screening import Screening, resumed
from fedquery.ask.screening.values import KeptScreening


class Screenings(Opening):
    """Screens lists."""

    def screen(
        self,
        identifiers: Source,
        case: Case,
        *,
        nations: Collection[str] | None = None,
        deadline_s: float | None = None,
        padded: bool | None = None,
        at_desk: bool = False,
    ) -> Screening:
        """Ask other nations about a list of any length: `async for outcome in client.screen(...)`.

        Nothing happens before it is prepared or iterated. See `screening.Screening` for what it
        costs, how far it is, and what it came to, place by place.

        Args:
            identifiers: the list, read once; also one that comes asynchronously.
            case: what for.
            nations: whom to ask; every other nation with a node by default.
            deadline_s: how long a node has for one answer, 1 to 30 seconds; the setting by default.
            padded: whether the count is hidden in whole size classes; the setting by default.
            at_desk: whether it is of the desk: a gateway beside it leaves it alone.

        Raises:
            InputError: if a nation is unknown or one's own, or the case is to be opened later.
        """
        case.check_opened(self.session.clock())
        asked = Asked(
            case=case,
            nations=tuple(self.choose(nations)),
            deadline_ms=self.deadline_ms(deadline_s),
            padded=self.home.settings.pad_lists if padded is None else padded,
            at_desk=at_desk,
        )
        return Screening(self.session, identifiers, asked, self._random)

    def resume_screening(self, job_id: str, *, deadline_s: float | None = None) -> Screening:
        """Open a screening that is kept: whatever has no answer yet is asked when it is run.

        Args:
            job_id: its id.
            deadline_s: how long a node has for one answer; as before by default.

        Raises:
            NotFoundError: if there is none of this id.
            InputError: if its list was not read to its end, or was read by spelling rules that have
                changed since; `look_at_screening` gives what it found.
            BusyError: if another program runs it.
        """
        deadline_ms = None if deadline_s is None else self.deadline_ms(deadline_s)
        return resumed(self.session, job_id, self._random, deadline_ms=deadline_ms)

    def screenings(self) -> list[KeptScreening]:
        """List the screenings that are kept, the newest first."""
        return kept_screenings(self.home, self._random)

    def kept_screening(self, job_id: str) -> KeptScreening:
        """Say what a screening that is kept is about, and how far it is.

        Raises:
            NotFoundError: if there is none of this id.
            InputError: if it was hardly begun.
        """
        return kept_screening(self.home, job_id, self._random)

    def look_at_screening(self, job_id: str) -> Look:
        """Open a screening that is kept to look at it, also while it runs; close what comes back.

        Raises:
            NotFoundError: if there is none of this id.
            InputError: if its list was not read to its end.
        """
        return Look.open(self.home, job_id, self._random)

    def erase_screening(self, job_id: str) -> None:
        """Erase a screening: its list, what came of it, and that its hits can be claimed.

        Receipts and the agency's log stay.

        Raises:
            NotFoundError: if there is none of this id.
            BusyError: if it runs.
        """
        erase(self.home, job_id)
