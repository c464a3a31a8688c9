"""Kill imports: the records are the old ones or the new ones, never half of either."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

KILLS = 200
PROGRAM = Path(__file__).parents[2] / "support" / "killed_imports.py"
HEADER = "identifier,reference,release_to\n"


@pytest.fixture
def in_memory():
    """Give a directory that no disk is behind: a kill takes nothing from the page cache."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:  # noqa: S108 -- a directory of its own in it
        yield Path(name)


@pytest.mark.parametrize("steps", [(), ("50",)], ids=["at once", "in steps"])
def test_two_hundred_kills_leave_the_old_or_the_new(member, tmp_path, in_memory, steps):
    """At random moments of the reading, the comparing and the taking over; claims as well."""
    files = []
    for nation, numbers in (("TH", range(2_400)), ("*", range(600, 3_000))):
        (tmp_path / "import").mkdir(exist_ok=True)
        path = tmp_path / "import" / f"{len(files)}.csv"
        rows = "".join(f"+8485{n:07},R{n},{nation}\n" for n in numbers)
        path.write_text(HEADER + rows)
        files.append(str(path))
    home = shutil.copytree(member.home, in_memory / "home")
    ended = subprocess.run(
        [sys.executable, str(PROGRAM), str(home), *files, str(KILLS), *steps],
        capture_output=True,
        check=False,
        timeout=1_200,
    )
    assert 0 == ended.returncode, ended.stderr.decode()[-2000:]
    found = json.loads(ended.stdout)
    assert [] == found["neither"]
    assert KILLS == found["old"] + found["new"]
    # It was killed in the middle, and not only before and after. How often says how fast the
    # machine was when it measured an import: far less than the half that is aimed at is enough.
    assert found["killed"] > KILLS / 20
    assert found["with a stage"] > KILLS / 20
    assert found["new"] > 0
    if steps:
        assert found["while taking over"] > KILLS / 20
    else:
        assert 0 == found["while taking over"]
