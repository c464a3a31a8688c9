"""The cookies of the desk, which the browser ties to this host and keeps from scripts.

`__Host-` makes a browser take them only with `Secure`, with the path / and without a domain, so
that no other host can plant one. Browsers take them from http://127.0.0.1 as well (ADR 0034).
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

SESSION: Final = "__Host-fedquery-desk"
# Before anybody is signed in, forms are bound to this one.
VISIT: Final = "__Host-fedquery-visit"
# In which browser somebody signed in before (`known_browsers`); it signs nobody in.
BROWSER: Final = "__Host-fedquery-browser"
_LONGEST: Final = 128


def read(request: Request, name: str) -> str:
    """Give the value of a cookie; "" where there is none, or one that is not ours."""
    value = request.cookies.get(name, "")
    return value if len(value) <= _LONGEST and value.isascii() else ""


def put(response: Response, name: str, value: str, *, longest_s: int | None = None) -> None:
    """Give the browser a cookie.

    Args:
        response: the answer that brings it.
        name: its name, which begins with `__Host-`.
        value: its value.
        longest_s: how long it is kept; until the browser is closed by default.
    """
    response.set_cookie(
        name, value, max_age=longest_s, path="/", secure=True, httponly=True, samesite="strict"
    )


def take_back(response: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    response.set_cookie(
        name, "", max_age=0, path="/", secure=True, httponly=True, samesite="strict"
    )
