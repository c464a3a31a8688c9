"""Reports: every line once, nothing that a spreadsheet takes for a formula, whole or not at all."""

import csv
import io
import json
import os
import signal
import stat
from dataclasses import replace

import openpyxl
import pytest

from fedquery.ask.lists.lines import Lines
from fedquery.ask.lists.report import HEADER, entries, table_rows
from fedquery.ask.outcome import Outcome
from fedquery.ask.screening.values import Row
from fedquery.cli.screening.report_file import check_report, write_report
from fedquery.cli.screening.tally import Tally
from fedquery.config.exit_codes import ExitCode
from fedquery.identifiers import parse

PHONES = ["+84912000990", "+84912000991"]
MADE_MS = 1_800_000_000_000


def outcome(place, nation, word, **more):
    """Make an outcome."""
    return Outcome(place=place, nation=nation, dataset="phones", kind="phone", word=word, **more)


def rows(*outcomes):
    """Make the results of a screening of both phones."""
    return [
        Row(
            place=place,
            identifier=parse("phone", text).identifier,
            outcomes=tuple(one for one in outcomes if one.place == place),
        )
        for place, text in enumerate(PHONES)
    ]


def found(*outcomes, known=True):
    """Make the entries of a report: lines 3 and 7, and between them one that was not read."""
    lines = Lines()
    lines.places.extend([3, 7])
    lines.refuse(5, "a reason")
    return list(entries(rows(*outcomes), lines if known else None))


HIT = outcome(
    0,
    "VN",
    "hit",
    weak=True,
    as_of_ms=MADE_MS - 7_200_000,
    version=9,
    receipt="r",
    claim_id="c",
    policy_ids=("P1", "P2"),
    reasons=("=because",),
)
NO_HIT = outcome(1, "VN", "no hit", version=9)


def test_every_line_is_there_in_order():
    """What could not be read stands where it stood in the file."""
    assert [(3, ""), (5, "a reason"), (7, "")] == [(e.line, e.reason) for e in found(HIT, NO_HIT)]
    assert [1, 2] == [one.line for one in found(HIT, NO_HIT, known=False)]


def test_csv_has_a_row_for_each_outcome_and_no_formula(tmp_path):
    """What begins like a formula is a text."""
    path = tmp_path / "out.csv"
    write_report(path, "ab", found(HIT, NO_HIT), MADE_MS, force=False)
    header, *lines = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    assert list(HEADER) == header
    hit, unread, absent = (dict(zip(header, line, strict=True)) for line in lines)
    assert {
        "line": "3",
        "kind": "phone",
        "identifier": f"'{PHONES[0]}",
        "nation": "VN",
        "outcome": "hit",
        "possible hit": "yes",
        "why": "",
        "dataset": "phones",
        "version": "9",
        "published": "2027-01-15T06:00:00Z",
        "age in hours": "2",
        "rules": "P1, P2",
        "reasons": "'=because",
        "receipt": "r",
        "claim id": "c",
    } == hit
    assert ("5", "not asked", "a reason") == (unread["line"], unread["outcome"], unread["why"])
    assert ("7", "no hit") == (absent["line"], absent["outcome"])
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"why": "overdue", "overdue": True}, "overdue"),
        ({"why": "rules-differ"}, "rules-differ"),
        ({"why": "rules-differ", "overdue": True}, "overdue, rules-differ"),
    ],
)
def test_a_row_says_all_that_stands_against_a_hit(more, why):
    """A late one may also have forms that were not asked about."""
    (row, *_) = table_rows(found(replace(HIT, **more))[0], MADE_MS)
    assert why == dict(zip(HEADER, row, strict=True))["why"]


def test_xlsx_has_the_identifiers_as_they_are(tmp_path):
    """Cells are texts there, so nothing needs an apostrophe."""
    path = tmp_path / "out.xlsx"
    write_report(path, "ab", found(HIT, NO_HIT), MADE_MS, force=False)
    header, *lines = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    assert HEADER == header
    assert [(3, PHONES[0]), (5, None), (7, PHONES[1])] == [(one[0], one[2]) for one in lines]


def test_json_has_a_line_for_each_line(tmp_path):
    """With all outcomes below it."""
    path = tmp_path / "out.json"
    write_report(path, "ab", found(HIT, NO_HIT), MADE_MS, force=False)
    made = json.loads(path.read_bytes())
    assert ("ab", MADE_MS) == (made["screening_id"], made["made_ms"])
    hit, unread, _ = made["lines"]
    assert (PHONES[0], "hit", "c") == (
        hit["identifier"],
        hit["outcomes"][0]["word"],
        hit["outcomes"][0]["claim_id"],
    )
    assert {"line": 5, "word": "not asked", "why": "a reason"} == unread


@pytest.mark.parametrize("suffix", [".csv", ".json", ".xlsx"])
def test_an_empty_list_has_a_report_and_only_its_owner_reads_it(tmp_path, suffix):
    """Mode 0600, whatever the umask."""
    path = tmp_path / f"out{suffix}"
    write_report(path, "ab", [], MADE_MS, force=False)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("suffix", [".csv", ".json", ".xlsx"])
def test_what_breaks_off_leaves_nothing(tmp_path, suffix):
    """Neither a part of the report nor a file beside it."""

    def broken():
        yield from found(HIT, NO_HIT)
        raise OSError(28, "no space")

    with pytest.raises(OSError, match="no space"):
        write_report(tmp_path / f"out{suffix}", "ab", broken(), MADE_MS, force=False)
    assert [] == list(tmp_path.iterdir())


def test_another_file_is_replaced_by_force_alone(tmp_path):
    """Looked at before anything is asked, and again when it is written."""
    path = tmp_path / "out.json"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        check_report(path, force=False)
    with pytest.raises(FileExistsError):
        write_report(path, "ab", [], MADE_MS, force=False)
    assert ["mine"] == [one.read_text() for one in tmp_path.iterdir()]
    check_report(path, force=True)
    write_report(path, "ab", [], MADE_MS, force=True)
    assert "mine" not in path.read_text()


def test_where_a_report_cannot_be_is_told_first(tmp_path):
    """No such directory, a file in its place, or a form that is not written."""
    with pytest.raises(FileNotFoundError):
        check_report(tmp_path / "no" / "out.csv", force=False)
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        check_report(tmp_path / "file" / "out.csv", force=False)
    with pytest.raises(ValueError, match="txt"):
        check_report(tmp_path / "out.txt", force=False)


def tally(*outcomes, unread=False):
    """Count a report."""
    counted = Tally()
    list(counted.count(one for one in found(*outcomes) if unread or one.identifier))
    return counted


def test_lines_are_counted_by_word_as_nations_fold():
    """A hit in one dataset is a hit; a line counts once for each nation."""
    counted = tally(HIT, outcome(0, "VN", "no hit"), NO_HIT, outcome(0, "LA", "refused", why="x"))
    assert {"VN": {"hit": 1, "no hit": 1}, "LA": {"refused": 1}} == counted.words
    assert (1, 1, 2) == (counted.weak["VN"], counted.hit_lines, counted.read)
    assert [("LA", 1)] == [(one.nation, count) for one, count in counted.reasons.values()]


@pytest.mark.parametrize(
    ("outcomes", "kept", "code"),
    [
        ((HIT, NO_HIT), True, ExitCode.OK),
        ((HIT, NO_HIT), False, ExitCode.IO),
        ((HIT, outcome(1, "VN", "unavailable", why="timeout")), True, ExitCode.SOME),
        ((outcome(0, "VN", "refused", why="quota"),), True, ExitCode.QUOTA),
        ((outcome(0, "VN", "refused", why="policy-denied"),), True, ExitCode.REFUSED),
        ((outcome(0, "VN", "unavailable", why="timeout"),), True, ExitCode.NONE),
        ((HIT, outcome(1, "VN", "unavailable", why="x", alarm=True)), False, ExitCode.PROOF),
    ],
)
def test_exit_codes_are_those_of_a_lookup(outcomes, kept, code):
    """A false proof before everything, then what could not be kept."""
    assert code is tally(*outcomes).exit_code(kept=kept)


def test_a_line_that_was_not_read_is_not_passed_over():
    """The list was not screened whole, which a program must see."""
    assert ExitCode.SOME is tally(HIT, NO_HIT, unread=True).exit_code(kept=True)


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_a_report_that_is_killed_leaves_nothing(tmp_path, form):
    """No identifier stays beside it under another name; by a real kill, in the middle."""
    path = tmp_path / f"out.{form}"

    def killed_after(lines):
        yield from lines
        os.kill(os.getpid(), signal.SIGKILL)

    process = os.fork()
    if not process:
        try:
            many = found(HIT, NO_HIT) * 10_000
            write_report(path, "ab", killed_after(many), MADE_MS, force=False)
        finally:
            os._exit(1)
    assert signal.SIGKILL == os.WTERMSIG(os.waitpid(process, 0)[1])
    assert [] == list(tmp_path.iterdir())
