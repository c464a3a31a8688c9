"""Completion: what a shell offers for a screening."""

import pytest
from click.shell_completion import ShellComplete

from fedquery.cli.commands import cli

JOB = "00112233445566aa"


def offered(arguments, incomplete):
    """Ask for completions as a shell does."""
    shell = ShellComplete(cli, {}, "fedquery", "_FEDQUERY_COMPLETE")
    return [one.value for one in shell.get_completions(arguments, incomplete)]


@pytest.mark.parametrize(
    "arguments", [["screen", "--resume"], ["screenings", "erase"], ["screenings", "report"]]
)
def test_ids_of_what_is_kept_are_offered(tmp_path, arguments):
    """By the names of files; nothing is opened, and lines of lists are none."""
    (tmp_path / "screenings").mkdir()
    for name in (f"{JOB}.db", f"{JOB}.lines", "ff.db"):
        (tmp_path / "screenings" / name).touch()
    assert [JOB] == offered(["--home", str(tmp_path), *arguments], "00")
    assert [] == offered(["--home", str(tmp_path / "gone"), *arguments], "00")


def test_options_and_their_words_are_offered():
    """Forms of files and kinds."""
    assert "--report" in offered(["screen"], "--rep")
    assert ["parquet"] == offered(["screen", "--form"], "par")
