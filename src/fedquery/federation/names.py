"""The names of a federation: of nations, agencies, coordinators, addresses, and their keys."""

import re
from collections.abc import Callable
from typing import Final

from fedquery.errors import InputError

SORTS: Final = ("police", "fiu", "prosecution", "regulator")
_LABEL: Final = r"[a-z0-9-]{1,40}"
_HOST: Final = r"(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]{2,39}\])"
_PORT: Final = r"[1-9][0-9]{0,4}"
_MOST_PORT: Final = 65_535


def _checker(pattern: str, what: str, form: str) -> Callable[[str], str]:
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise InputError(f"this is not {what}", do=f"Write {form}.")
        return text

    return check


check_nation = _checker(r"[A-Z]{2}", "the code of a nation", "two capital letters, such as VN")
check_agency = _checker(
    rf"[A-Z]{{2}}/{_LABEL}",
    "the name of an agency",
    "its nation, a slash, and 1 to 40 small letters, digits or hyphens, such as TH/cyber-police",
)
check_team = _checker(
    r"[A-Za-z0-9][A-Za-z0-9 ./-]{1,38}[A-Za-z0-9]",
    "the name of a team",
    "3 to 40 letters, digits, blanks, dots, slashes or hyphens, such as Joint Team 2026-07",
)
check_label = _checker(_LABEL, "a name", "1 to 40 small letters, digits or hyphens, such as hub-1")
check_federation_name = _checker(
    r"[a-z0-9][a-z0-9.-]{0,39}",
    "the name of a federation",
    "1 to 40 small letters, digits, hyphens or dots, such as mekong",
)
check_host = _checker(_HOST, "a host name", "it in small letters, such as node.example.vn")
_check_address = _checker(
    rf"{_HOST}:{_PORT}",
    "an address",
    "host and port in small letters, such as node.example.vn:7000",
)
_check_url = _checker(
    rf"https://{_HOST}(?::{_PORT})?",
    "an https address without a path",
    "host and port in small letters, such as https://hub.example.org:8443",
)


def _check_port(text: str) -> str:
    port = text.rpartition(":")[2]
    if port.isdigit() and int(port) > _MOST_PORT:
        raise InputError("there is no port above 65535")
    return text


def check_address(text: str) -> str:
    """Check host and port of a node.

    Raises:
        InputError: if it is something else.
    """
    return _check_port(_check_address(text))


def check_url(text: str) -> str:
    """Check the address of a coordinator: https, host, port or none, no path.

    Raises:
        InputError: if it is something else.
    """
    return _check_port(_check_url(text))


def check_sort(text: str) -> str:
    """Check the sort of an agency.

    Raises:
        InputError: if it is none of the four.
    """
    if text not in SORTS:
        raise InputError("this is no sort of agency", do=f"Write one of {', '.join(SORTS)}.")
    return text


def nation_of(agency: str) -> str:
    """Give the nation of an agency by its name."""
    return agency.partition("/")[0]


def root_name(nation: str) -> str:
    """Name the key with which a nation signs member lists."""
    return f"fedquery/{nation}/root"


def role_key_name(nation: str, role: str, label: str) -> str:
    """Name the key with which somebody in a nation vouches for cases in a role."""
    return f"fedquery/{nation}/{role}/{label}"


def node_name(nation: str) -> str:
    """Name the key with which a nation's node signs its manifests."""
    return f"fedquery/{nation}/node"


def witness_name(nation: str) -> str:
    """Name the key with which a nation's node cosigns the logs of others."""
    return f"fedquery/{nation}/witness"


def node_log_origin(federation: str, nation: str) -> str:
    """Name the log of a nation's node."""
    return f"fedquery.log/{federation}/{nation}"


def coordinator_log_origin(federation: str, coordinator: str) -> str:
    """Name the log of a coordinator."""
    return f"fedquery.log/{federation}/coordinator/{coordinator}"


def agency_log_origin(federation: str, agency: str) -> str:
    """Name the log in which an agency keeps what it asked."""
    return f"fedquery.log/{federation}/agency/{agency}"
