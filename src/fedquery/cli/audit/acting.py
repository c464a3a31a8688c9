"""What the commands that act on details have in common: who acts, and the checkpoint behind it."""

import secrets
from typing import Final

from fedquery.cli import paths
from fedquery.config.keyfile import read_secret
from fedquery.config.service import wall_clock
from fedquery.storage.applications import ASKER
from fedquery.storage.auditor_acts import Act
from fedquery.storage.data_directory import DataDirectory
from fedquery.storage.transaction import transaction
from fedquery.tlog.note import Signer

HOME: Final = paths.DIRECTORY
_SEED: Final = 32
BY_HOME: Final = "home"


def act_of(why: str, by: str = BY_HOME) -> Act:
    """Say who acts now, and why."""
    return Act(by, why, wall_clock(), secrets.token_bytes)


def sign_agencys_log(home: DataDirectory, now_ms: int) -> None:
    """Sign the log of an agency, as each of its commands does; a node signs by its own clock."""
    if home.application is not ASKER:
        return
    signer = Signer(home.log.origin, read_secret(home.path / "keys" / "log.key", _SEED))
    with transaction(home.connection):
        home.log.sign_checkpoint(home.connection, signer, now_ms)
