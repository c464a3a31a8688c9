"""gRPC statuses: how a node says no before the seal is open, and what a link makes of it.

A status carries a slug in its trailing metadata, as google.rpc.ErrorInfo carries a reason: the slug
is for programs, the text for people, and neither repeats anything of the request.
"""

import re
from typing import Final

import grpc

from fedquery.errors import PeerError

SLUG_METADATA: Final = "fedquery-slug"
RETRY_METADATA: Final = "fedquery-retry-after-s"

_SLUG: Final = re.compile(r"[a-z0-9-]{1,40}")


class StatusError(Exception):
    """A node's refusal of a call; the only exception whose words reach the peer.

    Args:
        code: the gRPC status.
        slug: the word that a program acts upon.
        text: a constant sentence, never made from the request.
        retry_after_s: seconds until asking again may help, or 0.
    """

    def __init__(
        self, code: grpc.StatusCode, slug: str, text: str, *, retry_after_s: int = 0
    ) -> None:
        super().__init__(slug)
        if _SLUG.fullmatch(slug) is None:
            raise ValueError("a slug is 1 to 40 small letters, digits and hyphens")
        self.code = code
        self.slug = slug
        self.text = text
        self.retry_after_s = retry_after_s

    def trailing_metadata(self) -> tuple[tuple[str, str], ...]:
        """Write slug and waiting time for the end of the call."""
        metadata = ((SLUG_METADATA, self.slug),)
        if self.retry_after_s:
            return (*metadata, (RETRY_METADATA, str(self.retry_after_s)))
        return metadata


def peer_error(error: grpc.aio.AioRpcError) -> PeerError:
    """Name why a call failed, in the words that a coordinator may sign.

    Returns:
        the error with one of `refused-by-node(<slug>)`, `timeout`, `too-large`, `tls`, `node-down`,
        `reset` and `off-protocol`; nothing of the peer's own text.
    """
    slug = _slug_of(error)
    if slug:
        return PeerError("the node refused the call", why=f"refused-by-node({slug})")
    return PeerError("the node did not answer", why=_why(error.code(), error.details() or ""))


def _slug_of(error: grpc.aio.AioRpcError) -> str:
    for key, value in error.trailing_metadata() or ():
        # The value is the peer's: it passes only as a word.
        if key == SLUG_METADATA and isinstance(value, str) and _SLUG.fullmatch(value):
            return value
    return ""


def _why(code: grpc.StatusCode, details: str) -> str:
    """Tell the failures of the channel apart; the core has codes for few of them, and texts."""
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return "timeout"
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        # The other limit without a slug is the server's own cap on concurrent calls.
        return "refused-by-node(busy)" if "oncurren" in details else "too-large"
    if code is grpc.StatusCode.UNAVAILABLE:
        return _why_unavailable(details)
    if code is grpc.StatusCode.CANCELLED or "RST_STREAM" in details:
        return "reset"
    return "off-protocol"


def _why_unavailable(details: str) -> str:
    if not details.startswith("failed to connect"):
        return "reset"
    # A server that refuses our certificate closes the socket after its side of the handshake.
    signs = ("andshake", "SSL", "erification", "ertificate", "Socket closed")
    if any(sign in details for sign in signs):
        return "tls"
    return "node-down"
