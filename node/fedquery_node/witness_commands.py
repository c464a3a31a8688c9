"""What this node has witnessed of the others' logs, and what it refused, for its operator."""

import os
from datetime import UTC, datetime
from pathlib import Path

from fedquery.encoding.canonical_json import Json
from fedquery.errors import ConfigError
from fedquery.storage.snapshot import snapshot
from fedquery_node import kept_heads
from fedquery_node.kept_heads import RefusedCheckpoint
from fedquery_node.opening import opened


def gather(path: Path, out: Path | None) -> dict[str, Json]:
    """Read what was cosigned last of each log, and what was refused.

    Args:
        path: the data directory.
        out: a new directory into which the evidence is written, or None.

    Raises:
        ConfigError: if the directory exists or cannot be written.
        StorageError: if the database cannot be read.
    """
    with opened(path, checked=False, even_forked=True) as (home, connection), snapshot(connection):
        refused = kept_heads.refused(connection)
        heads = kept_heads.heads(connection)
        witness = home.cosigner.verifier_key.format()
    if out is not None:
        _write(out, refused)
    return {
        "witness": witness,
        "cosigned": [
            {"origin": origin, "size": size, "cosigned_ms": at_ms} for origin, size, at_ms in heads
        ],
        "refused": [
            {
                "origin": one.origin,
                "finding": str(one.finding),
                "size": one.size,
                "seen_ms": one.seen_ms,
            }
            for one in refused
        ],
    }


def render(found: dict[str, Json]) -> str:
    """Write what was gathered for a person."""
    lines = [f"witness    {found['witness']}"]
    lines += [
        f"cosigned   {one['origin']} to {one['size']} entries, {_time(one['cosigned_ms'])}"
        for one in _dicts(found["cosigned"])
    ]
    lines += [
        f"{'FORK' if one['finding'] == 'fork' else 'refused':<10} {one['origin']} of {one['size']}"
        f" entries, {_time(one['seen_ms'])}: {_MEANING[str(one['finding'])]}"
        for one in _dicts(found["refused"])
    ]
    return "\n".join(lines)


_MEANING = {
    "fork": "its log has signed two histories; the evidence proves it to anybody",
    "unproven": "not shown to be the history that was cosigned; ask that party",
    "older": "older than what was cosigned; a sign that its log went back, or a late coordinator",
}


def _write(out: Path, refused: list[RefusedCheckpoint]) -> None:
    try:
        out.mkdir(mode=0o700)
        for number, one in enumerate(refused, 1):
            stem = f"{number:03}-{one.finding}"
            for name, octets in ((f"{stem}.request", one.request), (f"{stem}.kept", one.kept_note)):
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                with os.fdopen(os.open(out / name, flags, 0o600), "wb") as file:
                    file.write(octets)
    except OSError as error:
        raise ConfigError(
            f"{out}: {os.strerror(error.errno or 0)}", do="Name a directory that does not exist."
        ) from None


def _dicts(value: Json) -> list[dict[str, Json]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _time(value: Json) -> str:
    if not isinstance(value, int):
        return ""
    return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
