"""Whom a list is asked of and what: datasets by what they offer now, forms that are still open."""

import hmac
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from fedquery.ask import quota_told
from fedquery.ask.case import Case
from fedquery.ask.concluding import OVERDUE_SLACK_MS
from fedquery.ask.planning import bits_to_tell
from fedquery.ask.screening import walking
from fedquery.ask.screening.board import LOST, NOT_ASKED, UNSEARCHED, Board, DatasetBoard
from fedquery.ask.screening.listed import Listed
from fedquery.ask.screening.purse import Purse
from fedquery.ask.screening.targets import Target, lost_forms
from fedquery.ask.screening.walking import Asks
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.trust import Offered, Trusted
from fedquery.ask.unasked import not_asked
from fedquery.identifiers import kinds
from fedquery.psi.bucket import TAG_LENGTH, bucket_number
from fedquery.psi.padding import sticky_prefix
from fedquery.psi.publication import Publication
from fedquery.seal.size import LARGEST
from fedquery.transport.head import QuotaLeft

# A list of more than this tells no bits, whatever the case asked before.
_TELLING: Final = 64
# Octets of the tags of a view: a thousand million of them.
_LARGEST_VIEW: Final = 8 * 10**9


@dataclass(frozen=True, slots=True)
class Planned:
    """The questions to a dataset, before they have their elements.

    Attributes:
        inputs: how many spellings are asked.
        asks: the questions.
        prefix_len: how many bits of each bucket number are told.
    """

    inputs: int
    asks: tuple[Asks, ...] = field(repr=False)
    prefix_len: int


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans a screening.

    Attributes:
        session: the open session, whose manifests are fresh.
        connection: a connection to the asker's database.
        case: what for.
        listed: the list.
        board: what is known of it.
        padded: whether counts are hidden in whole size classes.
    """

    session: Session
    connection: sqlite3.Connection
    case: Case
    listed: Listed
    board: Board
    padded: bool

    def targets(self, nation: str, state: Trusted | Distrusted) -> list[Target]:
        """Say which datasets of a nation are asked; a nation that cannot be asked is marked.

        Args:
            nation: the nation.
            state: what its manifest is worth.
        """
        boards = self.board.datasets.setdefault(nation, {})
        self.board.unasked.pop(nation, None)
        if isinstance(state, Distrusted):
            for one in boards.values():
                one.stopped = not_asked(nation, one.dataset, one.kind, state)
            # What it has answered stays, whatever it is today.
            if not any(one.answered for one in boards.values()):
                self.board.unasked[nation] = not_asked(nation, "", self.listed.kinds[0], state)
            return []
        found = []
        for name, offered in sorted(state.datasets.items()):
            kind = offered.publication.kind
            if kind not in self.listed.kinds:
                continue
            board = boards.get(name)
            if board is None:
                board = DatasetBoard.empty(nation, name, kind, self.listed.forms)
                boards[name] = board
            target = self.target(state, offered, board)
            if board.stopped is None:
                found.append(target)
        # What grants pay for comes last: the ordinary quota pays first, whatever is asked, and what
        # no grant is for has nothing else (protocol.md 8).
        left = self.left(nation, state)
        if left is not None:
            found.sort(key=lambda target: left.granted(target.board.dataset))
        return found

    def target(self, trusted: Trusted, offered: Offered, board: DatasetBoard) -> Target:
        """Make the target of a dataset, and mark the forms that it cannot be asked about.

        One whose view no list can hold is stopped: whatever a nation says of its size, the others
        are asked.
        """
        spelling = kinds()[board.kind].rules.shared_with(offered.publication.rules)
        target = Target(trusted, offered, board, spelling)
        board.stopped = None
        if _view_octets(offered.publication) > _LARGEST_VIEW:
            board.stopped = not_asked(*board.name, board.kind, Distrusted("view-too-large"))
            return target
        board.states = board.states.replace(bytes((LOST,)), bytes((NOT_ASKED,)))
        for form in lost_forms(target, self.listed):
            if board.states[form] == NOT_ASKED:
                board.states[form] = LOST
        several = len(self.listed.kinds) > 1
        board.asks = (
            sum(
                state != LOST and (not several or self.listed.kind_of(form) == board.kind)
                for form, state in enumerate(board.states)
            )
            if several or LOST in board.states
            else self.listed.forms
        )
        return target

    def left(self, nation: str, trusted: Trusted) -> QuotaLeft | None:
        """Say what a nation lets this agency ask in this case, as far as it is known.

        Args:
            nation: the nation.
            trusted: its manifest.
        """
        ceilings = trusted.manifest.ceilings
        pseudonym = self.case.pseudonym(nation, self.session.home.pseudonym_key)
        return quota_told.known(self.connection, nation, pseudonym, ceilings, self.session.clock())

    def plan(
        self,
        target: Target,
        held: Sequence[int] | set[int],
        purse: Purse,
        largest: int = LARGEST,
    ) -> Planned:
        """Plan the questions to a dataset.

        Args:
            target: the dataset.
            held: the buckets of this version that are held.
            purse: what pays for them; it is emptied by them.
            largest: the largest size class that may be used.
        """
        publication = target.publication
        count = target.count(self.listed)
        unsearched = UNSEARCHED in target.board.states
        if not count and not unsearched:
            return Planned(0, (), 0)
        prefix_len = self._prefix_len(publication, max(1, count))
        bits = publication.prefix_bits
        numbers: set[int] = set()
        if prefix_len:
            numbers = {bucket_number(one.octets, bits) for one in target.inputs(self.listed)}
        length, missing = walking.wanted_prefixes(publication, numbers, set(held), prefix_len)
        home = self.session.home
        asks = walking.questions(
            count,
            length,
            missing,
            walks=prefix_len == 0,
            padded=self.padded,
            pad=lambda index: sticky_prefix(
                home.pad_key, publication.nation, publication.dataset, index, length
            ),
            cover=partial(purse.cover, publication.dataset),
            largest=largest,
        )
        return Planned(count, tuple(asks), prefix_len)

    def note_asked(self, target: Target) -> None:
        """Count what is asked in this case, in the caller's transaction (protocol.md 6).

        A list of more than `_TELLING` counts as so many: from there on a case tells nothing.
        """
        nation = target.board.nation
        pseudonym = self.case.pseudonym(nation, self.session.home.pseudonym_key)
        key = self.session.home.pseudonym_key
        some = (one for _, one in zip(range(_TELLING), target.inputs(self.listed), strict=False))
        self.connection.executemany(
            "INSERT OR IGNORE INTO asked VALUES (?, ?, ?)",
            [(nation, pseudonym, hmac.digest(key, one.octets, "sha256")) for one in some],
        )

    def late(self, publication: Publication) -> bool:
        """Say whether a publication is past its time (protocol.md 4)."""
        return self.session.clock() > publication.next_due_ms + OVERDUE_SLACK_MS

    def _prefix_len(self, publication: Publication, count: int) -> int:
        nation = publication.nation
        pseudonym = self.case.pseudonym(nation, self.session.home.pseudonym_key)
        (before,) = self.connection.execute(
            "SELECT count(*) FROM asked WHERE nation = ? AND pseudonym = ?", (nation, pseudonym)
        ).fetchone()
        return bits_to_tell(
            publication, asked_in_case=before + count, sensitive=self.case.sensitive
        )


def _view_octets(publication: Publication) -> int:
    return (TAG_LENGTH * publication.capacity) << publication.prefix_bits
