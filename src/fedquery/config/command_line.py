"""The edge of every command: errors to people on stderr, results alone on stdout, one exit code.

A person reads what went wrong, why, and what to do; a program that asked for `--json` reads the
same as a problem document (RFC 9457). An unexpected exception shows a reference and not its text,
because its text may be made of what was typed.
"""

import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from typing import Final

import click
from click.shell_completion import get_completion_class

from fedquery.config import logs
from fedquery.config.exit_codes import ExitCode, exit_code
from fedquery.errors import FedqueryError

_INTERRUPTED: Final = 130
# An argument with this many digits, or this long, may be a phone, an account or a wallet.
_DIGITS: Final = 4
_LONG: Final = 20
_TYPE_PREFIX: Final = "urn:fedquery:error:"


def run(group: click.Command, argv: Sequence[str] | None, prog_name: str) -> int:
    """Run a command to its exit code; nothing but `SystemExit` of the interpreter escapes.

    Args:
        group: the command; what it returns is the code, and None is 0.
        argv: the arguments without the program's name; those of the process if None.
        prog_name: the name of the program in its messages.
    """
    arguments = tuple(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    code: int
    try:
        code = _invoke(group, arguments, prog_name)
    except BrokenPipeError:
        # Whoever read has enough. What is still buffered must not fail again at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.OK
    except (click.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except click.ClickException as error:
        code = _usage(error, arguments, as_json=as_json)
    except (FedqueryError, OSError) as error:
        code = complain(error, as_json=as_json)
    except sqlite3.OperationalError:
        # A full or failing disk, or a file that another process holds; its text names a path.
        _say(
            "io",
            "the database cannot be written or read",
            why="the disk is full or failing, or another process holds the database",
            do="Check disk space and permissions, then try again; nothing was half done.",
            as_json=as_json,
        )
        code = ExitCode.IO
    except Exception as error:  # noqa: BLE001 -- the last place that can keep its text from a terminal
        reference = logs.fault("command-fault", error)
        _say(
            "internal",
            "something unexpected happened",
            why=f"{logs.shape_of(error)}, reference {reference}",
            do="Report this line; it holds nothing of what was asked.",
            as_json=as_json,
        )
        code = ExitCode.UNEXPECTED
    return code


def completion_script(group: click.Command, prog_name: str, shell: str) -> str:
    """Write the script with which a shell completes a program.

    Args:
        group: the program's command.
        prog_name: its name.
        shell: bash, zsh or fish.
    """
    chosen = get_completion_class(shell)
    if chosen is None:
        raise click.BadParameter("there is no completion for this shell")
    return chosen(group, {}, prog_name, _completion_variable(prog_name)).source()


def _invoke(group: click.Command, arguments: Sequence[str], prog_name: str) -> int:
    if _asks_for_completion(prog_name):
        group.main(list(arguments), prog_name=prog_name)
    try:
        # Not `main`: it would turn a broken pipe into the exit code of a failure.
        with group.make_context(prog_name, list(arguments)) as context:
            result = group.invoke(context)
    except click.exceptions.Exit as end:
        result = end.exit_code
    sys.stdout.flush()
    return result if isinstance(result, int) else ExitCode.OK


def _asks_for_completion(prog_name: str) -> bool:
    return _completion_variable(prog_name) in os.environ


def _completion_variable(prog_name: str) -> str:
    return f"_{prog_name}_COMPLETE".replace("-", "_").upper()


def complain(error: FedqueryError | OSError, *, as_json: bool) -> ExitCode:
    """Say on stderr what an error says to a person, and choose the exit code."""
    if isinstance(error, FedqueryError):
        _say(error.slug, error.what, why=error.why, do=error.do, as_json=as_json)
    else:
        # The text of an OSError ends with the path, which may be what a person typed.
        what = os.strerror(error.errno) if error.errno else "input or output failed"
        _say("io", what, why="", do="Check the file, its directory and the disk.", as_json=as_json)
    return exit_code(error)


def without_values(message: str, arguments: Sequence[str]) -> str:
    """Take out of a message each argument that may be an identifier; file names stay."""
    for argument in sorted(arguments, key=len, reverse=True):
        name, _, value = argument.partition("=")
        # An option's name is a value too where there is no such option.
        value = value if name.startswith("--") and value else argument.lstrip("-")
        long = len(value) >= _LONG or sum(map(str.isdigit, value)) >= _DIGITS
        if long and "/" not in value and "." not in value:
            message = message.replace(value, "(not shown)")
    return message


def _usage(error: click.ClickException, arguments: Sequence[str], *, as_json: bool) -> int:
    context = error.ctx if isinstance(error, click.UsageError) else None
    do = f"Try '{context.command_path} --help'." if context is not None else ""
    what = without_values(error.format_message(), arguments)
    _say("usage", what, why="", do=do, as_json=as_json)
    return ExitCode.NO_INPUT if isinstance(error, click.FileError) else ExitCode.USAGE


def _say(slug: str, what: str, *, why: str, do: str, as_json: bool) -> None:
    if as_json:
        problem = {"type": _TYPE_PREFIX + slug, "title": what, "detail": why, "do": do}
        text = json.dumps({key: value for key, value in problem.items() if value})
    else:
        text = f"error: {what}"
        text += f"\n  why: {why}" if why else ""
        text += f"\n  do: {do}" if do else ""
    click.echo(text, err=True)
