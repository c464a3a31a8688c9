"""What follows a question of the same log: a node's faults, an agency's claims, every outcome."""

from array import array
from collections import Counter
from typing import Final

from fedquery.audit.remarks import SenselessError

_PREFIX: Final = 8


class Following:
    """The questions of one log, and what follows them.

    Questions are told apart by sixty-four bits of their digests: two that meet would hide a fault,
    never make one up.
    """

    def __init__(self) -> None:
        # The beginnings of the digests of all questions, and the place of each.
        self._asked = array("Q")
        self._places = array("Q")
        # The place of the first fault or claim of each.
        self._following: dict[int, int] = {}
        self._open: Counter[int] = Counter()

    def question(self, index: int, digest: bytes) -> None:
        """Note a question.

        Args:
            index: the place of its entry.
            digest: of the request.
        """
        self._asked.append(_short(digest))
        self._places.append(index)

    def follows(self, index: int, digest: bytes) -> None:
        """Note a fault or claim.

        Args:
            index: the place of its entry.
            digest: of the question that it follows.
        """
        self._following.setdefault(_short(digest), index)

    def sent(self, digest: bytes) -> None:
        """Note that a request was passed on: an outcome is to come."""
        self._open[_short(digest)] += 1

    def outcome(self, index: int, digest: bytes) -> None:
        """Note the outcome of a request.

        Args:
            index: the place of its entry.
            digest: of the request.

        Raises:
            SenselessError: if none was passed on that has no outcome yet.
        """
        count = self._open.pop(_short(digest), 0)
        if count == 0:
            raise SenselessError("an outcome is logged of a question that was not", index)
        if count > 1:
            self._open[_short(digest)] = count - 1

    def without_outcome(self) -> int:
        """Count the requests that were passed on and of which no outcome is noted."""
        return sum(self._open.values())

    def require_questions(self, what: str) -> None:
        """Require that a question stands before each fault or claim.

        Args:
            what: "fault" or "claim", as errors call it.

        Raises:
            SenselessError: for the first one that follows no question.
        """
        # Each question before a fault of the same digest explains it, and an agency's question a
        # claim; what is left is explained by none.
        for place, digest in zip(self._places, self._asked, strict=True):
            if place < self._following.get(digest, 0):
                del self._following[digest]
        for index in sorted(self._following.values()):
            raise SenselessError(f"a {what} is logged of a question that was not", index)


def _short(digest: bytes) -> int:
    return int.from_bytes(digest[:_PREFIX], "big")
