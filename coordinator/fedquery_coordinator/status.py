"""What a coordinator's operator wants to see at a glance; read only."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

from fedquery.errors import BusyError, FedqueryError
from fedquery.storage import log_check
from fedquery.storage.database import DirectoryLock
from fedquery_coordinator import members, schema
from fedquery_coordinator.home import open_home
from fedquery_coordinator.serve import LOCK


def gather(path: Path, now_ms: int, *, verify: bool) -> dict[str, object]:
    """Read the state of a data directory.

    Args:
        path: the data directory.
        now_ms: the time.
        verify: whether the whole log is checked.

    Raises:
        ConsistencyError, SignatureError: if the log is checked and is not whole.
        ConfigError, StorageError: if the directory cannot be used.
    """
    home = open_home(path)
    with contextlib.closing(schema.connect(path)) as connection:
        if verify:
            log_check.verify(home.log, connection, home.log_signer.verifier_key)
        try:
            listed = members.load(home, connection, now_ms).federation
            number, expires_ms, problem = listed.number, listed.expires_ms, ""
        except FedqueryError as error:
            number, expires_ms, problem = 0, 0, f"{error.what}. {error.do}"
        latest = home.log.latest_checkpoint(connection)
        return {
            "name": home.settings.name,
            "serving": _serving(path),
            "member_list": number,
            "members_until_ms": expires_ms,
            "members_problem": problem,
            "log_entries": home.log.size(connection),
            "checkpoint_size": latest[0].size if latest else 0,
            "checkpoint_root": latest[0].root.hex() if latest else "",
            "log_verified": verify,
        }


def render(found: dict[str, object]) -> str:
    """Write what was gathered for a person."""
    until_ms = found["members_until_ms"]
    until = datetime.fromtimestamp(until_ms / 1000, UTC) if isinstance(until_ms, int) else None
    verified = ", verified against itself" if found["log_verified"] else ""
    members = f"list {found['member_list']}, until {until:%Y-%m-%d %H:%M UTC}" if until else ""
    log = f"{found['log_entries']} entries, {found['checkpoint_size']} in a checkpoint{verified}"
    return "\n".join(
        (
            f"coordinator {found['name']}",
            f"serving    {'yes' if found['serving'] else 'no'}",
            f"members    {found['members_problem'] or members}",
            f"log        {log}",
            f"root       {found['checkpoint_root']}",
        )
    )


def _serving(path: Path) -> bool:
    try:
        DirectoryLock(path, LOCK).close()
    except BusyError:
        return True
    return False
