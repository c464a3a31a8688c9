"""The program `fedquery-node`."""

import sys
from collections.abc import Sequence

from fedquery.config.command_line import run
from fedquery_node.cli import cli


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program to its exit code."""
    return run(cli, argv, "fedquery-node")


if __name__ == "__main__":
    sys.exit(main())
