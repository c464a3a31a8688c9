"""What a node's operator wants to see at a glance; read only, also while the node serves."""

import shutil
import sqlite3
from pathlib import Path

from fedquery.encoding.canonical_json import Json
from fedquery.errors import BusyError, FedqueryError
from fedquery.storage import log_check
from fedquery.storage.database import DirectoryLock
from fedquery.storage.snapshot import snapshot
from fedquery_node import (
    grants,
    members,
    policy_store,
    proposals,
    reviews,
    rules,
    unknown_versions,
)
from fedquery_node.dataset_status import gather_datasets, render_datasets
from fedquery_node.grant_commands import document, line
from fedquery_node.home import NodeHome
from fedquery_node.log_status import gather_log, render_log
from fedquery_node.opening import SCHEDULE_LOCK, opened
from fedquery_node.serve import LOCK
from fedquery_node.stage import unfinished
from fedquery_node.status_words import dicts, moment


def gather(path: Path, now_ms: int, *, verify: bool) -> dict[str, Json]:
    """Read the state of a data directory.

    Args:
        path: the data directory.
        now_ms: the time.
        verify: whether the whole log is checked.

    Raises:
        ConsistencyError, SignatureError: if the log is checked and is not whole.
        ConfigError, StorageError: if the directory cannot be used.
    """
    with opened(path, even_forked=True) as (home, connection):
        if verify:
            log_check.verify(home.log, connection, home.log_signer.verifier_key)
        with snapshot(connection):
            return {
                "nation": home.nation,
                "serving": _running(path, LOCK),
                "scheduling": _running(path, SCHEDULE_LOCK),
                "members": _members(home, connection, now_ms),
                "policy": _policy(home, connection),
                "datasets": gather_datasets(home, connection, now_ms),
                "imports_unfinished": list(unfinished(path)),
                "versions_unknown": [
                    {"dataset": one.dataset, "version": one.version}
                    for one in unknown_versions.find(connection, path)
                ],
                "reviews": _reviews(connection),
                "kem_keys": _kem_keys(connection),
                "log": gather_log(home, connection, now_ms, verified=verify),
                "quota": _quota(connection),
                "grants": [document(one) for one in grants.listed(connection, now_ms)],
                "blocked": _pairs(connection, "SELECT agency, why FROM block"),
                "suspended": _pairs(connection, "SELECT dataset, why FROM suspension"),
                "disk_free_mib": shutil.disk_usage(path).free // 2**20,
            }


def _running(path: Path, lock: str) -> bool:
    try:
        DirectoryLock(path, lock).close()
    except BusyError:
        return True
    return False


def _members(home: NodeHome, connection: sqlite3.Connection, now_ms: int) -> dict[str, Json]:
    try:
        federation = members.load(home, connection, now_ms).federation
    except FedqueryError as error:
        return {"problem": error.what, "do": error.do}
    return {
        "federation": federation.name,
        "number": federation.number,
        "expires_ms": federation.expires_ms,
    }


def _policy(home: NodeHome, connection: sqlite3.Connection) -> dict[str, Json]:
    force, served = policy_store.in_force(connection), policy_store.served(connection)
    proposal, refused = proposals.open_proposal(home, connection), policy_store.refused(connection)
    return {
        "file": str(rules.path_of(home)),
        "digest_in_force": force.policy.hex() if force else "",
        "digest_served": served.policy.hex() if served else "",
        "taken_over": force == served,
        "digest_proposed": proposal.policy_digest.hex() if proposal else "",
        "refused": {"at_ms": refused.at_ms, "what": refused.what} if refused else None,
        "problem": rules.difference(connection, home),
    }


def _reviews(connection: sqlite3.Connection) -> dict[str, Json]:
    waiting = reviews.listed(connection)
    return {"open": len(waiting), "since_ms": waiting[0].answered_ms if waiting else None}


def _kem_keys(connection: sqlite3.Connection) -> list[Json]:
    return [
        {"key_id": key_id.hex(), "not_after_ms": not_after_ms}
        for key_id, not_after_ms in connection.execute(
            "SELECT key_id, not_after_ms FROM kem_key WHERE destroyed_ms IS NULL"
        )
    ]


def _quota(connection: sqlite3.Connection) -> list[Json]:
    return [
        {"agency": name, "window": window, "since_ms": start_ms, "elements": used}
        for name, window, start_ms, used in connection.execute(
            "SELECT name, window, start_ms, used FROM quota WHERE scope = 'agency'"
            " ORDER BY name, window"
        )
    ]


def _pairs(connection: sqlite3.Connection, query: str) -> dict[str, Json]:
    return dict(connection.execute(query).fetchall())


def render(found: dict[str, Json]) -> str:
    """Write what was gathered for a person."""
    lines = [f"node of {found['nation']}", f"serving    {'yes' if found['serving'] else 'no'}"]
    listed = found["members"]
    if isinstance(listed, dict):
        lines.append(
            f"members    {listed['problem']}"
            if "problem" in listed
            else f"members    list {listed['number']} of {listed['federation']},"
            f" until {moment(listed['expires_ms'])}"
        )
    policy = found["policy"]
    if isinstance(policy, dict):
        lines += _policy_lines(policy, serving=bool(found["serving"]))
    waiting = found["reviews"]
    if isinstance(waiting, dict) and waiting["open"]:
        since = moment(waiting["since_ms"])
        lines.append(
            f"REVIEWS    {waiting['open']} break-glass answers not signed off since {since}"
        )
    log = found["log"]
    if isinstance(log, dict):
        lines += render_log(log)
    lines += render_datasets(dicts(found["datasets"]), scheduling=bool(found["scheduling"]))
    lines += [
        f"IMPORT     of {name} is unfinished: run it again, it goes on where it was"
        for name in _texts(found["imports_unfinished"])
    ]
    lines += [
        f"UNKNOWN    version {one['version']} of {one['dataset']} was published by a newer database"
        " than this one"
        for one in dicts(found["versions_unknown"])
    ]
    lines += [
        f"quota      {one['agency']}: {one['elements']} elements, {one['window']}"
        f" since {moment(one['since_ms'])}"
        for one in dicts(found["quota"])
    ]
    lines += [f"grant      {line(one)}" for one in dicts(found["grants"])]
    for word in ("blocked", "suspended"):
        named = found[word]
        if isinstance(named, dict):
            lines += [f"{word:<10} {name}: {why}" for name, why in named.items()]
    lines.append(f"disk       {found['disk_free_mib']} MiB free")
    return "\n".join(lines)


def _policy_lines(policy: dict[str, Json], *, serving: bool) -> list[str]:
    lines = [f"policy     {_short(policy['digest_in_force']) or 'none yet'} in force"]
    if serving and not policy["taken_over"]:
        lines.append(f"           NOT TAKEN OVER: {_short(policy['digest_served'])} decides")
    if policy["digest_proposed"]:
        lines.append(f"           {_short(policy['digest_proposed'])} proposed, not activated")
    refused = policy["refused"]
    if isinstance(refused, dict):
        lines.append(f"           REFUSED {moment(refused['at_ms'])}: {refused['what']}")
    if policy["problem"]:
        lines.append(f"           THE FILE ON THE DISK {policy['problem']}")
    return lines


def _short(digest: Json) -> str:
    return str(digest)[:16]


def _texts(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
