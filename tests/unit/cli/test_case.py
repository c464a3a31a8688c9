"""Cases by command: opened, carried to a signer and back, shown, closed."""

import io
import json
import sys
from types import SimpleNamespace

import click
import pytest

from fedquery.ask.cards import Cards, renewed
from fedquery.ask.case import Case
from fedquery.ask.case_store import read_case
from fedquery.ask.home import open_home
from fedquery.cases.card import DAY_MS
from fedquery.cli import case as commands
from fedquery.cli.__main__ import main
from fedquery.cli.case_options import case_of, day_ms
from fedquery.config.service import wall_clock
from fedquery.errors import InputError

OPEN = (
    "case", "open", "2026/117", "--purpose", "fraud", "--offence", "telecom fraud",
    "--max-penalty", "10", "--opened", "2026-11-21", "--role", "suspect",
)  # fmt: skip
WORDS = "case_file number purpose offence max_penalty opened role aim officer justification"
NOTHING = dict.fromkeys(WORDS.split()) | {"domestic": False, "sensitive": False}


@pytest.fixture(autouse=True)
def unhardened(monkeypatch):
    """Leave this process as it is: hardening is for good, and other tests run here too."""
    for module in ("case", "lookup"):
        monkeypatch.setattr(f"fedquery.cli.{module}.harden", lambda: None)


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Make an agency's home in a federation of three, and give what runs commands in it."""
    home, listed, keys = tmp_path / "home", tmp_path / "list", tmp_path / "keys"

    def call(*words, stdin=b""):
        stream = SimpleNamespace(buffer=io.BytesIO(stdin), isatty=lambda: False)
        monkeypatch.setattr(sys, "stdin", stream)
        code = main(["--home", str(home), *map(str, words)])
        out = capsys.readouterr()
        return code, out.out, out.err

    made = call("init", "--agency", "TH/cyber-police", "--sort", "police", "--federation", "mekong")
    assert 0 == made[0], made
    for nation in ("TH", "VN", "LA"):
        call("federation", "key", nation, "--out", keys)
    call("federation", "init", listed, "--name", "mekong", "--training")
    cards = [keys / f"{nation}.card.json" for nation in ("TH", "VN", "LA")]
    call("federation", "enrol", listed, *cards, home / "card.json", "--yes")
    call("federation", "quorum", listed, "1")
    call("federation", "sign", listed, "--key", keys / "TH.root.key")
    call("federation", "roots", listed, "--quorum", "1", "--out", tmp_path / "roots")
    assert 0 == call("members", listed, "--roots", tmp_path / "roots")[0]
    for nation, role in (("TH", "prosecutor"), ("VN", "judge")):
        options = ("--nation", nation, "--role", role, "--label", "one", "--out", keys)
        assert 0 == call("federation", "roster", "key", *options)[0]
    call.home, call.path = home, tmp_path
    call.prosecutor = keys / "TH.prosecutor.one.key"
    call.foreign = keys / "VN.judge.one.key"
    return call


def facts(**change):
    """Make the case that `OPEN` opens."""
    known = {
        "number": "2026/117",
        "purpose": "fraud",
        "offence": "telecom fraud",
        "maximum_penalty_years": 10,
        "opened_ms": day_ms("2026-11-21"),
    }
    return Case(**{**known, **change})


def test_a_case_has_a_card_for_each_other_nation(run):
    """Each under another name, all with the same facts."""
    code, out, err = run(*OPEN)
    assert 0 == code, err
    assert "LA, VN" in out
    file = read_case(open_home(run.home), "2026/117")
    assert ["LA", "VN"] == [one.card.holder for one in file.cards]
    assert 2 == len({one.card.pseudonym for one in file.cards})
    assert all("2026/117" not in one.note.decode() for one in file.cards)
    (path,) = (run.home / "cases").iterdir()
    assert "117" not in path.name
    assert 0o600 == path.stat().st_mode & 0o777


def test_a_case_file_is_carried_to_a_signer_and_back(run):
    """One act signs all cards; the file and the key are all that is needed."""
    run(*OPEN)
    exported = run("case", "show", "2026/117", "--export")[1].encode()
    code, signed, err = run("case", "sign", "--key", run.prosecutor, "--yes", stdin=exported)
    assert 0 == code, err
    # Whoever signs has read the facts.
    assert "telecom fraud" in err
    assert "up to 10 years" in err
    carried = run.path / "signed"
    carried.write_bytes(signed.encode())
    assert 0 == run("case", "take", carried)[0]
    found = json.loads(run("case", "show", "2026/117", "--json")[1])
    assert {"TH/cyber-police", "fedquery/TH/prosecutor/one"} == set(found["signatures"])


def test_signing_asks_on_the_terminal(run, monkeypatch):
    """No is no, and where there is no terminal nothing is signed."""
    run(*OPEN)
    for answer, signatures in ((False, 1), (True, 2)):
        monkeypatch.setattr(commands, "_confirmed", lambda _question, said=answer: said)
        run("case", "sign", "2026/117", "--key", run.prosecutor)
        file = read_case(open_home(run.home), "2026/117")
        assert all(signatures == len(one.lines) for one in file.cards)


def test_a_foreign_key_does_not_sign(run):
    """VN's judge signs no case of TH; a node would pass the line over."""
    run(*OPEN)
    code, _, err = run("case", "sign", "2026/117", "--key", run.foreign, "--yes")
    assert 65 == code
    assert "another nation's" in err


def test_a_roster_tells_a_true_signature_from_a_false_one(run):
    """Before a holder does."""
    run(*OPEN)
    roster = run.path / "roster"
    run("federation", "roster", "init", roster, "--federation", "mekong", "--nation", "TH")
    run("federation", "roster", "add", roster, run.prosecutor.with_suffix(".vkey"), "--yes")
    run("case", "sign", "2026/117", "--key", run.prosecutor, "--yes")
    shown = ("case", "show", "2026/117", "--roster", roster, "--json")
    name = "fedquery/TH/prosecutor/one"
    assert "verified" == json.loads(run(*shown)[1])["signatures"][name]
    path = next((run.home / "cases").iterdir())
    text = path.read_text()
    good = json.loads(text)["cards"]
    bent = good[0].splitlines()[-1]
    path.write_text(text.replace(bent, bent[:-6] + "AAAA" + bent[-2:]))
    assert json.loads(run(*shown)[1])["signatures"][name].startswith("FALSE")


@pytest.mark.parametrize(
    "offence",
    [
        "fraud from +855 91 555 0172",
        "fraud by 0915550172",
        "to TBHTqwWf5L5cWCwCkRiJzGgJ5t3Y4Kf1hQ",
    ],
)
def test_no_identifier_gets_into_a_case(run, offence):
    """The offence travels in the clear to every holder that is asked."""
    words = [offence if word == "telecom fraud" else word for word in OPEN]
    code, _, err = run(*words)
    assert 2 == code
    assert "digits" in err
    assert "5550172" not in err
    assert not (run.home / "cases").exists()


def test_a_missing_fact_is_named(run):
    """Where nobody can be asked for it."""
    code, _, err = run(*OPEN[:-2])
    assert 2 == code
    assert "--role" in err


def test_an_open_case_is_opened_again_on_purpose_only(run):
    """New cards have no signature but the agency's."""
    run(*OPEN)
    run("case", "sign", "2026/117", "--key", run.prosecutor, "--yes")
    assert 65 == run(*OPEN)[0]
    assert 0 == run(*OPEN, "--again")[0]
    file = read_case(open_home(run.home), "2026/117")
    assert all(1 == len(one.lines) for one in file.cards)


def test_nothing_goes_out_under_a_closed_case(run):
    """Neither a question nor a claim, and it is not opened again; before, both do."""
    run(*OPEN)
    home, now_ms = open_home(run.home), wall_clock()
    card = Cards.of(home, facts(), now_ms).for_holder("VN")
    told = facts().told_with(card, home.pseudonym_key)
    assert told == renewed(home, told, now_ms)
    assert 0 == run("case", "close", "2026/117")[0]
    for attempt in (
        lambda: Cards.of(home, facts(), now_ms),
        lambda: renewed(home, told, now_ms),
    ):
        with pytest.raises(InputError, match="closed"):
            attempt()
    assert 65 == run(*OPEN, "--again")[0]
    assert 65 == run("case", "sign", "2026/117", "--key", run.prosecutor, "--yes")[0]
    assert "closed" in run("case", "list")[1]
    assert ["closed"] == [one["state"] for one in json.loads(run("case", "list", "--json")[1])]


def test_nothing_goes_out_after_the_cards_have_ended(run):
    """An old signature does not carry a new question."""
    run(*OPEN, "--days", "1")
    home, now_ms = open_home(run.home), wall_clock()
    assert Cards.of(home, facts(), now_ms)
    with pytest.raises(InputError, match="ended"):
        Cards.of(home, facts(), now_ms + DAY_MS)


def test_an_opened_case_says_the_same_for_ever(run):
    """Another penalty than the prosecutor has read goes out under another card, or not at all."""
    run(*OPEN)
    home, now_ms = open_home(run.home), wall_clock()
    for change in (
        {"maximum_penalty_years": 20},
        {"offence": "murder"},
        {"person_role": "victim"},
        {"transnational": False},
    ):
        with pytest.raises(InputError, match="another fact"):
            Cards.of(home, facts(**change), now_ms)


def test_lookup_takes_the_facts_of_the_opened_case(run):
    """Its number is enough; options say the rest."""
    run(*OPEN)
    home = open_home(run.home)
    made = case_of(
        {**NOTHING, "number": "2026/117"}, wall_clock(), lambda number: read_case(home, number)
    )
    assert facts() == made
    other = case_of(
        {**NOTHING, "number": "2026/117", "purpose": "trafficking"},
        wall_clock(),
        lambda number: read_case(home, number),
    )
    assert "trafficking" == other.purpose
    with pytest.raises(click.UsageError, match="--purpose"):
        case_of(
            {**NOTHING, "number": "2026/118"},
            wall_clock(),
            lambda number: read_case(home, number),
        )


def test_without_an_opened_case_the_agency_signs_alone(run):
    """As before; an hour has one card, so that a holder verifies it once."""
    home, now_ms = open_home(run.home), wall_clock() // DAY_MS * DAY_MS
    first = Cards.of(home, facts(), now_ms).for_holder("VN")
    assert ("TH/cyber-police",) == first.signed_by
    assert first == Cards.of(home, facts(), now_ms + 3_599_999).for_holder("VN")
    assert first != Cards.of(home, facts(), now_ms + 3_600_000).for_holder("VN")
    told = facts().told_with(first, home.pseudonym_key)
    later = renewed(home, told, now_ms + 60 * 3_600_000)
    assert later.case.ends_ms > told.case.ends_ms
    assert later.case.pseudonym == told.case.pseudonym


def test_a_claim_shows_the_signatures_of_today(run):
    """A prosecutor may sign between a hit and its claim; the hit of another case is not claimed."""
    home, now_ms = open_home(run.home), wall_clock()
    told = facts().told_with(Cards.of(home, facts(), now_ms).for_holder("VN"), home.pseudonym_key)
    run(*OPEN)
    run("case", "sign", "2026/117", "--key", run.prosecutor, "--yes")
    expected = ("TH/cyber-police", "fedquery/TH/prosecutor/one")
    assert expected == renewed(home, told, now_ms).card.signed_by
    assert expected == renewed(home, told, now_ms, "2026/117").card.signed_by
    with pytest.raises(InputError, match="not opened"):
        renewed(home, told, now_ms, "2026/118")
    other = [word.replace("2026/117", "2026/118") for word in OPEN]
    run(*other)
    with pytest.raises(InputError, match="another case"):
        renewed(home, told, now_ms, "2026/118")
