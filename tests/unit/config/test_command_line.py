"""The edge of the commands: codes, texts for people and programs, and nothing that was typed."""

import json
import os
import subprocess
import sys

import click
import pytest

from fedquery import errors
from fedquery.config.command_line import run, without_values
from fedquery.config.exit_codes import ExitCode, exit_code

PHONE = "+66855501991"


def command(body):
    """Make a command with one option and one flag."""

    @click.command()
    @click.option("--count", type=click.Choice(["1", "2"]))
    @click.option("--json", "as_json", is_flag=True)
    def program(count, as_json):
        return body()

    return program


def raising(error):
    """Make a body that raises."""

    def body():
        raise error

    return body


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.SealError("x"), 7),
        (errors.InclusionError("x"), 8),
        (errors.ConsistencyError("x"), 8),
        (errors.QuotaError("x"), 6),
        (errors.RefusedError("x"), 5),
        (errors.PeerError("x"), 4),
        (errors.BusyError("x"), 75),
        (errors.ConfigError("x"), 78),
        (errors.StorageError("x"), 74),
        (errors.InputError("x"), 65),
        (FileNotFoundError(2, "x"), 66),
        (FileExistsError(17, "x"), 73),
        (PermissionError(13, "x"), 77),
        (OSError(28, "x"), 74),
    ],
)
def test_each_error_has_its_code(error, code):
    """The code says whose fault it was."""
    assert code == exit_code(error) == run(command(raising(error)), [], "fedquery")


def test_results_and_none_are_codes():
    """What a command returns is its code."""
    assert 3 == run(command(lambda: ExitCode.SOME), [], "fedquery")
    assert 0 == run(command(lambda: None), [], "fedquery")


def test_a_person_reads_what_why_and_what_to_do(capsys):
    """Three lines on stderr, nothing on stdout."""
    run(command(raising(errors.PeerError("no answer", why="timeout", do="Wait."))), [], "fedquery")
    assert ("", "error: no answer\n  why: timeout\n  do: Wait.\n") == capsys.readouterr()


def test_a_program_reads_a_problem(capsys):
    """With --json the same is a problem document."""
    run(command(raising(errors.BusyError("held", do="Wait."))), ["--json"], "fedquery")
    problem = json.loads(capsys.readouterr().err)
    assert {"type": "urn:fedquery:error:busy", "title": "held", "do": "Wait."} == problem


def test_an_unexpected_exception_shows_a_reference_and_no_text(capsys):
    """Its text may be made of what was typed."""
    assert 1 == run(command(raising(ValueError(PHONE))), [], "fedquery")
    shown = capsys.readouterr().err
    assert "reference" in shown
    assert PHONE[1:] not in shown


@pytest.mark.parametrize(
    "arguments", [[PHONE], ["--count", PHONE], [f"--count={PHONE}"], [f"--{PHONE}"]]
)
def test_a_usage_error_does_not_repeat_what_may_be_an_identifier(capsys, arguments):
    """Click's own text would."""
    assert 2 == run(command(lambda: 0), arguments, "fedquery")
    assert PHONE[1:] not in capsys.readouterr().err


def test_file_names_stay():
    """A path is needed to understand a message, and is no identifier."""
    message = "File 'import/2026-11-24.csv' is not there"
    assert message == without_values(message, ["import/2026-11-24.csv"])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_is_130(error):
    """As the shell has it."""
    assert 130 == run(command(raising(error)), [], "fedquery")


def test_a_reader_that_has_enough_is_no_error():
    """A broken pipe is quiet, also for what is still buffered at the exit."""
    program = (
        "import click, sys; from fedquery.config.command_line import run;"
        "command = click.command()(lambda: [click.echo('line') for _ in range(10)] and None);"
        "sys.exit(run(command, [], 'fedquery'))"
    )
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (0, b"") == (done.returncode, done.stderr)


def test_completion_is_asked_by_the_environment(monkeypatch, capsys):
    """The shell's question is answered by click."""
    monkeypatch.setenv("_FEDQUERY_COMPLETE", "bash_source")
    with pytest.raises(SystemExit) as ended:
        run(command(lambda: 0), [], "fedquery")
    assert 0 == ended.value.code
    assert "_FEDQUERY_COMPLETE" in capsys.readouterr().out


def test_help_is_no_error(capsys):
    """Its text goes to stdout."""
    assert 0 == run(command(lambda: 0), ["--help"], "fedquery")
    assert "Usage: fedquery" in capsys.readouterr().out
