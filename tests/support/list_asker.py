"""A program that asks a list, to be killed: phones on standard input, a line for each progress.

python list_asker.py HOME [JOB]
"""

import asyncio
import json
import sys
from pathlib import Path

from fedquery.ask import Case, Client
from fedquery.identifiers import parse

_CASE = Case(
    number="list 7", purpose="fraud", maximum_penalty_years=10, opened_ms=1_700_000_000_000
)


def say(line: str) -> None:
    """Say a line to whoever may kill this program."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(home: Path, job_id: str) -> None:
    """Ask the list, or resume it, and say what each place came to."""
    async with Client.open(home) as client:
        if job_id:
            screening = client.resume_screening(job_id)
        else:
            listed = [parse("phone", line.strip()).identifier for line in sys.stdin]
            screening = client.screen(listed, _CASE, nations=["VN"])
        async with screening:
            await screening.prepare()
            say(screening.job_id)
            await screening.run(lambda _progress: say("more"))
            words = [row.outcomes[0].word for row in screening.results()]
    say(json.dumps(words))


asyncio.run(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
