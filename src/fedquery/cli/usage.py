"""What stands wrong in an option is told as that: the command line is wrong, exit code 2."""

import contextlib
from collections.abc import Iterator

import click

from fedquery.errors import InputError


@contextlib.contextmanager
def option_values() -> Iterator[None]:
    """Take a refused value for one of an option.

    Raises:
        click.UsageError: in place of an `InputError`, with its words.
    """
    try:
        yield
    except InputError as error:
        raise click.UsageError(f"{error.what}. {error.do}") from None
