"""One version of one dataset being asked: round by round, first the buckets, then evaluations."""

from dataclasses import dataclass, field
from typing import Final

from fedquery.ask.screening import recovering
from fedquery.ask.screening.board import NOT_ASKED, UNSEARCHED
from fedquery.ask.screening.drawing import source_of
from fedquery.ask.screening.means import Means
from fedquery.ask.screening.packing import unpack_under_way
from fedquery.ask.screening.planning import Planned
from fedquery.ask.screening.purse import Purse
from fedquery.ask.screening.questions import Came
from fedquery.ask.screening.sending import Sending
from fedquery.ask.screening.targets import Target
from fedquery.ask.screening.view import View
from fedquery.ask.session import Distrusted
from fedquery.ask.unasked import not_asked

# What was sent before a kill and ends so soon is not sent again.
_MARGIN_MS: Final = 5_000
# Rounds in a row that bring nothing but refusals. The quota that one is planned by may be older
# than the refusal, or others of the agency use what is left of it.
_MOST_REFUSED: Final = 3
# Rounds with a refusal in all: a nation that answers one element in each would have a long list
# leave hundreds of thousands of refused questions in the logs of both sides.
_MOST_ROUNDS: Final = 8


@dataclass(slots=True)
class VersionRun:
    """Asks what is open of one version.

    Attributes:
        means: with what.
        target: the dataset, at this version.
        view: its buckets.
    """

    means: Means
    target: Target
    view: View
    _sending: Sending = field(init=False, repr=False)
    _refused: int = field(default=0, init=False)
    _rounds: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Make what sends."""
        self._sending = Sending(self.means, self.target, self.view)

    @property
    def replaced(self) -> bool:
        """Tell whether the version is not served any more."""
        return self._sending.replaced

    async def run(self) -> None:
        """Ask, until all is answered or nothing more is to be sent."""
        means, target, sending = self.means, self.target, self._sending
        await means.at_desk(self._load)
        await self._again()
        while not sending.is_over:
            held = set(filter(self.view.__contains__, range(1 << target.publication.prefix_bits)))
            planned = await means.at_desk(self._plan, held)
            if not planned.asks:
                break
            sending.refusal = None
            before = target.board.answered, len(held)
            await means.at_desk(self._note_asked)
            source = source_of(target, means.planner.listed)
            await sending.send([asks for asks in planned.asks if asks.prefixes], source)
            await self._search()
            if sending.goes_on:
                await sending.send([asks for asks in planned.asks if not asks.prefixes], source)
            self._require_more_than(before)
        await self._search()

    def _plan(self, held: set[int]) -> Planned:
        """Plan a round by what is known of the quota now."""
        planner, target = self.means.planner, self.target
        purse = Purse.of(planner.left(target.board.nation, target.trusted))
        return planner.plan(target, held, purse, self._sending.largest)

    def _require_more_than(self, before: tuple[int, int]) -> None:
        """Stop where rounds bring nothing, for nothing could leave in its time, or refusals."""
        board, refusal = self.target.board, self._sending.refusal
        if self._sending.is_over:
            return
        is_in_vain = (board.answered, self.view.count) == before
        self._refused = self._refused + 1 if is_in_vain else 0
        self._rounds += refusal is not None
        if refusal is None and is_in_vain:
            board.stopped = not_asked(*board.name, board.kind, Distrusted("timeout"))
        elif self._refused == _MOST_REFUSED or self._rounds == _MOST_ROUNDS:
            board.stopped = refusal

    def _load(self) -> None:
        """Take up what an earlier run has left, of this version; the rest is asked anew."""
        publication, board = self.target.publication, self.target.board
        keeper, gone = self.means.keeper, []
        for number, tags in recovering.buckets(keeper.log, publication):
            self.view.add(number, tags)
        board.states = board.states.replace(bytes((UNSEARCHED,)), bytes((NOT_ASKED,)))
        for number, _, one in recovering.unsearched(keeper.job, *board.name):
            if not one.said.of(publication):
                # Tags of one version are nothing in another.
                gone.append(number)
                continue
            for form in one.inputs.forms:
                board.states[form] = UNSEARCHED
        alive_ms = self.means.session.clock() + _MARGIN_MS
        for number, version, expires_ms in recovering.sent(keeper.job, *board.name):
            if version != publication.version or expires_ms <= alive_ms:
                gone.append(number)
        if gone:
            keeper.drop(gone)

    async def _again(self) -> None:
        """Send again what may be under way since before a kill: the same octets."""
        means, job = self.means, self.means.keeper.job
        for number, _, _ in await means.at_desk(recovering.sent, job, *self.target.board.name):
            octets = await means.at_desk(recovering.under_way, job, number)
            one = unpack_under_way(number, octets, self.target.trusted)
            if one.publication != self.target.publication:
                # Of a log before this one, or of another dataset than its row says.
                await means.at_desk(means.keeper.drop, [number])
            elif not self._sending.is_over:
                await self._sending.keep(one, await self._sending.read(one))
        await self._search()

    async def _search(self) -> None:
        """Search what was evaluated before its buckets were there."""
        board = self.target.board
        if UNSEARCHED not in board.states:
            return
        for number, came in await self.means.at_desk(self._searched):
            self.means.board.take(*board.name, number, came)
        self.means.on_change()

    def _searched(self) -> list[tuple[int, Came]]:
        keeper, found = self.means.keeper, []
        for number, _, one in recovering.unsearched(keeper.job, *self.target.board.name):
            searched = self.means.reader.search(one, self.view)
            if searched is not None:
                found.append((number, *searched))
        if found:
            keeper.keep_searched(found)
        return [(number, came) for number, came, _ in found]

    def _note_asked(self) -> None:
        with self.means.keeper.writing():
            self.means.planner.note_asked(self.target)
