"""Requests that are sent again under one idempotency key: the first one's outcome, for a while."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from pydantic import BaseModel

from fedquery.errors import InputError

T = TypeVar("T")

_KEPT_MS: Final = 600_000
_MOST_KEPT: Final = 1_000


class KeyReusedError(InputError):
    """An idempotency key came again with another body."""

    slug = "id-reused"
    default_do = "Draw a new key for each request, and send the same body with the same key."


class ErasedError(InputError):
    """What was begun under an idempotency key was erased since."""

    slug = "erased"
    default_do = "Draw a new key to begin another; with this one, nothing more is asked."


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    body_digest: bytes
    at_ms: int
    task: "asyncio.Task[T]" = field(repr=False)


@dataclass(slots=True)
class Repeats(Generic[T]):
    """What was begun under the keys of officers within ten minutes.

    Attributes:
        clock: the time in ms.
    """

    clock: Callable[[], int]
    _kept: "OrderedDict[tuple[str, str], _Kept[T]]" = field(default_factory=OrderedDict, init=False)

    def find(self, officer: str, key: str, body: BaseModel) -> "asyncio.Task[T] | None":
        """Find what an officer began under a key; None where it is to be begun.

        Raises:
            KeyReusedError: if the key was used with another body.
        """
        kept = self._kept.get((officer, key)) if key else None
        if kept is None or self.clock() - kept.at_ms > _KEPT_MS:
            return None
        if kept.task.done() and (kept.task.cancelled() or kept.task.exception() is not None):
            # Nothing was asked, so the same request may be tried again.
            return None
        if kept.body_digest != _digest(body):
            raise KeyReusedError("this idempotency key was used with another body")
        return kept.task

    def keep(self, officer: str, key: str, body: BaseModel, task: "asyncio.Task[T]") -> None:
        """Keep what an officer began; without a key, nothing is kept."""
        if key:
            self._kept[officer, key] = _Kept(_digest(body), self.clock(), task)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


def _digest(body: BaseModel) -> bytes:
    return hashlib.sha256(body.model_dump_json().encode()).digest()
