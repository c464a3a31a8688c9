"""The guard around every call to a node: peer, time left, form, handler, and one log line.

gRPC for Python sends the text of an unhandled exception to the peer and writes its traceback to the
log, and its deserialisers do so with bad bytes. So the methods take raw bytes, they are parsed
within the guard, and whatever a handler raises that is not a `StatusError` becomes INTERNAL with a
reference: the log has its class and place under that reference, and its text nowhere.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import grpc

from fedquery.config import logs
from fedquery.errors import EncodingError
from fedquery.transport.admission import Admission
from fedquery.transport.limits import MAX_CALL_S, MIN_LEFT_S, SERVER_MARGIN_S
from fedquery.transport.status import StatusError

T = TypeVar("T")

Context = grpc.aio.ServicerContext[bytes, bytes]


class Guard:
    """Run calls so that nothing of an error gets out.

    Args:
        admission: who may call what.
    """

    def __init__(self, admission: Admission) -> None:
        self._admission = admission

    async def run(
        self,
        event: str,
        method: str,
        context: Context,
        answer: Callable[[str, float], Awaitable[T]],
        *,
        quiet: bool = False,
    ) -> T:
        """Run one call; whatever goes wrong leaves as a status and one log line.

        The line is written before the status leaves: a peer never knows more than the log.

        Args:
            event: the name of the log line.
            method: the name of the gRPC method.
            context: the call.
            answer: is given the peer's URI and the seconds that are left.
            quiet: whether a call that goes well leaves no line.
        """
        with logs.request(event, unless_code="OK" if quiet else "") as line:
            try:
                line["peer"] = peer = self._admission.admit(context, method)
                result = await _in_time(_time_left_s(context), lambda left: answer(peer, left))
                line["code"] = "OK"
            except StatusError as error:
                status = error
            except (asyncio.CancelledError, GeneratorExit):
                line["code"] = "CANCELLED"
                raise
            except BaseException as error:  # noqa: BLE001 # a panic of an extension is no Exception
                status = _internal(event, error)
            else:
                return result
            line["code"] = status.code.name
            line["why"] = status.slug
        return await context.abort(status.code, status.text, status.trailing_metadata())


async def _in_time(time_left_s: float, answer: Callable[[float], Awaitable[T]]) -> T:
    clock = asyncio.timeout(time_left_s)
    try:
        async with clock:
            return await answer(time_left_s)
    except TimeoutError:
        # Another timeout, of a handler's own, is a fault like any other.
        if not clock.expired():
            raise
        raise StatusError(
            grpc.StatusCode.DEADLINE_EXCEEDED, "timeout", "The node did not answer in time"
        ) from None


def _time_left_s(context: Context) -> float:
    """Say how long a handler may take.

    Raises:
        StatusError: `no-time-left` if the call has no deadline, or too little is left of it.
    """
    left_s: float | None = context.time_remaining()
    if left_s is None:
        raise StatusError(
            grpc.StatusCode.INVALID_ARGUMENT, "no-time-left", "Send every call with a deadline"
        )
    if left_s < MIN_LEFT_S:
        raise StatusError(
            grpc.StatusCode.DEADLINE_EXCEEDED, "no-time-left", "Too little of the deadline is left"
        )
    return min(left_s, MAX_CALL_S) - SERVER_MARGIN_S


def decoded(decode: Callable[[bytes], T], request: bytes) -> T:
    """Read a request within the guard.

    Raises:
        StatusError: `message-malformed` if it is malformed.
    """
    try:
        return decode(request)
    except EncodingError:
        raise StatusError(
            grpc.StatusCode.INVALID_ARGUMENT,
            "message-malformed",
            "Message is not a valid v1 request",
        ) from None


def _internal(event: str, error: BaseException) -> StatusError:
    reference = logs.fault(f"{event}-fault", error)
    return StatusError(
        grpc.StatusCode.INTERNAL, "internal", f"Internal error, reference {reference}"
    )
