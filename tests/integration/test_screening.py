"""Lists by real processes: killed again and again, each element is charged once."""

import contextlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from support.raw_asker import csv_of

from bench.scene import without_quota
from fedquery.ask import Case, Client
from fedquery.cli.demo.federation import Federation
from fedquery.errors import InputError
from fedquery.identifiers import parse

_POLICIES = Path(__file__).parents[2] / "policies"
_ASKER = Path(__file__).parents[1] / "support" / "list_asker.py"
_NATIONS = ("TH", "VN")
_HELD = [f"+8491{number:07}" for number in range(700)]
_LIST = [
    phone
    for pair in zip(_HELD, (f"+8492{n:07}" for n in range(700)), strict=True)
    for phone in pair
]


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    """Make a federation whose quotas no list can spend."""
    root = tmp_path_factory.mktemp("lists")
    root.chmod(0o700)
    made = Federation(root, _NATIONS, policies=_POLICIES)
    try:
        made.make({nation: {"phones": "phone"} for nation in _NATIONS})
        without_quota(made.node("VN") / "node.toml")
        rows = [(phone, f"VN-{place:06}", "*", "open") for place, phone in enumerate(_HELD)]
        files = tmp_path_factory.mktemp("files") / "import"
        made.import_csv("VN", "phones", csv_of(files, "vn.csv", rows))
        made.publish("VN")
        made.start()
        yield made
    finally:
        made.close()


def charged(made):
    """Read how many elements VN has charged."""
    path = made.node("VN") / "node.db"
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        row = connection.execute(
            "SELECT used FROM quota WHERE scope = 'agency' AND window = 'year'"
        ).fetchone()
    return 0 if row is None else row[0]


def asked(made, job_id, lines):
    """Ask or resume the list, and kill the program after so many lines; 0 lets it end.

    Returns:
        the id of the screening, and the words where it ended.
    """
    command = [sys.executable, str(_ASKER), str(made.asker), *([job_id] if job_id else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        if job_id:
            run.stdin.close()
        else:
            with run.stdin as typed:
                typed.write("\n".join(_LIST))
        job_id = run.stdout.readline().strip()
        said = ""
        for count, line in enumerate(run.stdout, 1):
            said = line
            if count == lines:
                run.kill()
                return job_id, None
        assert run.wait() == 0
        return job_id, json.loads(said)


def test_a_list_that_is_killed_again_and_again_is_charged_once(lists):
    """By signal 9, after one answer, two, and so on; every place comes to its word."""
    before, job_id, words = charged(lists), "", None
    for lines in (1, 1, 2, 3, 2, 1):
        job_id, words = asked(lists, job_id, lines)
        if words is not None:
            break
    if words is None:
        _, words = asked(lists, job_id, 0)
    assert words == ["hit", "no hit"] * len(_HELD)
    assert charged(lists) - before == len(_LIST)


async def test_a_list_may_stand_for_claims_and_is_erased(lists):
    """A hit is claimed from the job that found it, and from nowhere once that is erased."""
    case = Case(
        number="list 8",
        purpose="fraud",
        offence="telecom fraud",
        maximum_penalty_years=10,
        opened_ms=1_700_000_000_000,
    )
    listed = [parse("phone", phone).identifier for phone in _LIST[:6]]
    async with Client.open(lists.asker) as client:
        found = [outcome async for outcome in client.screen(listed, case) if outcome.word == "hit"]
        assert [outcome.place for outcome in found] == [0, 2, 4]
        claimed = await client.claim(found[1].claim_id)
        assert claimed.word in {"released", "refused"}
        shown = client.verify_receipt(found[1].receipt)
        assert shown.nation == "VN"
        (kept,) = [one for one in client.screenings() if one.case_number == "list 8"]
        assert (kept.state, kept.identifiers, kept.nations) == ("finished", 6, ("VN",))
        client.erase_screening(kept.job_id)
        with pytest.raises(InputError):
            await client.claim(found[0].claim_id)


async def test_a_long_list_is_one_question_for_all_that_fits(lists):
    """4,096 identifiers go through coordinator and node at once, and each comes to its word."""
    phones = [*_HELD[:50], *(f"+8493{number:07}" for number in range(4200))]
    case = Case(
        number="list 9", purpose="fraud", maximum_penalty_years=10, opened_ms=1_700_000_000_000
    )
    before = charged(lists)
    async with Client.open(lists.asker) as client:
        listed = [parse("phone", phone).identifier for phone in phones]
        async with client.screen(listed, case) as screening:
            cost = await screening.prepare()
            assert (4096, 1) in cost.nations[0].datasets[0].classes
            summary = await screening.run()
            found = [row.outcomes[0].word for row in screening.results()]
    assert summary.finished
    assert found == ["hit"] * 50 + ["no hit"] * 4200
    assert charged(lists) - before == cost.elements == summary.nations[0].elements == 4250
