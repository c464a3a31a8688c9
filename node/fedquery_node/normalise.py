"""Bring rows to canonical form on all cores, batch by batch, in their order.

Spelling rules hold the interpreter's lock, so workers are new processes (never forks of one that
may hold threads). Rows reach them through the pipe of the pool, never through an argument or the
environment.
"""

import multiprocessing
import os
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, TypeAlias

from fedquery.identifiers import kinds
from fedquery.tabular import Row, Typed
from fedquery_node.config import NodeSettings
from fedquery_node.import_row import RowError, RowReader, reference_of

# As a row is staged: line, reference, identifier, and what `Record.values` has of it but the
# reference and the time of the import. A withdrawal has no identifier.
StagedRow: TypeAlias = tuple[str | int | bytes | None, ...]
# Row, identifier, form.
StagedForm: TypeAlias = tuple[int, bytes, bytes]
# The columns; of each row its number and texts, or why it cannot be taken; and typed cells.
_Sent: TypeAlias = tuple[
    tuple[str, ...], list[tuple[int, str | tuple[str, ...]]], dict[int, dict[str, Typed]]
]

# A pool costs more than it saves below this: starting a worker takes about half a second.
_ALONE: Final = 6  # batches
# Batches that wait for each worker, so that none idles and what waits stays small.
_AHEAD: Final = 3
_YES: Final = frozenset({"yes", "true", "t", "1"})
_NO: Final = frozenset({"", "no", "false", "f", "0"})
_WITHDRAWAL: Final = (None, "", "restricted", "", "", 0, 0, "[]")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the rows of one dataset are read.

    Attributes:
        settings: the node's settings.
        dataset: the name of the dataset, one of the settings'.
        nations: whom a row may be released to.
    """

    settings: NodeSettings
    dataset: str
    nations: frozenset[str]

    def reader(self) -> RowReader:
        """Give what reads a row; the time of the import is not in what is staged."""
        rules = kinds()[self.settings.datasets[self.dataset].kind].rules
        return RowReader(self.settings, self.dataset, self.nations, 0, rules)

    def sendable(self) -> "Spelling":
        """Leave out what no worker needs: the rest can be sent to a process."""
        datasets = {self.dataset: self.settings.datasets[self.dataset]}
        contacts = dict(self.settings.contacts)
        return replace(self, settings=replace(self.settings, datasets=datasets, contacts=contacts))


@dataclass(frozen=True, slots=True)
class Normalised:
    """A batch of rows in canonical form.

    Attributes:
        staged: those that are fit.
        forms: the less exact and former forms under which they are found as well.
        refused: the others: line and reason.
        warnings: for each warning, how many rows.
    """

    staged: list[StagedRow] = field(repr=False)
    forms: list[StagedForm] = field(repr=False)
    refused: list[tuple[int, str]]
    warnings: Counter[str]

    @property
    def rows(self) -> int:
        """Count its rows."""
        return len(self.staged) + len(self.refused)


def normalise(reader: RowReader, lines: Iterable[Row]) -> Normalised:
    """Bring a batch of rows to canonical form."""
    done = Normalised([], [], [], Counter())
    for line in lines:
        try:
            if _withdraws(reader, line):
                done.staged.append((line.number, _reference(reader, line), *_WITHDRAWAL))
                continue
            record = reader.read(line, done.warnings)
        except RowError as error:
            done.refused.append((line.number, error.reason))
            continue
        reference, *others, _now_ms, release_to = record.values
        done.staged.append((line.number, reference, record.identifier, *others, release_to))
        done.forms.extend((line.number, record.identifier, form) for form in record.forms)
    return done


def normalise_all(
    spelling: Spelling, batches: Iterable[Sequence[Row]], *, workers: int
) -> Iterator[Normalised]:
    """Bring batches to canonical form, in order, while later ones are read; few are held at a time.

    Args:
        spelling: how rows are read.
        batches: the rows.
        workers: how many processes; 1 does the work in this one.
    """
    reader, waiting_batches = spelling.reader(), iter(batches)
    alone = waiting_batches if workers == 1 else islice(waiting_batches, _ALONE)
    for batch in alone:
        yield normalise(reader, batch)
    first = next(waiting_batches, None)
    if first is None:
        return
    with ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(spelling.sendable(),),
    ) as pool:
        waiting: deque[Future[Normalised]] = deque([pool.submit(_normalise_here, _sendable(first))])
        try:
            for batch in waiting_batches:
                waiting.append(pool.submit(_normalise_here, _sendable(batch)))
                if len(waiting) > _AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


# A worker has one reader for its life.
_READER: list[RowReader] = []


def _begin(spelling: Spelling) -> None:
    # A worker waits on a pipe of which it holds both ends: it would outlive a killed import.
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    _READER[:] = [spelling.reader()]


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _normalise_here(batch: _Sent) -> Normalised:
    return normalise(_READER[0], _received(batch))


def _sendable(lines: Sequence[Row]) -> _Sent:
    """Write a batch so that sending it costs little: names once, and of each row its texts."""
    names = next((tuple(line.fields) for line in lines if line.fields is not None), ())
    texts = [
        (line.number, line.complaint if line.fields is None else tuple(line.fields.values()))
        for line in lines
    ]
    return names, texts, {line.number: dict(line.typed) for line in lines if line.typed}


def _received(batch: _Sent) -> Iterator[Row]:
    names, texts, typed = batch
    for number, said in texts:
        if isinstance(said, str):
            yield Row(number, None, said)
        elif number in typed:
            yield Row(number, dict(zip(names, said, strict=True)), typed=typed[number])
        else:
            yield Row(number, dict(zip(names, said, strict=True)))


def _withdraws(reader: RowReader, line: Row) -> bool:
    said = _column(line, reader.settings.datasets[reader.dataset].columns.deleted).lower()
    if said in _NO:
        return False
    if said not in _YES:
        raise RowError("deleted-form")
    return True


def _reference(reader: RowReader, line: Row) -> str:
    return reference_of(_column(line, reader.settings.datasets[reader.dataset].columns.reference))


def _column(line: Row, name: str) -> str:
    return "" if line.fields is None else line.fields.get(name, "").strip()
