"""Identifiers that were asked about again: by several officers, in several cases, or often.

Two cases that ask about one number may belong together, and their officers may not know of each
other. Somebody who asks about one number again and again may watch it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from fedquery.desk.asked_identifier import AskedIdentifier
from fedquery.desk.brief_question import BriefQuestion

# So often by one officer in one case is often; answers renew once a day at least.
OFTEN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """An identifier that was asked about again.

    Attributes:
        identifier: the identifier.
        questions: the questions that asked about it, the oldest first.
    """

    identifier: AskedIdentifier = field(repr=False)
    questions: tuple[BriefQuestion, ...] = field(repr=False)

    @property
    def officers(self) -> frozenset[str]:
        """Give the accounts that asked."""
        return frozenset(one.account_id for one in self.questions)

    @property
    def cases(self) -> frozenset[str]:
        """Give the cases in which it was asked."""
        return frozenset(one.case_id for one in self.questions)


def repeats(asked: Iterable[BriefQuestion]) -> tuple[Repeat, ...]:
    """Find what was asked about again, most cases and officers first.

    Args:
        asked: the questions, the oldest first.
    """
    found: dict[str, list[BriefQuestion]] = {}
    named: dict[str, AskedIdentifier] = {}
    for question in asked:
        for one in question.asked:
            # The encoded form names the kind as well.
            found.setdefault(one.encoded, []).append(question)
            named[one.encoded] = one
    made = (Repeat(identifier=named[key], questions=tuple(all_)) for key, all_ in found.items())
    return tuple(sorted(filter(_is_told, made), key=_rank))


def _is_told(one: Repeat) -> bool:
    return len(one.cases) > 1 or len(one.officers) > 1 or len(one.questions) >= OFTEN


def _rank(one: Repeat) -> tuple[int, int, int, str]:
    return -len(one.cases), -len(one.officers), -len(one.questions), one.identifier.encoded
