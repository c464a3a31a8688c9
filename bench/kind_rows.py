"""What the further rows of a kind cost: `python -m bench.kind_rows --records 100000`.

Records of some kinds are rows under less exact forms too (protocol.md, 1). Each kind is imported
and published by itself in one process, as `fedquery-node` does it, beside phones, which have one
row a record. Every identifier and nearly every less exact form is another one: the worst case.
Compared is processor time of all cores, which other work on the machine lengthens little.
"""

import argparse
import json
import os
import random
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import islice
from pathlib import Path
from typing import Final

from fedquery_node import difference, schema
from fedquery_node.config import load_settings
from fedquery_node.file_source import FileSource
from fedquery_node.import_source import START
from fedquery_node.importer import Importer
from fedquery_node.keystore import KeyStore
from fedquery_node.publish import Publisher
from fedquery_node.stage import staged

from bench import machine
from fedquery.config.service import wall_clock
from fedquery.identifiers.samples import drawn

_KINDS: Final = ("phone", "account", "email", "domain", "url", "ip")
_NATIONS: Final = ("CN", "KH", "LA", "MM", "TH")
_SEED: Final = 20261125
_SETTINGS: Final = """
nation = "VN"
federation = "example"
listen = "127.0.0.1:0"
policies = "policies"
[datasets.rows]
kind = "{kind}"
"""


def _addresses(choose: random.Random) -> Iterator[str]:
    """Invent connections from everywhere: the samples' addresses are few, and share their rows."""
    while True:
        address = IPv4Address(choose.randrange(0x0B00_0000, 0x6400_0000))
        day = f"2026-{choose.randrange(1, 13):02}-{choose.randrange(1, 29):02}"
        yield f"{address}/{day}T{choose.randrange(24):02}Z/{choose.randrange(1024, 65_536)}"


def _texts(kind: str, count: int) -> Iterator[str]:
    choose = random.Random(_SEED)  # noqa: S311 -- a fixture, no secret
    if kind == "ip":
        return islice(dict.fromkeys(islice(_addresses(choose), 2 * count)), count)
    texts = (one.canonical for one in islice(drawn(kind, "VN", choose.randrange), 2 * count))
    return islice(dict.fromkeys(texts), count)


def _write_csv(path: Path, kind: str, records: int) -> int:
    written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("identifier,reference,handling,first_seen,last_seen,release_to\n")
        for written, text in enumerate(_texts(kind, records), 1):
            file.write(f'"{text}",B-{written:08},open,2026-01-02,2026-10-11,*\n')
    return written


@dataclass(frozen=True, slots=True)
class _Times:
    """A moment by the clock and by what this process and its children have computed."""

    clock_s: float
    computed_s: float

    @classmethod
    def now(cls) -> "_Times":
        """Take both."""
        return cls(time.perf_counter(), sum(os.times()[:4]))

    def since(self, before: "_Times", what: str) -> dict[str, float]:
        """Give what has passed, under two names."""
        return {
            f"{what}_s": round(self.clock_s - before.clock_s, 2),
            f"{what}_processor_s": round(self.computed_s - before.computed_s, 2),
        }


def _import(
    home: Path, connection: sqlite3.Connection, importer: Importer, source: FileSource
) -> int:
    """Import a file as the command does, and count its rows."""
    identity = importer.identity(source, START)
    with staged(home, importer.dataset, identity, anew=True) as stage:
        importer.read(source, stage, START)
        difference.attach(connection, stage.path)
        try:
            report = importer.compare(connection, stage)
            importer.take_over(connection, source, stage)
        finally:
            difference.detach(connection)
        stage.forget()
    return report.imported


def _measure(home: Path, kind: str, records: int) -> dict[str, float]:
    (home / "node.toml").write_text(_SETTINGS.format(kind=kind), encoding="utf-8")
    settings, keys = load_settings(home), KeyStore(home)
    keys.make_directories()
    keys.create("log", secrets.token_bytes(32))
    schema.create(home, settings)
    file = home / "rows.csv"
    written = _write_csv(file, kind, records)
    cores = len(os.sched_getaffinity(0))
    source = FileSource.of(file, settings.datasets["rows"].columns)
    importer = Importer(settings, "rows", frozenset(_NATIONS), wall_clock(), workers=cores)
    # No witness has seen anything of this node.
    publisher = Publisher(home, settings, keys, secrets.token_bytes, lambda: 0, cores)
    with closing(schema.connect(home)) as connection:
        started = _Times.now()
        imported_rows = _import(home, connection, importer, source)
        imported = _Times.now()
        published = publisher.publish(connection, "rows", _NATIONS, wall_clock())
        ended = _Times.now()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if imported_rows != written:
        raise RuntimeError("rows were refused")
    return {
        "records": written,
        "rows": published.rows,
        **imported.since(started, "import"),
        **ended.since(imported, "publish"),
        "octets_a_record": round(_octets(home, file) / written),
    }


def _octets(home: Path, without: Path) -> int:
    return sum(one.stat().st_size for one in home.rglob("*") if one.is_file() and one != without)


def _over(found: Mapping[str, float], phones: Mapping[str, float]) -> dict[str, float]:
    """Compare a kind to phones, record for record."""
    more = phones["records"] / found["records"]
    compared = {
        name: found[name] / phones[name] * more
        for name in ("rows", "import_processor_s", "publish_processor_s")
    }
    compared["octets_a_record"] = found["octets_a_record"] / phones["octets_a_record"]
    return {name: round(value, 2) for name, value in compared.items()}


def main() -> None:
    """Measure the kinds one after another and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.kind_rows")
    parser.add_argument("--records", type=int, default=100_000, help="records a kind")
    chosen = parser.parse_args()
    found = {}
    for kind in _KINDS:
        with tempfile.TemporaryDirectory(prefix="fedquery-bench-") as name:
            found[kind] = _measure(Path(name), kind, chosen.records)
    over = {kind: _over(one, found["phone"]) for kind, one in found.items()}
    print(json.dumps({**machine.describe(), "kinds": found, "over_phones": over}, indent=2))


if __name__ == "__main__":
    main()
