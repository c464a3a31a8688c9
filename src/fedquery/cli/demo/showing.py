"""How the demo shows what it does: parts, steps with their times, octets in hexadecimal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is done, and how long it took."""
    started_s = time.monotonic()
    if sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415 -- only where somebody looks

        with Console(stderr=True).status(what):
            yield
    else:
        yield
    click.echo(f"  {time.monotonic() - started_s:5.1f} s  {what}")


def title(text: str) -> None:
    """Begin a part of the walk."""
    click.echo()
    click.secho(text, bold=True)


def hexdump(octets: bytes) -> Iterator[str]:
    """Write octets as lines of sixteen, with what is printable beside them."""
    for at in range(0, len(octets), 16):
        line = octets[at : at + 16]
        shown = "".join(chr(one) if 32 <= one < 127 else "." for one in line)  # noqa: PLR2004 -- printable ASCII
        yield f"{line.hex(' '):<47}  {shown}"
