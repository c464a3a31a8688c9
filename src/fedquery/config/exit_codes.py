"""Exit codes of the commands: they tell whose fault it was and whether trying again helps.

Those above 64 have the numbers and the meaning of sysexits.h.
"""

from enum import IntEnum
from typing import Final

from fedquery.errors import (
    BusyError,
    ConfigError,
    ConsistencyError,
    FedqueryError,
    InclusionError,
    InputError,
    NotMadeError,
    PeerError,
    ProofError,
    QuorumError,
    QuotaError,
    RefusedError,
    StorageError,
)


class ExitCode(IntEnum):
    """What a command ends with."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    SOME = 3
    NONE = 4
    REFUSED = 5
    QUOTA = 6
    PROOF = 7
    AUDIT = 8
    UNKNOWN = 9
    DATA = 65
    NO_INPUT = 66
    CANT_CREATE = 73
    IO = 74
    BUSY = 75
    PERMISSION = 77
    CONFIG = 78


# The first class that fits; the narrower ones stand before the wider ones.
_CODE_OF: Final[tuple[tuple[type[BaseException], ExitCode], ...]] = (
    (InclusionError, ExitCode.AUDIT),
    (ConsistencyError, ExitCode.AUDIT),
    (QuorumError, ExitCode.AUDIT),
    (ProofError, ExitCode.PROOF),
    (QuotaError, ExitCode.QUOTA),
    (RefusedError, ExitCode.REFUSED),
    (PeerError, ExitCode.NONE),
    (BusyError, ExitCode.BUSY),
    (NotMadeError, ExitCode.CANT_CREATE),
    (ConfigError, ExitCode.CONFIG),
    (StorageError, ExitCode.IO),
    (InputError, ExitCode.DATA),
    (FileNotFoundError, ExitCode.NO_INPUT),
    (FileExistsError, ExitCode.CANT_CREATE),
    (PermissionError, ExitCode.PERMISSION),
    (OSError, ExitCode.IO),
)


def exit_code(error: FedqueryError | OSError) -> ExitCode:
    """Choose the exit code of an error that ended a command."""
    for kind, code in _CODE_OF:
        if isinstance(error, kind):
            return code
    return ExitCode.UNEXPECTED
