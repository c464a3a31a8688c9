"""Questions that are being written: in the memory of this process, for one session each.

Nothing of them is on a disk, and they go when the session or the desk ends (`tending`). The id of a
draft becomes the id of its question: however often it is sent, it is one question.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.desk.access import NotThereError
from fedquery.desk.case_form import CaseFields
from fedquery.desk.facts import Facts
from fedquery.desk.language import N_
from fedquery.desk.reading import Chip

# A session ends after 8 hours at most, and a draft with it; this is for a clock that was set.
_LIFE_MS: Final = 8 * 3_600_000
_MOST_OF_A_SESSION: Final = 16
_MOST: Final = 512
_GONE: Final = N_("This question is not being written any more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question that is being written.

    Attributes:
        draft_id: its id, 16 hexadecimal digits.
        session: the session that writes it.
        begun_ms: when it was begun.
        chips: what may be asked about.
        nations: whom; None for every other nation.
        case_id: the case, or "" for one that is yet to begin.
        fields: the facts of a case that is yet to begin, as they were typed.
        facts: what it would go out with, as a page has shown it; None before.
        revision: how often it was changed: what was confirmed is what is sent.
    """

    draft_id: str
    session: bytes = field(repr=False)
    begun_ms: int
    chips: tuple[Chip, ...] = field(default=(), repr=False)
    nations: tuple[str, ...] | None = None
    case_id: str = ""
    fields: CaseFields = field(default_factory=CaseFields, repr=False)
    facts: Facts | None = field(default=None, repr=False)
    revision: int = 0


@dataclass(slots=True)
class Drafts:
    """The drafts of all sessions.

    Attributes:
        clock: the time in ms.
    """

    clock: Callable[[], int]
    _kept: "OrderedDict[str, Draft]" = field(default_factory=OrderedDict, init=False, repr=False)

    def begin(self, draft: Draft) -> Draft:
        """Keep a new draft; the oldest of the session, or of all, makes room for it."""
        mine = [one.draft_id for one in self._kept.values() if one.session == draft.session]
        for old in mine[: max(0, len(mine) - _MOST_OF_A_SESSION + 1)]:
            del self._kept[old]
        self._kept[draft.draft_id] = draft
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return draft

    def read(self, session: bytes, draft_id: str) -> Draft:
        """Give a draft to the session that writes it.

        Raises:
            NotThereError: if there is none, or it is another's.
        """
        draft = self._kept.get(draft_id)
        if draft is None or draft.session != session:
            raise NotThereError(_GONE)
        if self.clock() - draft.begun_ms > _LIFE_MS:
            del self._kept[draft_id]
            raise NotThereError(_GONE)
        return draft

    def change(self, draft: Draft) -> Draft:
        """Keep a draft in the place of what it was."""
        if draft != self._kept.get(draft.draft_id):
            draft = replace(draft, revision=draft.revision + 1)
        self._kept[draft.draft_id] = draft
        return draft

    def move(self, session: bytes, to: bytes) -> None:
        """Give the drafts of a session to the one that goes on in its place."""
        for draft_id, one in self._kept.items():
            if one.session == session:
                self._kept[draft_id] = replace(one, session=to)

    def keep(self, sessions: Collection[bytes]) -> None:
        """Keep the drafts of some sessions, and forget those of all that have ended."""
        for draft_id in [
            one.draft_id for one in self._kept.values() if one.session not in sessions
        ]:
            del self._kept[draft_id]

    def forget(self, session: bytes) -> None:
        """Forget the drafts of a session that has ended."""
        for draft_id in [one.draft_id for one in self._kept.values() if one.session == session]:
            del self._kept[draft_id]
