"""Lists that are being made: in the memory of this process, for one session each.

They are large, so there are few of them: a newer one takes the place of the oldest of its session,
and of all. Nothing of them is on a disk before somebody has said for which case they are.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.desk.access import NotThereError
from fedquery.desk.drafts import Draft
from fedquery.desk.form_bodies import Upload
from fedquery.desk.language import N_
from fedquery.desk.list_reading import Reading

_LIFE_MS: Final = 8 * 3_600_000
_MOST_OF_A_SESSION: Final = 1
# A hundred thousand identifiers with their file take some 70 MB.
_MOST: Final = 4
_GONE: Final = N_("This list is not being made any more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDraft:
    """A list that is being made.

    Attributes:
        question: case, nations and facts, as for a question; without chips.
        file: what was uploaded, to be read anew as another column or kind; None where the list was
            pasted.
        reading: how it was read.
    """

    question: Draft
    file: Upload | None = field(default=None, repr=False)
    reading: Reading = field(repr=False)

    @property
    def draft_id(self) -> str:
        """Give its id, 16 hexadecimal digits."""
        return self.question.draft_id


@dataclass(slots=True)
class ListDrafts:
    """The lists of all sessions that are being made.

    Attributes:
        clock: the time in ms.
    """

    clock: Callable[[], int]
    _kept: "OrderedDict[str, ListDraft]" = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    _kept_as: "OrderedDict[str, asyncio.Future[str]]" = field(
        default_factory=OrderedDict, init=False, repr=False
    )

    def begin(self, draft: ListDraft) -> ListDraft:
        """Keep a new one."""
        session = draft.question.session
        mine = [each for each, one in self._kept.items() if one.question.session == session]
        for old in mine[: max(0, len(mine) - _MOST_OF_A_SESSION + 1)]:
            self._drop(old)
        self._kept[draft.draft_id] = draft
        while len(self._kept) > _MOST:
            self._drop(next(iter(self._kept)))
        return draft

    def read(self, session: bytes, draft_id: str) -> ListDraft:
        """Give one to the session that makes it.

        Raises:
            NotThereError: if there is none, or it is another's.
        """
        draft = self._kept.get(draft_id)
        if draft is None or draft.question.session != session:
            raise NotThereError(_GONE)
        if self.clock() - draft.question.begun_ms > _LIFE_MS:
            self._drop(draft_id)
            raise NotThereError(_GONE)
        return draft

    def change(self, draft: ListDraft) -> ListDraft:
        """Keep one in the place of what it was."""
        self._kept[draft.draft_id] = draft
        return draft

    def keeping(self, draft_id: str) -> "asyncio.Future[str] | None":
        """Find what keeps a draft as a list: a form that comes twice makes one list."""
        return self._kept_as.get(draft_id)

    def keep(self, draft_id: str, keeping: "asyncio.Future[str]") -> None:
        """Note that a draft is being kept as a list."""
        self._kept_as[draft_id] = keeping
        while len(self._kept_as) > _MOST:
            self._kept_as.popitem(last=False)

    def give_up(self, draft_id: str) -> None:
        """Note that a draft could not be kept: it can be tried again."""
        self._kept_as.pop(draft_id, None)

    def move(self, session: bytes, to: bytes) -> None:
        """Give those of a session to the one that goes on in its place."""
        for each, one in self._kept.items():
            if one.question.session == session:
                self._kept[each] = replace(one, question=replace(one.question, session=to))

    def keep_of(self, sessions: Collection[bytes]) -> None:
        """Keep those of some sessions, and forget those of all that have ended."""
        for each in [
            each for each, one in self._kept.items() if one.question.session not in sessions
        ]:
            self._drop(each)

    def forget(self, session: bytes) -> None:
        """Forget those of a session that has ended."""
        for each in [each for each, one in self._kept.items() if one.question.session == session]:
            self._drop(each)

    def _drop(self, draft_id: str) -> None:
        self._kept.pop(draft_id, None)
