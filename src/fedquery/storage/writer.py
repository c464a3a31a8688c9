"""One thread writes: it takes the changes that wait and commits them together.

A change is a function of the connection. Each runs in a savepoint of its own, so one that raises
undoes itself and nothing else, and nobody learns a result before the commit that makes it durable.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fedquery.errors import BusyError, StorageError

T = TypeVar("T")

QUEUE_LIMIT = 1024
GROUP_LIMIT = 128


@dataclass(slots=True)
class _Job(Generic[T]):
    """A change that waits, and what it came to."""

    change: Callable[[sqlite3.Connection], T]
    future: Future[T]
    result: T | None = None
    error: BaseException | None = None

    def deliver(self) -> None:
        if self.error is None:
            self.future.set_result(self.result)  # type: ignore[arg-type]  # set where no error is
        else:
            self.future.set_exception(self.error)


def _take_exception(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()


class Writer:
    """Run changes one after the other, many to a commit.

    Args:
        connection: in autocommit mode; the writer owns it from here on and closes it at the end.
        queue_limit: how many changes may wait.
        group_limit: how many changes one commit may hold.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        queue_limit: int = QUEUE_LIMIT,
        group_limit: int = GROUP_LIMIT,
    ) -> None:
        if queue_limit < 1 or group_limit < 1:
            raise ValueError("the limits are at least 1")
        self._connection = connection
        self._group_limit = group_limit
        # None ends the thread.
        self._queue: queue.Queue[_Job[Any] | None] = queue.Queue(queue_limit)
        self._closing = threading.Lock()
        self._closed = False
        self._commits = 0
        self._thread = threading.Thread(target=self._work, name="fedquery-writer", daemon=True)
        self._thread.start()

    @property
    def commits(self) -> int:
        """Count the commits so far."""
        return self._commits

    def submit(self, change: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Put a change into the queue.

        The change must not begin, commit or roll back a transaction, and must not keep the
        connection. It sees what the changes before it did.

        Args:
            change: called once, in the writer's thread.

        Returns:
            A future that is resolved after the commit with what the change returned or raised;
            with StorageError if the commit failed. Then nothing of the change is there while this
            process lives. After a restart it may be found, as a whole: the disk had taken all of it
            and failed to say so.

        Raises:
            BusyError: if too many changes wait already.
            StorageError: if the writer is closed.
        """
        job = _Job(change, Future[T]())
        # The lock keeps a change from slipping in behind the mark that ends the thread.
        with self._closing:
            if self._closed:
                raise StorageError("the database is closed")
            try:
                self._queue.put_nowait(job)
            except queue.Full:
                raise BusyError("too many changes wait for the disk", do="Ask again.") from None
        return job.future

    async def run(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Put a change into the queue and wait for its commit; see `submit`.

        Cancelling the waiter does not take the change back: it is committed, or not, as a whole.
        """
        future = asyncio.wrap_future(self.submit(change))
        # A waiter that was cancelled leaves nobody to take the exception, which asyncio would log
        # with its text. shield() does not prevent that.
        future.add_done_callback(_take_exception)
        # Cancelling a wait, other than cancelling an await, does not cancel what is waited for.
        await asyncio.wait([future])
        return future.result()

    def close(self) -> None:
        """Commit what waits, then close the connection; closing twice does nothing."""
        with self._closing:
            closed, self._closed = self._closed, True
        if not closed:
            self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while self._work_once():
            pass
        self._connection.close()

    def _work_once(self) -> bool:
        # A call of its own, so that an idle thread keeps no change, result or exception alive.
        group, ended = self._take()
        if group:
            self._commit(group)
            for job in group:
                job.deliver()
        return not ended

    def _take(self) -> tuple[list[_Job[Any]], bool]:
        """Wait for a change, then take those that wait behind it, without those taken back."""
        group: list[_Job[Any]] = []
        job = self._queue.get()
        while job is not None:
            if job.future.set_running_or_notify_cancel():
                group.append(job)
            if len(group) == self._group_limit:
                return group, False
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _commit(self, group: list[_Job[Any]]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job in group:
                self._apply(job)
            self._connection.execute("COMMIT")
            self._commits += 1
        except Exception:  # noqa: BLE001  # nobody may wait forever, whatever went wrong
            # What a change decided may rest on another one of the group, so none of them stands.
            for job in group:
                job.error = StorageError("the disk did not confirm the change")
            self._undo()

    def _apply(self, job: _Job[Any]) -> None:
        self._connection.execute("SAVEPOINT change")
        try:
            job.result = job.change(self._connection)
        except BaseException as error:  # noqa: BLE001  # it is handed to the caller, whatever it is
            job.error = error
            # Fails if SQLite has rolled everything back by itself, as after an I/O error: going on
            # would commit the later changes of the group without the earlier ones.
            self._connection.execute("ROLLBACK TO change")
        # Fails if the change ended the transaction, and with it everybody's.
        self._connection.execute("RELEASE change")

    def _undo(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            # The next BEGIN fails while this lasts, so every later change is refused too.
            return
