"""Which host a request names: what keeps a page of another site from speaking to a server here."""

import ipaddress
from typing import Final

from starlette.types import Scope

# The names by which a browser on this machine reaches a loopback address.
LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


def named_host(scope: Scope) -> str:
    """Give the one `Host` of a request without its port; "" where there is none, or several."""
    found = host_field(scope)
    host, colon, port = found.rpartition(":")
    return host if colon and port.isascii() and port.isdigit() else found


def host_field(scope: Scope) -> str:
    """Give the one `Host` of a request with its port; "" where there is none, or several."""
    found = [value for name, value in scope["headers"] if name == b"host"]
    return found[0].decode("latin-1").lower() if len(found) == 1 else ""


def is_loopback(host: str) -> bool:
    """Say whether an address to listen on is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
