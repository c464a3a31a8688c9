"""What a disk does that is broken or full, at one operation of a run or from it on."""

from dataclasses import replace

import apsw
from simulation.disk import Disk, Fault, Operation


def fails_at(number: int) -> Fault:
    """Fail one operation: a write is done by half, and what a sync was for is lost for ever."""

    def fault(disk: Disk, at: int, operation: Operation) -> None:
        if at != number:
            return
        if operation.kind == "write":
            half = operation.octets[: len(operation.octets) // 2]
            disk.happen(replace(operation, octets=half))
        elif operation.kind == "sync":
            # Linux takes pages that it could not write for clean, and may drop them.
            disk.platter.forget(operation.name)
        raise apsw.IOError("the disk failed")

    return fault


def dies_at(number: int) -> Fault:
    """Fail every operation from one on."""

    def fault(_disk: Disk, at: int, _operation: Operation) -> None:
        if at >= number:
            raise apsw.IOError("the disk is gone")

    return fault


def full_from(number: int, count: int) -> Fault:
    """Take no write that makes a file longer, for a number of operations."""

    def fault(disk: Disk, at: int, operation: Operation) -> None:
        if operation.kind == "write" and number <= at < number + count:
            end = operation.offset + len(operation.octets)
            if end > disk.size(operation.name):
                raise apsw.FullError("the disk is full")

    return fault
