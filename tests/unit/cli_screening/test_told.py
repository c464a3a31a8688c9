"""What a person reads of a list: costs, ceilings, complaints, and how far it is."""

import io

import pytest
from rich.console import Console

from fedquery.ask.allowance import Allowance, Exceeded, Window
from fedquery.ask.lists.lines import Lines
from fedquery.ask.lists.report import Entry
from fedquery.ask.outcome import Outcome
from fedquery.ask.screening.values import Cost, DatasetCost, NationCost, NationProgress, Progress
from fedquery.cli.screening import told
from fedquery.cli.screening.progress import Counted, Pace, PlainLines, duration, shown
from fedquery.cli.screening.tally import Tally
from fedquery.cli.wording import OTHER_FORMS
from fedquery.config.exit_codes import ExitCode
from fedquery.identifiers import parse


def cost(**more):
    """Make the cost of a list at VN; LA does not answer."""
    dataset = DatasetCost(
        dataset="phones",
        kind="phone",
        version=3,
        forms=1_000,
        kept=24,
        classes=((512, 1), (64, 8)),
        whole_view=False,
        octets_up=1_500_000,
        octets_down=700_000,
        bits_told=9_000,
    )
    allowance = Allowance(
        (Window("hour", 500, 1_800_000_000_000), Window("case", 90)), (("phones", 10),)
    )
    nations = (
        NationCost(nation="VN", datasets=(dataset,), allowance=allowance, **more),
        NationCost(nation="LA", why="node-down"),
    )
    return Cost(identifiers=1_200, distinct=1_024, nations=nations)


def test_the_cost_is_told_before_anything_is_asked():
    """Elements, questions, octets, bits, what is left, and what is answered already."""
    out = io.StringIO()
    told.print_cost(Console(file=out, width=120), cost())
    text = out.getvalue()
    assert "1,200 identifiers, 1,024 different ones" in text
    row = next(line.split() for line in text.splitlines() if line.startswith("VN "))
    assert ["VN", "1,024", "9", "2.2", "MB", "9,000"] == row
    left = "500 of the hour (renews 2027-01-15 08:00 UTC), 90 of the case, and 10 of grants"
    assert f"VN has left: {left}" in text
    assert "VN: 24 are answered already" in text
    assert "LA is not asked: its node does not answer" in text


def test_what_is_not_known_of_a_quota_is_not_made_up():
    """A nation says what is left with its first answer."""
    out = io.StringIO()
    unknown = NationCost(nation="VN", datasets=cost().nations[0].datasets)
    told.print_cost(
        Console(file=out, width=120), Cost(identifiers=1, distinct=1, nations=(unknown,))
    )
    assert "VN has not said yet what is left" in out.getvalue()


def test_a_ceiling_is_told_with_the_numbers():
    """What is needed, what is left, and when it renews where that is known."""
    exceeded = (
        Exceeded("hour", 1_024, 510, 1_800_000_000_000),
        Exceeded("case", 1_024, 100, None),
    )
    hour, case = told.exceeded_lines(cost(exceeded=exceeded))
    assert "VN: 1,024 elements are needed, and 510 of the hour are left" in hour
    assert "2027-01-15 08:00 UTC" in hour
    assert case.endswith("100 of the case are left")


def test_complaints_are_counted_and_the_first_lines_named():
    """The most frequent first."""
    lines = Lines()
    lines.refuse(3, "rare")
    for number in range(5, 45):
        lines.refuse(number, "frequent")
    lines.notes["look at it"] = 1
    first, second, third = told.unread_lines(lines)
    assert first.startswith("not read: 40 lines: frequent (line 5, 6,")
    assert first.endswith("24 ...)")
    assert "not read: 1 line: rare (line 3)" == second
    assert "note: 1 line: look at it" == third


def test_a_hit_whose_other_forms_were_not_asked_says_so():
    """It stands below what claims it."""
    hit = {"place": 0, "nation": "VN", "dataset": "d", "kind": "phone", "word": "hit"}
    tally, out = Tally(), io.StringIO()
    phone = parse("phone", "+84912000990").identifier
    entries = [
        Entry(line, phone, "", (Outcome(**hit, claim_id="c", why=why),))
        for line, why in ((1, ""), (2, "rules-differ"))
    ]
    list(tally.count(entries))
    told.print_tally(Console(file=out, width=200), tally, "TH", show=False)
    assert 1 == out.getvalue().count(OTHER_FORMS)


def test_a_hit_beside_something_false_is_told_and_not_to_be_claimed():
    """The nation is not to be asked again; the hit stands, with what is false below."""
    hit = {"place": 0, "nation": "VN", "dataset": "d", "kind": "phone", "word": "hit"}
    tally, out = Tally(), io.StringIO()
    phone = parse("phone", "+84912000990").identifier
    false = Outcome(**hit, claim_id="c", why="evaluation-proof", alarm=True)
    list(tally.count([Entry(1, phone, "", (false,))]))
    told.print_tally(Console(file=out, width=400), tally, "TH", show=False)
    said = out.getvalue()
    assert "VN d: do not ask again" in said
    assert "fedquery claim" not in said
    assert "STOP" in said
    assert ExitCode.PROOF is tally.exit_code(kept=True)


def test_octets_and_durations_are_told_in_two_units():
    """Rounded as people read them."""
    assert ["0 B", "999 B", "1.0 kB", "92.5 MB", "3.0 GB"] == [
        told.size(octets) for octets in (0, 999, 1_000, 92_480_000, 3 * 10**9)
    ]
    assert ["0 s", "59 s", "1 min 00 s", "1 h 01 min"] == [
        duration(seconds) for seconds in (0, 59.4, 59.5, 3_661)
    ]


def progress(answered, **more):
    """Make the progress of VN."""
    nation = NationProgress(nation="VN", forms=1_000, answered=answered, hits=0, elements=0, **more)
    return Progress(job_id="ab", nations=(nation,))


def test_the_rate_is_that_of_this_run():
    """What was answered before a resumption does not make it look faster."""
    pace = Pace(100.0, {"VN": 500})
    told = {
        now_s: pace.told(progress(answered).nations[0], now_s)
        for now_s, answered in ((100.5, 550), (110.0, 600), (120.0, 1_000))
    }
    assert {
        100.5: "550 of 1,000",
        110.0: "600 of 1,000, 10/s, 40 s left",
        120.0: "1,000 of 1,000, 25/s",
    } == told
    (one,) = progress(600, why="quota").nations
    assert "600 of 1,000, stopped: quota" == pace.told(one, 120.0)
    (one,) = progress(600, waiting_until_ms=1).nations
    assert "600 of 1,000, waiting" == pace.told(one, 120.0)


def test_lines_come_every_ten_seconds():
    """Where no terminal is, a log is not filled."""
    said, now = [], [0.0]
    lines = PlainLines(said.append, {}, lambda: now[0])
    for second in range(25):
        now[0] = float(second)
        lines(progress(second * 10))
    assert ["VN 100 of 1,000, 10/s, 1 min 30 s left", "VN 200 of 1,000, 10/s, 1 min 20 s left"] == (
        said
    )


@pytest.mark.parametrize("terminal", [False, True])
def test_bars_and_counts_change_nothing_of_what_is_read(terminal, capsys, monkeypatch):
    """A list that is shown is the list; nations are shown by name."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    counted = Counted(range(2_500))
    with counted.shown(terminal=terminal):
        assert list(range(2_500)) == list(counted)
    with shown({"VN": 1}, terminal=terminal) as show:
        show(progress(10))
        show(progress(1_000))
    assert ("VN" in capsys.readouterr().err) is terminal
