"""Policies that an auditor looks at: in the memory of this process, for one session each.

Nothing of them is on a disk. They are gone when newer ones take their place, or the desk stops.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from fedquery.desk.access import NotThereError
from fedquery.desk.language import N_
from fedquery.policy.asked import Usual
from fedquery.policy.study import Studied

_LIFE_MS: Final = 8 * 3_600_000
_MOST: Final = 8
_GONE: Final = N_("What came of these files is not kept any more. Bring them along again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStudy:
    """What came of policy files.

    Attributes:
        study_id: its id, 16 hexadecimal digits.
        session: the session that brought them.
        made_ms: when.
        nation: whose files they are.
        usual: the situation in which levels are shown.
        studied: what came of them.
    """

    study_id: str
    session: bytes = field(repr=False)
    made_ms: int
    nation: str
    usual: Usual
    studied: Studied = field(repr=False)


@dataclass(slots=True)
class Studies:
    """What is kept for all sessions: of each the newest, and few.

    Attributes:
        clock: the time in ms.
    """

    clock: Callable[[], int]
    _kept: "OrderedDict[str, KeptStudy]" = field(default_factory=OrderedDict, init=False)

    def keep(self, one: KeptStudy) -> None:
        """Keep it in the place of what the session has, and of the oldest where there are many."""
        for study_id in [old.study_id for old in self._kept.values() if old.session == one.session]:
            del self._kept[study_id]
        self._kept[one.study_id] = one
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def read(self, session: bytes, study_id: str) -> KeptStudy:
        """Give it to the session that brought the files.

        Raises:
            NotThereError: if there is none, or it is another's.
        """
        found = self._kept.get(study_id)
        if found is None or found.session != session:
            raise NotThereError(_GONE)
        if self.clock() - found.made_ms > _LIFE_MS:
            del self._kept[study_id]
            raise NotThereError(_GONE)
        return found
