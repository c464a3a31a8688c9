"""What `status` says of the datasets: rows, versions that are served, clocks, what failed."""

import sqlite3

from fedquery.encoding.canonical_json import Json
from fedquery.identifiers import kinds
from fedquery.psi.publication import Publication
from fedquery_node import late, spelling
from fedquery_node.config import DatasetSettings
from fedquery_node.home import NodeHome
from fedquery_node.status_words import dicts, moment


def gather_datasets(home: NodeHome, connection: sqlite3.Connection, now_ms: int) -> list[Json]:
    """Read what is in each dataset, what is published of it, and by what clock."""
    found: list[Json] = []
    for name, settings in sorted(home.settings.datasets.items()):
        records, subjects = connection.execute(
            "SELECT count(*), count(DISTINCT subject_id) + (SELECT count(DISTINCT form_id)"
            " FROM found_under JOIN subject ON subject.id = form_id WHERE dataset = ?1"
            " AND form_id NOT IN (SELECT subject_id FROM record WHERE dataset = ?1))"
            " FROM record WHERE dataset = ?1",
            (name,),
        ).fetchone()
        versions: list[Json] = []
        for version, state, leaf in connection.execute(
            "SELECT version, state, leaf FROM publication WHERE dataset = ? AND state != 'retired'"
            " ORDER BY version DESC",
            (name,),
        ):
            publication = Publication.decode(leaf)
            versions.append(
                {
                    "version": version,
                    "state": state,
                    "published_ms": publication.published_ms,
                    "next_due_ms": publication.next_due_ms,
                    "rules": publication.vectors_digest.hex(),
                    "rules_former": [digest.hex() for digest in publication.vectors_former],
                    "overdue": state == "serving" and now_ms > publication.next_due_ms,
                    "buckets": 1 << publication.prefix_bits,
                    "capacity": publication.capacity,
                }
            )
        found.append(
            {
                "name": name,
                "kind": settings.kind,
                "records": records,
                "rows": subjects,
                "rules": spelling.difference(
                    connection, name, kinds()[settings.kind].rules.digests
                ),
                "versions": versions,
                "clock": _clock(settings),
                "failed": _failed(connection, name),
            }
        )
    return found


def _clock(settings: DatasetSettings) -> Json:
    """Say when it is published, as node.toml does, whether or not that makes a clock."""
    if settings.publish_every_min is not None:
        return f"every {settings.publish_every_min} min"
    return "at " + ", ".join(settings.publish_at) + " UTC" if settings.publish_at else None


def _failed(connection: sqlite3.Connection, dataset: str) -> Json:
    failure = late.failure_of(connection, dataset)
    return {"at_ms": failure.at_ms, "why": failure.why} if failure else None


def render_datasets(datasets: list[dict[str, Json]], *, scheduling: bool) -> list[str]:
    """Write what was gathered for a person."""
    lines: list[str] = []
    for dataset in datasets:
        lines.append(f"dataset    {dataset['name']}: {dataset['rows']} rows ({dataset['kind']})")
        if dataset["rules"]:
            lines.append(f"           RULES DIFFER: {dataset['rules']}")
        lines += _clock_lines(dataset, scheduling=scheduling)
        lines += [
            f"           version {one['version']} {one['state']}, due {moment(one['next_due_ms'])}"
            + (", OVERDUE: publish" if one["overdue"] else "")
            for one in dicts(dataset["versions"])
        ]
    return lines


def _clock_lines(dataset: dict[str, Json], *, scheduling: bool) -> list[str]:
    lines = []
    if dataset["clock"]:
        stands = "" if scheduling else ", NOT SCHEDULED: run fedquery-node schedule"
        lines.append(f"           published {dataset['clock']}{stands}")
    failed = dataset["failed"]
    if isinstance(failed, dict):
        lines.append(f"           FAILED {moment(failed['at_ms'])}: {failed['why']}")
    return lines
