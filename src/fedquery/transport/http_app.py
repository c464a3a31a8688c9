"""A FastAPI application whose every refusal is a problem document without a value of the client."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from fedquery import __version__
from fedquery.encoding import canonical_json
from fedquery.errors import FedqueryError
from fedquery.transport import docs_page
from fedquery.transport.http_guard import Guard, Report, report_to_log
from fedquery.transport.http_limits import HttpLimits
from fedquery.transport.problems import (
    MEDIA_TYPE,
    STATUS_OF,
    Problem,
    invalid_fields,
    problem,
    problem_of,
)

# The most octets of JSON; the guard refuses a body that is longer than its limit before this.
_JSON_CAP: Final = 16 * 1024 * 1024
_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "do": {"type": "string"},
        "instance": {"type": "string", "format": "uri"},
        "retry_after": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code"],
                "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}},
            },
        },
    },
}


def problem_content(description: str) -> dict[str, Any]:
    """Describe a problem document for the framework's table of answers.

    Args:
        description: when it is answered.
    """
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}


_PROBLEM_SCHEMA: Final[dict[int | str, dict[str, Any]]] = {
    code: problem_content("A problem document (RFC 9457)") for code in ("4XX", "5XX", 422)
}


def problem_response(what: Problem) -> Response:
    """Turn a problem into a response of the framework."""
    headers = {
        name.decode("ascii"): value.decode("ascii")
        for name, value in what.headers()
        if name != b"content-type"
    }
    return Response(what.body(), what.status, headers=headers, media_type=MEDIA_TYPE)


class _StrictRequest(Request):
    """Parse JSON with doubled keys, NaN, floats and deep nesting refused."""

    async def json(self) -> Any:  # noqa: ANN401 -- the framework says Any
        return canonical_json.load(
            await self.body(), cap=_JSON_CAP, what="request", canonical=False
        )


class _StrictRoute(APIRoute):
    """Give handlers the strict request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler of this route."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handler(_StrictRequest(request.scope, request.receive))

        return strict


def make_app(
    title: str,
    *,
    docs: bool,
    limits: HttpLimits | None = None,
    report: Report = report_to_log,
    statuses: Mapping[type[FedqueryError], int] = STATUS_OF,
) -> FastAPI:
    """Make an application without routes that is safe to put on a network.

    Models of its routes should be strict and forbid extra fields; middlewares that are added later
    stand outside the guard and must be pure ASGI.

    Args:
        title: the name that the documentation shows.
        docs: whether /docs and /openapi.json are served.
        limits: what a client may send; the default is for small bodies.
        report: told of each unhandled error; gives the reference that the client sees.
        statuses: the status of each class of our errors, the most special class first.
    """
    app = FastAPI(
        title=title,
        version=__version__,
        openapi_url="/openapi.json" if docs else None,
        docs_url=None,
        redoc_url=None,
        # A redirect would repeat the path that was asked for.
        redirect_slashes=False,
        responses=_PROBLEM_SCHEMA,
        middleware=[Middleware(Guard, limits=limits or HttpLimits(), report=report)],
    )
    app.router.route_class = _StrictRoute

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_request: Request, error: RequestValidationError) -> Response:
        return problem_response(invalid_fields(error.errors()))

    @app.exception_handler(HTTPException)
    async def on_status(_request: Request, error: HTTPException) -> Response:
        return problem_response(problem(error.status_code))

    @app.exception_handler(FedqueryError)
    async def on_ours(_request: Request, error: FedqueryError) -> Response:
        return problem_response(problem_of(error, statuses))

    if docs:
        docs_page.add_docs(app, title)
    return app
