"""SQLite over the simulated disk, by APSW's virtual file system.

Sector size and device characteristics are those of SQLite's own unix files, and the directory is
synced where those sync it. What differs: no memory is shared between connections, so that the
connection must be in exclusive locking mode, which writes the same to the disk.
"""

import itertools
from typing import Any

import apsw
from simulation.disk import Disk, Operation

_NUMBERS = itertools.count()
# What unixSectorSize and unixDeviceCharacteristics say on Linux.
_SECTOR_SIZE = 4096
_CHARACTERISTICS = apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE
_JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL


class SimulatedVfs(apsw.VFS):
    """A virtual file system whose files are on a simulated disk.

    Args:
        disk: the disk; another one may take its place, as after a restart.
    """

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.name = f"simulated-{next(_NUMBERS)}"
        super().__init__(self.name, "")

    def xAccess(self, name: str, _flags: int) -> bool:  # noqa: N802  # APSW's name
        """Say whether a file is there."""
        return name in self.disk

    def xFullPathname(self, name: str) -> str:  # noqa: N802  # APSW's name
        """Leave a name as it is."""
        return name

    def xDelete(self, name: str, sync_directory: bool) -> None:  # noqa: N802, FBT001  # APSW's
        """Take a file away."""
        if name not in self.disk:
            raise apsw.exception_for(apsw.SQLITE_IOERR_DELETE_NOENT)
        self.disk.do(Operation("delete", name))
        if sync_directory:
            self.disk.do(Operation("sync directory", name))

    def xOpen(self, name: Any, flags: list[int]) -> "_File | _Scratch":  # noqa: N802  # APSW's
        """Open a file; one without a name is temporary and not on the disk."""
        if name is None:
            return _Scratch()
        text = name if isinstance(name, str) else name.filename()
        made = text not in self.disk
        if made:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise apsw.CantOpenError("there is no such file")
            self.disk.do(Operation("make", text))
        flags[1] = flags[0]
        return _File(self.disk, text, names_file=made and bool(flags[0] & _JOURNALS))


class _Scratch:
    """A temporary file, in memory."""

    def __init__(self) -> None:
        self._content = bytearray()

    def xRead(self, count: int, offset: int) -> bytes:  # noqa: N802  # APSW's name
        return bytes(self._content[offset : offset + count])

    def xWrite(self, octets: bytes, offset: int) -> None:  # noqa: N802  # APSW's name
        Operation("write", "", offset, bytes(octets)).apply(self._content)

    def xTruncate(self, size: int) -> None:  # noqa: N802  # APSW's name
        Operation("truncate", "", size).apply(self._content)

    def xFileSize(self) -> int:  # noqa: N802  # APSW's name
        return len(self._content)

    def xSync(self, flags: int) -> None:  # noqa: N802  # APSW's name
        pass

    def xClose(self) -> None:  # noqa: N802  # APSW's name
        pass

    # One process has the file: every lock is granted.
    def xLock(self, level: int) -> None:  # noqa: N802  # APSW's name
        pass

    def xUnlock(self, level: int) -> None:  # noqa: N802  # APSW's name
        pass

    def xCheckReservedLock(self) -> bool:  # noqa: N802  # APSW's name
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:  # noqa: N802  # APSW's name
        return False

    def xSectorSize(self) -> int:  # noqa: N802  # APSW's name
        return _SECTOR_SIZE

    def xDeviceCharacteristics(self) -> int:  # noqa: N802  # APSW's name
        return _CHARACTERISTICS


class _File(_Scratch):
    """A file on the disk."""

    def __init__(self, disk: Disk, name: str, *, names_file: bool) -> None:
        super().__init__()
        self._disk = disk
        self._name = name
        # unixOpen: the first sync of a journal that was made syncs its directory too.
        self._names_file = names_file

    def xRead(self, count: int, offset: int) -> bytes:  # noqa: N802  # APSW's name
        self._disk.do(Operation("read", self._name, offset))
        return self._disk.read(self._name, offset, count)

    def xWrite(self, octets: bytes, offset: int) -> None:  # noqa: N802  # APSW's name
        self._disk.do(Operation("write", self._name, offset, bytes(octets)))

    def xTruncate(self, size: int) -> None:  # noqa: N802  # APSW's name
        self._disk.do(Operation("truncate", self._name, size))

    def xFileSize(self) -> int:  # noqa: N802  # APSW's name
        return self._disk.size(self._name)

    def xSync(self, flags: int) -> None:  # noqa: N802  # APSW's name
        self._disk.do(Operation("sync", self._name))
        if self._names_file:
            self._disk.do(Operation("sync directory", self._name))
            self._names_file = False
