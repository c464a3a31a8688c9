"""The HTTP face of the gateway."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Header, Request, Response, Security
from fastapi.security import HTTPBearer
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from fedquery.ask import pasting
from fedquery.encoding import canonical_json
from fedquery.errors import (
    BusyError,
    ConfigError,
    EncodingError,
    FedqueryError,
    InputError,
    NotFoundError,
    PeerError,
    ProofError,
    StorageError,
)
from fedquery.gateway.answers import (
    CLAIM,
    NDJSON,
    NOT_SEEN,
    RESULT,
    ClaimAnswer,
    ExtractAnswer,
    HealthAnswer,
    LookupAnswer,
    ReceiptAnswer,
    stream_content,
)
from fedquery.gateway.approving import ApprovalError, ApprovalNeededError, Approving
from fedquery.gateway.bodies import (
    ClaimBody,
    ExtractBody,
    LookupBody,
    ReceiptBody,
    identifiers_of,
)
from fedquery.gateway.repeats import ErasedError, KeyReusedError
from fedquery.gateway.review_routes import review_router
from fedquery.gateway.reviewing import ReviewError
from fedquery.gateway.screening_routes import screening_router
from fedquery.gateway.screenings import Screenings
from fedquery.gateway.service import GatewayService, TokenError, lookup_document
from fedquery.gateway.streaming import checked
from fedquery.transport.http_app import make_app, problem_content, problem_response
from fedquery.transport.http_host import named_host
from fedquery.transport.http_limits import HttpLimits
from fedquery.transport.problems import Problem, problem_of

LIMITS: Final = HttpLimits(body_octets=3 * 1024 * 1024, body_s=10.0)
_STATUSES: Final[dict[type[FedqueryError], int]] = {
    TokenError: 401,
    KeyReusedError: 409,
    ErasedError: 410,
    ApprovalNeededError: 403,
    ApprovalError: 409,
    ReviewError: 409,
    NotFoundError: 404,
    ProofError: 502,
    EncodingError: 400,
    InputError: 422,
    PeerError: 503,
    BusyError: 503,
    StorageError: 503,
    ConfigError: 503,
}


# Only for the OpenAPI document: whether a token may be used is the service's to say.
_BEARER: Final = HTTPBearer(
    auto_error=False, description="A token of `fedquery gateway token add`, an officer's own."
)
_TOO_LONG: Final = problem_content("It is too long to be asked by one person (`approval-needed`)")
_Authorization = Annotated[str, Header(include_in_schema=False)]


class HostGuard:
    """Refuse requests that name another host: a page of a browser cannot be made to send them.

    Args:
        app: the application.
        hosts: the hosts that may be named, without port.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            origin = any(name == b"origin" for name, _ in scope["headers"])
            if named_host(scope) not in self._hosts or origin:
                refused = Problem(403, "host", "This host is not served here, or not to a web page")
                await problem_response(refused)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def make_gateway_app(service: GatewayService, screenings: Screenings) -> FastAPI:
    """Make the application of a gateway."""
    app = make_app("fedquery gateway", docs=True, limits=LIMITS, statuses=_STATUSES)

    # RFC 9110, 15.5.2: a 401 names the scheme that would be taken; RFC 6750, 3 for ours.
    @app.exception_handler(TokenError)
    async def on_token(_request: Request, error: TokenError) -> Response:
        response = problem_response(problem_of(error, _STATUSES))
        response.headers["www-authenticate"] = 'Bearer realm="fedquery gateway"'
        return response

    for router in (
        _pasting(app, service),
        _asking(app, service, screenings.approving),
        _looking_back(app, service),
        screening_router(app, service, screenings),
        review_router(app, service, service.reviewing),
    ):
        app.include_router(router, dependencies=[Security(_BEARER)])
    app.include_router(_health(app))
    return app


def _pasting(app: FastAPI, service: GatewayService) -> APIRouter:
    router = APIRouter(route_class=app.router.route_class, prefix="/v1")

    @router.post(
        "/extract",
        summary="Find identifiers in a pasted text or picture; nobody is asked",
        response_model=ExtractAnswer,
    )
    async def extract(body: ExtractBody, authorization: _Authorization = "") -> Response:
        service.bearer(authorization)
        settings = service.client.home.settings
        # A long text takes a second of computing; other requests go on meanwhile.
        found = await asyncio.to_thread(body.found, settings.region or settings.nation)
        document = pasting.document(found, show=True)
        return Response(canonical_json.dump(document), media_type="application/json")

    return router


def _asking(app: FastAPI, service: GatewayService, approving: Approving) -> APIRouter:
    router = APIRouter(route_class=app.router.route_class, prefix="/v1")

    @router.post(
        "/lookups",
        summary="Ask whether other nations hold records of identifiers",
        response_model=LookupAnswer,
        responses={200: {"content": stream_content()}, 403: _TOO_LONG},
    )
    async def lookups(
        body: LookupBody,
        authorization: _Authorization = "",
        accept: Annotated[str, Header()] = "",
        idempotency_key: Annotated[str, Header(max_length=80)] = "",
    ) -> Response:
        """Outcomes come as NDJSON lines where that is accepted, else as one object."""
        officer = service.bearer(authorization).officer
        region = service.client.home.settings.region or service.client.home.settings.nation
        identifiers, faults = identifiers_of(body.identifiers, region)
        if faults:
            title = "Some identifiers cannot be read, and nothing was asked"
            return problem_response(
                Problem(422, "identifier-unclear", title, faults=tuple(faults[:16]))
            )
        case = body.case.case(officer)
        approving.require_short(len({one.encode() for one in identifiers}), case.purpose)
        lines = service.lines(identifiers, case, body, idempotency_key)
        if NDJSON in accept:
            return StreamingResponse(checked("lookup", lines), media_type=NDJSON)
        found = [canonical_json.load(line[:-1], cap=2**20, what="line") async for line in lines]
        *outcomes, last = [one for one in found if isinstance(one, dict)]
        whole = {**last, "schema": RESULT, "outcomes": outcomes}
        del whole["type"]
        for outcome in outcomes:
            del outcome["type"]
        return Response(canonical_json.dump(whole), media_type="application/json")

    @router.post(
        "/claims",
        summary="Claim a hit of one's own: a person's act, which the holder learns of",
        response_model=ClaimAnswer,
        responses=NOT_SEEN,
    )
    async def claims(body: ClaimBody, authorization: _Authorization = "") -> Response:
        bearer = service.bearer(authorization)
        deadline_s = body.deadline_ms / 1000 if body.deadline_ms is not None else None
        # The one who claims stands in the holder's log, not the one who looked it up.
        found = await service.client.claim(
            body.claim_id,
            level=body.level,
            officer=bearer.officer,
            asked_by=bearer.asked_by,
            at_desk=False,
            deadline_s=deadline_s,
        )
        document = {"schema": CLAIM, **asdict(found)}
        document |= {name: list(document[name]) for name in ("reasons", "policy_ids")}
        return Response(canonical_json.dump(document), media_type="application/json")

    return router


def _looking_back(app: FastAPI, service: GatewayService) -> APIRouter:
    router = APIRouter(route_class=app.router.route_class, prefix="/v1")

    @router.get(
        "/lookups/{lookup_id}",
        summary="An officer's own lookup again; identifiers are not kept",
        response_model=LookupAnswer,
        responses=NOT_SEEN,
    )
    async def status(lookup_id: str, authorization: _Authorization = "") -> Response:
        asked_by = service.bearer(authorization).asked_by
        lookup, _ = service.client.status(lookup_id, officer=asked_by)
        return Response(lookup_document(lookup), media_type="application/json")

    @router.post(
        "/receipts",
        summary="Verify the receipt of an answer, offline",
        response_model=ReceiptAnswer,
    )
    async def receipts(body: ReceiptBody, authorization: _Authorization = "") -> Response:
        service.bearer(authorization)
        try:
            shown = service.client.verify_receipt(body.receipt)
        except OSError:
            return problem_response(Problem(404, "not-found", "There is no such receipt"))
        return Response(canonical_json.dump(shown.document()), media_type="application/json")

    return router


def _health(app: FastAPI) -> APIRouter:
    router = APIRouter(route_class=app.router.route_class)

    @router.get("/healthz", summary="Whether the process answers", response_model=HealthAnswer)
    async def healthz(_request: Request) -> Response:
        return Response(b'{"status":"ok"}', media_type="application/json")

    return router
