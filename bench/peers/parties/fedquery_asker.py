"""The asking agency as a process, with the SDK that a program of the agency would use.

python fedquery_asker.py HOME NATION
"""

import asyncio
import itertools
import secrets
import sys
import time
from pathlib import Path

import lockstep

from fedquery.ask import Case, Client
from fedquery.identifiers import parse

_AT_ONCE = 512  # identifiers: the most of a lookup
_KIND = "phone"
_NO_PAUSE_S = 30.0


class Asker:
    """One client, open for as long as the process runs."""

    def __init__(self, home: Path, nation: str) -> None:
        self._runner = asyncio.Runner()
        self._home, self._nation = home, nation
        self._client: Client | None = None

    def connect(self, _command: lockstep.Command) -> dict[str, object]:
        """Open the client, and fetch and verify what nations have published."""
        self._runner.run(self._open())
        return {}

    def lookup(self, command: lockstep.Command) -> dict[str, object]:
        """Ask about the identifiers in `list`, for a case of its own, holding no bucket before."""
        return {"hits": self._runner.run(self._look_up(str(command["list"])))}

    def screen(self, command: lockstep.Command) -> dict[str, object]:
        """Screen the list in `list`, for a case of its own, and read what came of each line."""
        return {"hits": self._runner.run(self._screen(str(command["list"])))}

    def close(self, _command: lockstep.Command) -> dict[str, object]:
        """Close the client."""
        self._runner.run(self._close())
        return {}

    async def _open(self) -> None:
        await self._close()
        self._client = await Client.open(self._home).__aenter__()
        await self._client.refresh()

    async def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.__aexit__(None, None, None)

    async def _look_up(self, path: str) -> int:
        client, case = self._begin()
        hits = 0
        rows = lockstep.rows(path)
        while batch := list(itertools.islice(rows, _AT_ONCE)):
            identifiers = [parse(_KIND, text).identifier for text in batch]
            lookup = await client.lookup(
                identifiers, case, nations=[self._nation], deadline_s=_NO_PAUSE_S
            )
            hits += _hits([outcome.word for outcome in lookup.outcomes], len(batch))
        return hits

    async def _screen(self, path: str) -> int:
        client, case = self._begin()
        identifiers = (parse(_KIND, text).identifier for text in lockstep.rows(path))
        screening = client.screen(identifiers, case, nations=[self._nation], deadline_s=_NO_PAUSE_S)
        async with screening:
            await screening.run()
            rows = [row.outcomes for row in screening.results()]
        return _hits([outcome.word for outcomes in rows for outcome in outcomes], len(rows))

    def _begin(self) -> tuple[Client, Case]:
        """Begin as if this home had never asked, for a case that no other list was asked for."""
        client = self._client
        client.session.connection.execute("DELETE FROM bucket")
        case = Case(
            number=f"bench {secrets.token_hex(8)}",
            purpose="fraud",
            offence="telecom fraud",
            maximum_penalty_years=10,
            opened_ms=int(time.time() * 1000) - 3_600_000,
        )
        return client, case


def _hits(words: list[str], asked: int) -> int:
    # A figure of questions that were not answered would be worth nothing.
    if set(words) - {"hit", "no hit"} or len(words) != asked:
        raise RuntimeError(f"of {asked} the answers were {sorted(set(words))}")
    return words.count("hit")


if __name__ == "__main__":
    asker = Asker(Path(sys.argv[1]), sys.argv[2])
    lockstep.serve(
        {
            "connect": asker.connect,
            "lookup": asker.lookup,
            "screen": asker.screen,
            "close": asker.close,
        }
    )
