"""Whose log it is, by its name."""

import re
from typing import Final, Literal, TypeAlias

from fedquery.errors import InputError

Kind: TypeAlias = Literal["node", "coordinator", "agency"]

_FEDERATION: Final = r"fedquery\.log/([a-z0-9][a-z0-9.-]{0,39})"
_LABEL: Final = r"[a-z0-9-]{1,40}"
_ORIGINS: Final[dict[Kind, re.Pattern[str]]] = {
    "node": re.compile(rf"{_FEDERATION}/([A-Z]{{2}})", re.ASCII),
    "coordinator": re.compile(rf"{_FEDERATION}/coordinator/({_LABEL})", re.ASCII),
    "agency": re.compile(rf"{_FEDERATION}/agency/([A-Z]{{2}}/{_LABEL})", re.ASCII),
}


def owner_of(origin: str) -> tuple[str, Kind, str]:
    """Say whose log it is.

    Args:
        origin: the name of the log.

    Returns:
        The name of the federation; "node" and the nation, "coordinator" and its name, or "agency"
        and its name.

    Raises:
        InputError: if no log of a federation is named so.
    """
    for kind, pattern in _ORIGINS.items():
        match = pattern.fullmatch(origin)
        if match is not None:
            return match[1], kind, match[2]
    raise InputError(
        "the log has not the name of a node's, a coordinator's or an agency's log",
        do="Name the log of a member of a federation.",
    )
