"""Looking at what a list came to: read in a thread, counted once for each state it is in.

A page shows the hits of one page alone; counts and the numbers of the hits are remembered while the
list stands as it does.
"""

import asyncio
from array import array
from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from fedquery.ask.lists.kept_lines import lines_of
from fedquery.ask.lists.lines import Lines
from fedquery.ask.lists.report import entries
from fedquery.ask.lists.report_form import ReportForm, write
from fedquery.ask.screening.look import Look, found_in
from fedquery.ask.screening.values import Progress, Row, Summary
from fedquery.desk.access import NotThereError
from fedquery.desk.kept_list import KeptList
from fedquery.desk.list_results import Page
from fedquery.desk.service import Desk
from fedquery.errors import EncodingError, NotFoundError

_MOST_COUNTED: Final = 16


@dataclass(frozen=True, slots=True)
class Results:
    """What a list came to so far.

    Attributes:
        summary: the counts.
        hits: how many different identifiers were found.
        page: which of its pages are the rows of.
        rows: the hits of that page.
        lines: where the list stood; None where that is not known any more.
    """

    summary: Summary
    hits: int
    page: Page
    rows: tuple[Row, ...] = field(repr=False)
    lines: Lines | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Counted:
    progress: Progress
    summary: Summary
    numbers: "array[int]" = field(repr=False)


@dataclass(slots=True)
class Looking:
    """Looks at the lists of one desk.

    Attributes:
        desk: the desk.
    """

    desk: Desk
    _counted: "OrderedDict[str, _Counted]" = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    # A report of a long list takes room: one is made at a time.
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    async def progress(self, kept: KeptList) -> Progress:
        """Say how far a list is that nobody asks now.

        Raises:
            NotFoundError: if its screening was erased.
        """
        return await asyncio.to_thread(self._progress, kept.list_id)

    async def results(self, kept: KeptList, wanted: str) -> Results:
        """Look at what a list came to.

        Args:
            kept: the list.
            wanted: which page of its hits, as an address names it.

        Raises:
            NotFoundError: if its screening was erased.
        """
        return await asyncio.to_thread(self._results, kept, wanted)

    async def rows(self, kept: KeptList, wanted: str) -> tuple[Page, tuple[Row, ...]]:
        """Give one page of the whole list, in its order.

        Raises:
            NotFoundError: if its screening was erased.
        """
        return await asyncio.to_thread(self._rows, kept, wanted)

    async def hit(self, kept: KeptList, place: int) -> Row:
        """Give what came of one identifier of which a nation has a record.

        Raises:
            NotThereError: if there is no hit at this place.
            NotFoundError: if its screening was erased.
        """
        return await asyncio.to_thread(self._hit, kept, place)

    async def report(self, kept: KeptList, form: ReportForm, *, shown: bool) -> bytes:
        """Write a report of every line.

        Args:
            kept: the list.
            form: its form.
            shown: whether identifiers are written in full; masked otherwise.

        Raises:
            NotFoundError: if its screening was erased.
        """
        async with self._writing:
            made_ms = self.desk.clock()
            return await asyncio.to_thread(self._report, kept, form, made_ms, shown=shown)

    def _open(self, list_id: str) -> Look:
        return self.desk.client.look_at_screening(list_id)

    def _progress(self, list_id: str) -> Progress:
        with closing(self._open(list_id)) as look:
            return look.progress()

    def _results(self, kept: KeptList, wanted: str) -> Results:
        with closing(self._open(kept.list_id)) as look:
            counted = self._count(look)
            page = Page.of(wanted, len(counted.numbers))
            some = counted.numbers[page.first :][: page.SIZE]
            rows = tuple(row for _, row in found_in(look.board, some))
        lines = self._lines(kept)
        return Results(counted.summary, len(counted.numbers), page, rows, lines)

    def _rows(self, kept: KeptList, wanted: str) -> tuple[Page, tuple[Row, ...]]:
        page = Page.of(wanted, kept.new.places)
        with closing(self._open(kept.list_id)) as look:
            rows = zip(range(page.SIZE), look.rows(page.first), strict=False)
            return page, tuple(row for _, row in rows)

    def _hit(self, kept: KeptList, place: int) -> Row:
        if not 0 <= place < kept.new.places:
            raise NotThereError
        with closing(self._open(kept.list_id)) as look:
            row = next(look.rows(place))
        if not any(one.word == "hit" for one in row.outcomes):
            raise NotThereError
        return row

    def _report(self, kept: KeptList, form: ReportForm, made_ms: int, *, shown: bool) -> bytes:
        file = BytesIO()
        with closing(self._open(kept.list_id)) as look:
            found = entries(look.rows(), self._lines(kept))
            write(file, form, kept.list_id, found, made_ms, shown=shown)
        return file.getvalue()

    def _count(self, look: Look) -> _Counted:
        list_id, progress = look.kept.job_id, look.progress()
        counted = self._counted.get(list_id)
        if counted is None or counted.progress != progress:
            numbers = array("I", (number for number, _ in found_in(look.board)))
            counted = _Counted(progress, look.summary(), numbers)
            self._counted[list_id] = counted
            while len(self._counted) > _MOST_COUNTED:
                self._counted.popitem(last=False)
        return counted

    def _lines(self, kept: KeptList) -> Lines | None:
        try:
            return lines_of(self.desk.home, kept.list_id, kept.new.places)
        except (EncodingError, NotFoundError):
            return None
