"""What `fedquery audit collect` says of receipts, and the exit code that it comes to."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from fedquery.ask.collecting import Collected
from fedquery.cli.audit import collect


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Give what runs the command on receipts of these states."""

    def command(*states, options=()):
        found = [Collected(receipt="a.receipt.json", nation="VN", state=one) for one in states]

        async def done(_client):
            return found

        monkeypatch.setattr(collect, "Client", SimpleNamespace(open=lambda _home: None))
        monkeypatch.setattr(collect, "_run", done)
        result = CliRunner().invoke(
            collect.collect, options, obj=tmp_path, standalone_mode=False, catch_exceptions=False
        )
        return result.return_value, result.output

    return command


@pytest.mark.parametrize(
    ("states", "code"),
    [
        (("kept", "proved", "pending", "unlogged"), 0),
        (("kept", "former"), 3),
        (("former", "false"), 7),
        (("former", "false", "broken"), 8),
    ],
)
def test_the_worst_is_the_exit_code(run, states, code):
    """A key that was replaced is neither good nor false."""
    assert code == run(*states)[0]


def test_a_former_key_is_told_and_no_alarm(run):
    """It is counted, named with its receipt, and not called false."""
    _, text = run("former", "kept")
    assert "1  not looked at: signed under a key that the member list does not name now" in text
    assert "a.receipt.json" in text
    assert "FALSE" not in text
    counts = json.loads(run("former", options=("--json",))[1])["counts"]
    assert (1, 0) == (counts["former"], counts["false"])
