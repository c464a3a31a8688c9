"""The HTTP face: queries of agencies, and signed reads of public things."""

import contextlib
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from fedquery.config import logs
from fedquery.encoding import canonical_json
from fedquery.errors import (
    BusyError,
    EncodingError,
    FedqueryError,
    InputError,
    PeerError,
    SignatureError,
    StorageError,
)
from fedquery.seal.envelope import REQUEST_CAP
from fedquery.storage import log_cosignatures
from fedquery.storage.log_fork import LogForkedError
from fedquery.tlog.tile import Tile
from fedquery.transport.http_app import make_app, problem_response
from fedquery.transport.http_limits import HttpLimits
from fedquery.transport.http_signature import authority_of, verify_get
from fedquery.transport.problems import Problem, problem
from fedquery_coordinator.envelopes import MembersExpiredError, Query
from fedquery_coordinator.rates import RateError
from fedquery_coordinator.relays import ReusedError
from fedquery_coordinator.service import CoordinatorService

NDJSON: Final = "application/x-ndjson"
# Five of the largest questions, or 32 of what a lookup asks; a list asks one nation at a time.
LIMITS: Final = HttpLimits(body_octets=1_200_000, body_s=10.0, requests=128, connections=512)
_NOTE: Final = "text/plain; charset=utf-8"
_TILE_S: Final = 5.0

_STATUSES: Final[dict[type[FedqueryError], int]] = {
    EncodingError: 400,
    SignatureError: 401,
    MembersExpiredError: 503,
    ReusedError: 409,
    InputError: 422,
    PeerError: 503,
    BusyError: 503,
    StorageError: 503,
    LogForkedError: 503,
}


class QueryBody(BaseModel):
    """One sealed envelope for each nation that is asked."""

    model_config = ConfigDict(strict=True, extra="forbid")

    envelopes: list[Annotated[str, Field(min_length=1, max_length=4 * REQUEST_CAP // 3 + 4)]] = (
        Field(min_length=1, max_length=32)
    )
    deadline_ms: int = Field(ge=1_000, le=30_000)


def make_coordinator_app(service: CoordinatorService) -> FastAPI:
    """Make the application of a coordinator."""
    app = make_app(
        "fedquery coordinator",
        docs=service.home.settings.docs,
        limits=LIMITS,
        statuses=_STATUSES,
    )

    @app.exception_handler(RateError)
    async def on_rate(_request: Request, error: RateError) -> Response:
        return problem_response(
            Problem(429, error.slug, error.what, do=error.do, retry_after_s=error.retry_after_s)
        )

    app.include_router(_queries(app, service))
    app.include_router(_reads(app, service))
    app.include_router(_logs(app, service))
    app.include_router(_health(app, service))
    return app


def _queries(app: FastAPI, service: CoordinatorService) -> APIRouter:
    router = APIRouter(route_class=app.router.route_class)

    @router.post("/v1/queries", summary="Relay sealed questions to nodes")
    async def queries(body: QueryBody, accept: Annotated[str, Header()] = "") -> Response:
        query = await service.admit(body.envelopes)
        deadline_s = body.deadline_ms / 1000
        if NDJSON in accept:
            return StreamingResponse(_stream(service, query, deadline_s), media_type=NDJSON)
        lines = [line.encode() async for line in service.relay(query, deadline_s)]
        return Response(b'{"answers":[' + b",".join(lines) + b"]}", media_type="application/json")

    return router


async def _stream(
    service: CoordinatorService, query: Query, deadline_s: float
) -> AsyncIterator[bytes]:
    with logs.request("query", outcome="relayed"):
        async with contextlib.aclosing(service.relay(query, deadline_s)) as lines:
            async for line in lines:
                yield line.encode() + b"\n"


def _require_signed(service: CoordinatorService, request: Request) -> str:
    """Require that an enrolled agency has signed a GET."""
    agencies = service.in_force.federation.agencies

    def key_of(agency: str) -> bytes | None:
        entry = agencies.get(agency)
        return entry.signing_public if entry is not None else None

    target: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return verify_get(
        authority=authority_of(service.home.settings.url),
        target=(target + (b"?" + query if query else b"")).decode("latin-1"),
        headers={name: ", ".join(request.headers.getlist(name)) for name in request.headers},
        key_of=key_of,
        now_ms=service.clock(),
    )


def _reads(app: FastAPI, service: CoordinatorService) -> APIRouter:
    router = APIRouter(route_class=app.router.route_class, prefix="/v1")

    @router.get("/federation", summary="The signed member list")
    async def federation(request: Request) -> Response:
        _require_signed(service, request)
        return Response(service.in_force.note, media_type=_NOTE)

    @router.get("/manifests", summary="The signed manifests of the nodes, by nation")
    async def manifests(request: Request) -> Response:
        _require_signed(service, request)
        notes = service.manifests.notes(service.in_force.federation)
        return Response(canonical_json.dump(notes), media_type="application/json")

    @router.get("/nodes", summary="What this coordinator says of the nodes: its word only")
    async def nodes(request: Request) -> Response:
        _require_signed(service, request)
        return Response(canonical_json.dump(_nodes(service)), media_type="application/json")

    return router


def _logs(app: FastAPI, service: CoordinatorService) -> APIRouter:
    router = APIRouter(route_class=app.router.route_class, prefix="/v1")

    @router.get("/nodes/{nation}/log/{path:path}", summary="A hash tile of a node's log")
    async def node_tile(request: Request, nation: str, path: str) -> Response:
        _require_signed(service, request)
        tile = _tile(path)
        link = service.in_force.links.get(nation)
        if tile is None or link is None:
            return problem_response(problem(404))
        hashes = await link.tile(tile.level, tile.index, tile.width, _TILE_S)
        return Response(hashes, media_type="application/octet-stream")

    @router.get(
        "/log/checkpoint",
        summary="The newest checkpoint of this coordinator's log, with cosignatures",
    )
    async def checkpoint(request: Request) -> Response:
        _require_signed(service, request)
        latest = service.home.log.latest_checkpoint(service.reader)
        if latest is None:
            return problem_response(problem(404))
        note = log_cosignatures.with_lines(service.reader, latest[0].size)
        return Response(note, media_type=_NOTE)

    @router.get("/log/{path:path}", summary="A hash tile of this coordinator's log")
    async def own_tile(request: Request, path: str) -> Response:
        _require_signed(service, request)
        tile = _tile(path)
        if tile is None:
            return problem_response(problem(404))
        try:
            hashes = service.home.log.read_tile(service.reader, tile)
        except StorageError:
            return problem_response(problem(404))
        return Response(hashes, media_type="application/octet-stream")

    return router


def _health(app: FastAPI, service: CoordinatorService) -> APIRouter:
    router = APIRouter(route_class=app.router.route_class)

    @router.get("/healthz", summary="Whether the process answers")
    async def healthz() -> Response:
        return Response(b'{"status":"ok"}', media_type="application/json")

    @router.get("/readyz", summary="Whether queries can be relayed")
    async def readyz() -> Response:
        if service.clock() >= service.in_force.federation.expires_ms:
            return problem_response(Problem(503, "members-expired", "The member list has expired"))
        service.require_one_history()
        return Response(b'{"status":"ready"}', media_type="application/json")

    @router.get("/metrics", summary="Counters in the text format of Prometheus")
    async def metrics() -> Response:
        lines = ["# TYPE fedquery_relayed_total counter"]
        lines += [
            f'fedquery_relayed_total{{outcome="{outcome}"}} {count}'
            for outcome, count in sorted(service.counted.items())
        ]
        witnessing = service.witnessing
        lines.append("# TYPE fedquery_witnessing_total counter")
        lines += [
            f'fedquery_witnessing_total{{outcome="{outcome}"}} {count}'
            for outcome, count in sorted(witnessing.counted.items())
        ]
        lines.append("# TYPE fedquery_log_witnesses gauge")
        lines += [
            f'fedquery_log_witnesses{{log="{nation or service.home.settings.name}"}} {count}'
            for nation, count in sorted(witnessing.held.items())
        ]
        return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")

    return router


def _nodes(service: CoordinatorService) -> dict[str, object]:
    found: dict[str, object] = {}
    for nation, node in sorted(service.in_force.federation.nodes.items()):
        known = service.manifests.known(nation)
        found[nation] = {
            "address": node.address,
            "manifest_ms": known.created_ms,
            "tried_ms": known.tried_ms,
            "why": known.why,
        }
    return found


def _tile(path: str) -> Tile | None:
    try:
        return Tile.parse(path)
    except (FedqueryError, ValueError):
        return None
