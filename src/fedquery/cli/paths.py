"""Paths of a command line: what has to be there, and what is to be made (docs/cli.md, exit codes).

Both are looked at before a command begins, so that no hour of work ends at a mistyped directory.
"""

import errno
import os
from pathlib import Path
from typing import Any, Final

import click

from fedquery.errors import NotMadeError


class Present(click.Path):
    """A path that has to be there; where it is not, a file is missing, and no option is wrong."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 -- as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401 -- as click has it
        """Take the path.

        Raises:
            click.FileError: if there is nothing; exit code 66.
            PermissionError: if it may not be read; exit code 77.
            click.BadParameter: if it is of the wrong sort.
        """
        if not os.path.lexists(value):
            raise click.FileError(os.fspath(value), hint="there is no such file or directory")
        if not os.access(value, os.R_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return super().convert(value, param, ctx)


class Target(click.Path):
    """A path at which something is to be made, in a directory that is there."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 -- as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401 -- as click has it
        """Take the path.

        Raises:
            NotMadeError: if its directory is not there; exit code 73.
            click.BadParameter: if it is of the wrong sort.
        """
        directory = Path(os.fsdecode(value)).parent
        if not directory.is_dir():
            raise NotMadeError(f"{directory}: there is no such directory")
        return super().convert(value, param, ctx)


FILE: Final = Present(exists=True, dir_okay=False, path_type=Path)
DIRECTORY: Final = Present(exists=True, file_okay=False, path_type=Path)
ANY: Final = Present(exists=True, path_type=Path)
NEW_FILE: Final = Target(dir_okay=False, path_type=Path)
NEW_DIRECTORY: Final = Target(path_type=Path)
