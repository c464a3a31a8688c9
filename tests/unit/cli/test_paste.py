"""`fedquery lookup --paste`: what is found is shown masked, and only what is chosen is asked."""

import json

import pytest
from click.testing import CliRunner

from fedquery.ask import pasting
from fedquery.cli import lookup as lookup_module
from fedquery.cli import paste
from fedquery.cli.commands import cli
from fedquery.errors import InputError

TEXT = "โทร 081-234-5678\nสวัสดี 0898765432 ครับ\nดู 1234567890"


@pytest.fixture
def home(tmp_path):
    """Make a home that has settings alone: a dry run needs no keys and no members."""
    settings = 'agency = "TH/cyber-police"\nsort = "police"\nfederation = "mekong"\n'
    (tmp_path / "fedquery.toml").write_text(settings)
    return tmp_path


@pytest.fixture
def run(home, monkeypatch):
    """Run a lookup of a pasted text; nobody may be asked."""
    monkeypatch.setattr(lookup_module, "harden", lambda: None)
    monkeypatch.setattr(lookup_module.Client, "open", lambda *_: pytest.fail("a client was opened"))

    def run(*arguments, text=TEXT):
        return CliRunner().invoke(
            cli, ["--home", str(home), "lookup", *arguments], input=text, standalone_mode=False
        )

    return run


def found(text=TEXT, region="TH"):
    """Find what is in a text."""
    return pasting.in_text(text, region)


def canonical(asked):
    """List what would be asked."""
    return [one.parsed.identifier.canonical for one in asked]


def test_a_dry_run_shows_masked_values_and_asks_nobody(run):
    """With kind, certainty and line; the number itself stands nowhere."""
    ended = run("--paste", "--dry-run")
    assert 0 == ended.return_value
    lines = [line.split() for line in ended.stdout.splitlines()]
    assert ["certain", "line", "1"] == lines[1][-3:]
    assert "2345" not in ended.stdout.replace("1234", "")
    assert ["doubtful"] == [word for line in lines for word in line if word == "doubtful"]


def test_a_dry_run_as_json_has_identifiers_only_where_they_are_to_be_shown(run):
    """With `--show` each has the text that a lookup takes."""
    masked = json.loads(run("--paste", "--dry-run", "--json").stdout)
    assert "fedquery/extract/v1" == masked["schema"]
    assert ["certain", "likely", "doubtful"] == [one["certainty"] for one in masked["findings"]]
    assert all("text" not in one for one in masked["findings"])
    shown = json.loads(run("--paste", "--dry-run", "--json", "--show").stdout)
    assert "+66812345678" == shown["findings"][0]["text"]


def test_one_kind_may_be_all_that_is_wanted(run):
    """By `--kind`."""
    ended = run("--paste", "--dry-run", "--json", "--kind", "account")
    assert {"account"} == {one["kind"] for one in json.loads(ended.stdout)["findings"]}


def test_nothing_is_taken_that_is_less_certain_than_was_said():
    """Doubtful ones only by `all` or by their number."""
    assert ["+66812345678"] == canonical(paste.chosen(found(), "certain"))
    assert ["+66812345678", "+66898765432"] == canonical(paste.chosen(found(), "likely"))
    assert "TH::1234567890" not in canonical(paste.chosen(found(), "likely"))
    assert "TH::1234567890" in canonical(paste.chosen(found(), "all"))


def test_all_takes_every_reading_of_what_is_doubtful():
    """Because choosing one of them would be a guess."""
    text = "012 345 678 5"
    readings = {one.identifier.canonical for one in found(text, "KH")[0].readings()}
    assert len(readings) > 2
    assert readings == set(canonical(paste.chosen(found(text, "KH"), "all")))


def test_a_person_chooses_by_number_and_letter():
    """Another reading by its letter; what is none of them is refused."""
    assert ["+66898765432"] == canonical(paste.chosen(found(), "2"))
    assert ["TH::0898765432", "+66812345678"] == canonical(paste.chosen(found(), "2b, 1"))
    assert [] == paste.chosen(found(), " , ")
    for wrong in ("0", "4", "1z", "x", "-1", "1-2", "9" * 40, "٣"):
        with pytest.raises(InputError):
            paste.chosen(found(), wrong)


def test_without_a_terminal_nobody_chooses():
    """So nothing is asked, and the message says what to add."""
    with pytest.raises(InputError) as refused:
        paste.ask_which(found())
    assert "--take" in refused.value.do


def test_options_of_pasting_alone_are_refused(run):
    """`--take` without `--paste` would be passed over in silence."""
    assert "--paste" in str(run("--take", "all").exception)


@pytest.mark.parametrize("octets", [b"\xfb\x80", "โทร 081".encode("cp874"), b"\xff\xfe\x00\xd8"])
def test_neither_text_nor_picture_is_refused(run, octets):
    """Octets that are no UTF-8, an older encoding of Thai, half a character of UTF-16."""
    error = run("--paste", "--dry-run", text=octets).exception
    assert "neither" in str(error)
    assert "UTF-8" in error.do


@pytest.mark.parametrize("order", ["utf-16", "utf-16-le", "utf-16-be"])
def test_text_as_windows_saves_it_is_read(run, order):
    """UTF-16 that says so of itself."""
    text = "\ufeff" * (order != "utf-16") + "โทร 081-234-5678\r\n"
    assert "+66 81" in run("--paste", "--dry-run", text=text.encode(order)).output


def test_an_argument_that_is_no_file_is_not_repeated(run):
    """It may be what should have been pasted."""
    ended = run("--paste", "--dry-run", "0812345678")
    assert "0812345678" not in f"{ended.exception} {ended.exception.why} {ended.output}"
