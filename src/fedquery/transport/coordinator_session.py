"""One HTTPS connection pool for each coordinator, on which every fault has a name and a cap.

A coordinator is trusted through the one CA that the member list gives it. No proxy, redirect or
compression is followed, and nothing is read without a cap and a deadline.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Final, Protocol

import httpx2

from fedquery.errors import EncodingError, PeerError, ProofError
from fedquery.transport import problems

_PROBLEM_CAP: Final = 16 * 1024
_CONNECT_S: Final = 3.0
# A list has a few questions to each nation on their way; a coordinator takes 64 of all askers.
_CONNECTIONS: Final = 32
_OK: Final = 200


class Coordinator(Protocol):
    """One coordinator as the member list names it."""

    @property
    def name(self) -> str:
        """Give its name."""
        ...

    @property
    def url(self) -> str:
        """Give its address: https, host and port, no path."""
        ...

    @property
    def signing_public(self) -> bytes:
        """Give its signing key, 32 octets."""
        ...

    @property
    def ca_der(self) -> bytes:
        """Give the certificate of the one CA that may vouch for it."""
        ...


class CoordinatorSessions:
    """Send requests to coordinators; connections are made when they are needed and kept."""

    def __init__(self) -> None:
        self._clients: dict[str, httpx2.AsyncClient] = {}

    async def aclose(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    @contextlib.asynccontextmanager
    async def sent(
        self,
        coordinator: Coordinator,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        until_s: float,
        content: bytes = b"",
    ) -> AsyncIterator[httpx2.Response]:
        """Send a request and give its good response, of which nothing is read yet.

        Args:
            coordinator: where it goes.
            method: GET or POST.
            path: what is asked for, below the coordinator's address.
            headers: besides those of every request.
            until_s: the time of the running loop until which the head of the response must come.
            content: the body.

        Raises:
            PeerError: with `why`; errors of decoding and proof inside the block become one too.
        """
        with _told_as_peer_error():
            client = self._client(coordinator)
            request = client.build_request(
                method, coordinator.url + path, headers=headers, content=content or None
            )
            async with asyncio.timeout_at(until_s):
                response = await client.send(request, stream=True)
            try:
                await _require_good(response, until_s)
                yield response
            finally:
                await response.aclose()

    def _client(self, coordinator: Coordinator) -> httpx2.AsyncClient:
        client = self._clients.get(coordinator.name)
        if client is None:
            client = httpx2.AsyncClient(
                verify=_trust_only(coordinator.ca_der),
                # No proxy of the environment, no .netrc, no redirect to elsewhere.
                trust_env=False,
                follow_redirects=False,
                headers={"accept-encoding": "identity", "user-agent": "fedquery"},
                timeout=httpx2.Timeout(None, connect=_CONNECT_S, pool=_CONNECT_S),
                limits=httpx2.Limits(
                    max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS
                ),
            )
            self._clients[coordinator.name] = client
        return client


class RefusedError(PeerError):
    """A coordinator refused a request.

    Attributes:
        refusal: its slug.
        at_ms: the coordinator's clock, in milliseconds, where it said it.
    """

    def __init__(self, refusal: str, at_ms: int | None) -> None:
        super().__init__("the coordinator refused", why=f"refused: {refusal}")
        self.refusal = refusal
        self.at_ms = at_ms


@contextlib.contextmanager
def _told_as_peer_error() -> Iterator[None]:
    try:
        yield
    except (TimeoutError, httpx2.TimeoutException):
        raise PeerError("the coordinator is late", why="timeout") from None
    except httpx2.ConnectError:
        raise PeerError("the coordinator cannot be reached", why="unreachable") from None
    except httpx2.HTTPError:
        raise PeerError("the connection to the coordinator broke", why="reset") from None
    except (EncodingError, ProofError):
        raise off_protocol() from None


def _trust_only(ca_der: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # The system's own authorities are not asked: the member list alone says whom to trust.
    try:
        context.load_verify_locations(cadata=ca_der)
    except (ssl.SSLError, ValueError):
        raise PeerError("the coordinator's CA certificate is unusable", why="tls") from None
    return context


async def _require_good(response: httpx2.Response, until_s: float) -> None:
    if "content-encoding" in response.headers:
        raise off_protocol()
    if response.status_code == _OK:
        return
    try:
        slug = problems.read_slug(await read_capped(response, _PROBLEM_CAP, until_s))
    except EncodingError:
        raise off_protocol() from None
    raise RefusedError(slug, _time_of(response))


def _time_of(response: httpx2.Response) -> int | None:
    """Read the coordinator's clock, in milliseconds, where it says one (RFC 9110, 6.6.1)."""
    try:
        return int(parsedate_to_datetime(response.headers["date"]).timestamp() * 1000)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


async def read_capped(response: httpx2.Response, cap: int, until_s: float) -> bytes:
    """Read a whole response.

    Raises:
        PeerError: if it is larger than the cap.
        TimeoutError: if it is not there in time.
    """
    octets = bytearray()
    async with asyncio.timeout_at(until_s):
        async for part in response.aiter_raw():
            octets += part
            if len(octets) > cap:
                raise PeerError("the coordinator sent too much", why="too-large")
    return bytes(octets)


def off_protocol() -> PeerError:
    """Make the error of a coordinator that does not speak this protocol."""
    return PeerError("the coordinator does not speak fedquery/v1", why="off-protocol")
