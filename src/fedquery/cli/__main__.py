"""The program `fedquery`."""

import sys
from collections.abc import Sequence

from fedquery.cli.commands import cli
from fedquery.config.command_line import run


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program to its exit code."""
    return run(cli, argv, "fedquery")


if __name__ == "__main__":
    sys.exit(main())
