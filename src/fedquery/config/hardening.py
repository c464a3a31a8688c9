"""What a service does to its own process before it reads a key.

A crash must not write memory to disk: a core file would hold keys and, at the asker, identifiers.
Two doors, because a `core_pattern` that pipes to a program does not heed the size limit (core(5)).
"""

import ctypes
import os
import resource
import sys

from fedquery.errors import ConfigError

# <linux/prctl.h>
_PR_GET_DUMPABLE = 3
_PR_SET_DUMPABLE = 4


def harden() -> None:
    """Forbid core files, debuggers of the same user, and group or world bits on new files.

    Raises:
        ConfigError: if the system does not let itself be told.
    """
    os.umask(0o077)
    # gRPC must never fork with its threads running; fedquery spawns instead.
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        # The call fails silently where a filter forbids it, so it is read back.
        if libc.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) != 0:
            raise ConfigError("core dumps cannot be switched off", do="Allow prctl(2).")
