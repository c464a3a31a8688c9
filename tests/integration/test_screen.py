"""`fedquery screen` against real processes: costs first, a whole report, nothing asked twice."""

import csv
import io
import json
import stat
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from integration.conftest import ABSENT, HOUR, PHONES, REFERENCE

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
OPTIONS = (
    *("--purpose", "fraud", "--max-penalty", "10", "--opened", "2026-11-20"),
    *("--offence", "telecom fraud", "--nations", "VN"),
)


@pytest.fixture
def folder(tmp_path):
    """Make a folder in which lists and reports may hold identifiers."""
    made = tmp_path / "import"
    made.mkdir()
    return made


@pytest.fixture
def numbers(folder):
    """Write a list: a hit, a line that is none, no hit, and the hit again."""
    path = folder / "numbers.csv"
    rows = [("name", "phone"), ("a", PHONES[0]), ("b", "6.6E+10"), ("c", ABSENT), ("d", PHONES[0])]
    path.write_text("".join(f"{name},{phone}\n" for name, phone in rows))
    return path


def screened(federation, *arguments):
    """Screen, and read what came of it."""
    done = federation.run_asker("screen", *arguments, "--yes", "--json")
    assert "{" in done.out, done.err
    found = json.loads(done.out)
    jsonschema.validate(found, json.loads((SCHEMAS / "screening.v1.json").read_bytes()))
    assert found["exit_code"] == done.code
    return found, done


def kept(federation):
    """List what is kept."""
    return json.loads(federation.run_asker("screenings", "list", "--json").out)


def test_a_list_comes_to_a_report_with_every_line(federation, folder, numbers):
    """A line for each line, a hit that can be claimed, and no identifier beside the report."""
    report = folder / "found.csv"
    found, done = screened(
        federation, str(numbers), "--column", "phone", "--case", "s1", *OPTIONS, "--report", report
    )
    assert ({"read": 3, "unread": 1, "hit": 2}, 2) == (found["lines"], found["distinct"])
    assert {"hit": 2, "no hit": 1, "refused": 0, "unavailable": 0, "stale": 0} == (
        found["nations"][0]["words"]
    )
    assert 3 == done.code
    assert "(line 3)" in done.err
    assert 0o600 == stat.S_IMODE(report.stat().st_mode)
    rows = list(csv.DictReader(io.StringIO(report.read_bytes().decode("utf-8-sig"))))
    assert [("2", "hit"), ("3", "not asked"), ("4", "no hit"), ("5", "hit")] == [
        (row["line"], row["outcome"]) for row in rows
    ]
    assert rows[0]["receipt"]
    claimed = federation.run_asker("claim", rows[3]["claim id"])
    assert REFERENCE.format(0) in claimed.out
    assert PHONES[0][3:] not in done.out + done.err + claimed.out


def test_a_screening_is_resumed_without_asking_again(federation, folder, numbers):
    """Its report is written once more with the numbers of its lines, then it is erased."""
    found, _ = screened(federation, str(numbers), "--column", "2", "--case", "s2", *OPTIONS)
    job_id = found["screening_id"]
    assert job_id in [one["job_id"] for one in kept(federation)]
    report = folder / "found.xlsx"
    again, _ = screened(federation, "--resume", job_id, "--report", str(report))
    assert found["nations"][0]["words"] == again["nations"][0]["words"]
    assert 0 == again["nations"][0]["elements"]
    _, *rows = openpyxl.load_workbook(report).worksheets[0].iter_rows(values_only=True)
    assert [(2, PHONES[0]), (3, None), (4, ABSENT), (5, PHONES[0])] == [
        (row[0], row[2]) for row in rows
    ]
    whole = folder / "found.json"
    screened(federation, "--resume", job_id, "--report", str(whole))
    schema = json.loads((SCHEMAS / "screening-report.v1.json").read_bytes())
    jsonschema.validate(json.loads(whole.read_bytes()), schema)
    assert 0 == federation.run_asker("screenings", "erase", job_id).code
    assert job_id not in [one["job_id"] for one in kept(federation)]
    assert [] == [*(federation.asker / "screenings").glob(f"{job_id}*")]
    assert 65 == federation.run_asker("screen", "--resume", job_id, "--yes").code
    assert 65 == federation.run_asker("screenings", "erase", job_id).code


@pytest.mark.parametrize("how", ["dry", "nobody", "no column", "all unread", "report", "gone"])
def test_what_is_not_agreed_to_asks_nobody_and_keeps_nothing(federation, folder, numbers, how):
    """Nobody is asked, the list is not kept, and what is told holds nothing of the list."""
    before = kept(federation)
    seen = len(list(federation.seen.iterdir()))
    list_ = [str(numbers), "--column", "phone", "--case", f"s3 {how}", *OPTIONS]
    more, code = [], 65
    if how == "dry":
        more, code = ["--dry-run", "--json"], 0
    elif how == "nobody":
        code = 2
    elif how == "no column":
        del list_[1:3]
        more = ["--yes"]
    elif how == "all unread":
        list_[2] = "name"
        more = ["--yes"]
    elif how == "report":
        (folder / "mine.csv").touch()
        more, code = ["--yes", "--report", str(folder / "mine.csv")], 2
    elif how == "gone":
        list_[0] = str(folder / "gone.csv")
    done = federation.run_asker("screen", *list_, *more)
    assert code == done.code, done.err
    assert before == kept(federation)
    assert seen == len(list(federation.seen.iterdir()))
    assert PHONES[0][3:] not in done.out + done.err
    if how == "dry":
        assert 1 == json.loads(done.out)["unread"]
        assert json.loads(done.out)["nations"][0]["elements"] >= 2


def test_a_nation_that_refuses_is_told_apart(federation, folder, numbers):
    """MM refuses the police: VN's answers are there, and the exit code says that some are not."""
    found, done = screened(
        federation,
        *(str(numbers), "--column", "phone", "--case", "s4", *OPTIONS[:-1], "VN,MM"),
    )
    words = {one["nation"]: one["words"] for one in found["nations"]}
    assert (3, 2) == (words["MM"]["refused"], words["VN"]["hit"])
    assert "policy-denied" in [one["why"] for one in found["reasons"]]
    assert 3 == done.code


def test_people_read_counts_hits_and_what_was_refused(federation, folder):
    """Masked unless it is to be shown, on standard output; costs on standard error."""
    path = folder / "numbers.txt"
    path.write_text(f"# a list\n{PHONES[1]}\n{ABSENT}\n")
    done = federation.run_asker("screen", str(path), "--case", "s5", *OPTIONS, "--yes")
    assert 0 == done.code, done.err
    assert "2 identifiers, 2 different ones" in done.err
    assert "line 2: phone" in done.out
    assert "fedquery claim " in done.out
    assert PHONES[1] not in done.out
    shown = federation.run_asker("screen", str(path), "--case", "s5", *OPTIONS, "--yes", "--show")
    assert PHONES[1] in shown.out


def test_a_list_that_exceeds_a_quota_is_refused_with_the_numbers(federation, folder):
    """Once a nation has said what is left, a list above it asks nobody; the time is printed."""
    one, many = folder / "one.txt", folder / "many.txt"
    one.write_text(f"{ABSENT}\n")
    many.write_text("".join(f"+8491{number:07}\n" for number in range(HOUR + 1)))
    screened(federation, str(one), "--case", "s6", *OPTIONS)
    before, seen = kept(federation), len(list(federation.seen.iterdir()))
    done = federation.run_asker("screen", str(many), "--case", "s6", *OPTIONS, "--yes")
    assert 6 == done.code, done.err
    assert "of the hour are left; it renews at" in done.err
    assert (before, seen) == (kept(federation), len(list(federation.seen.iterdir())))
