"""The desk's pages beside the API, at one port: each keeps its own rules.

The API takes nothing that a web page sends (`Origin`); the desk takes forms of its own pages alone.
Which of the two a request is for, its path says, before either looks at anything else.
"""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

_DESK: Final = "/desk"


class Beside:
    """Give a request to the desk or to the API.

    Args:
        desk: serves /desk and what is below it.
        api: serves everything else.
    """

    def __init__(self, desk: ASGIApp, api: ASGIApp) -> None:
        self._desk = desk
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = str(scope.get("path", ""))
        chosen = self._desk if path == _DESK or path.startswith(f"{_DESK}/") else self._api
        await chosen(scope, receive, send)
