"""The names of the accounts, for pages that say who did something."""

import sqlite3
from collections.abc import Collection

from fedquery.desk import accounts
from fedquery.desk.roles import ASKERS


def names_of(connection: sqlite3.Connection) -> dict[str, str]:
    """Give the name of each account, by its id; disabled ones keep theirs."""
    return {one.account_id: one.name for one in accounts.every(connection)}


def may_be_added(connection: sqlite3.Connection, members: Collection[str]) -> list[tuple[str, str]]:
    """List who can be added to a case: id and name of those who ask, and are not in it."""
    return [
        (one.account_id, one.name)
        for one in accounts.every(connection)
        if one.enabled and one.role in ASKERS and one.account_id not in members
    ]
