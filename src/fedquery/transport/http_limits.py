"""What one HTTP server gives to one client, each figure with its unit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Bound what a client may send and how long it may take.

    Args:
        head_s: seconds for the request line and headers to arrive.
        head_octets: the most octets of request line and headers.
        body_s: seconds for the whole body to arrive.
        body_octets: the most octets of a body.
        stall_s: seconds that a client may leave one part of an answer unread.
        keep_alive_s: seconds that an idle connection is kept.
        handshake_s: seconds for the TLS handshake.
        stop_s: seconds that running requests have when the server is told to stop.
        connections: the most open connections; one more is answered `busy`.
        requests: the most requests in work at one time; one more is answered `busy`.
        media_types: the media types that a body may have.
    """

    head_s: float = 3.0
    head_octets: int = 16 * 1024
    body_s: float = 4.0
    body_octets: int = 64 * 1024
    stall_s: float = 30.0
    keep_alive_s: int = 5
    handshake_s: float = 5.0
    stop_s: int = 8
    connections: int = 256
    requests: int = 64
    media_types: tuple[str, ...] = ("application/json",)
