"""Run a service that ends with whoever started it: `python -m ...leashed MODULE ARGUMENTS`.

Standard input is a pipe that the starter holds open and never writes to. When the starter ends,
however it does, the system closes the pipe, and the service gets SIGTERM as from a person.
PR_SET_PDEATHSIG would do so too early: it looks at the thread that started the process.
"""

import os
import runpy
import signal
import sys
import threading
from typing import Final

_STDIN: Final = 0


def main() -> None:
    """Become the service."""
    threading.Thread(target=_end_with_starter, daemon=True).start()
    module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_starter() -> None:
    while os.read(_STDIN, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
