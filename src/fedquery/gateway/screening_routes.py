"""The HTTP face of the gateway's screenings."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from starlette.responses import StreamingResponse

from fedquery.ask.screening.values import ListRefusedError
from fedquery.gateway.answers import NDJSON, NOT_SEEN
from fedquery.gateway.bodies import MOST_LISTED, DecisionBody, RunBody, ScreeningBody, listed_of
from fedquery.gateway.screening_answers import ListingAnswer, ScreeningAnswer, row_content
from fedquery.gateway.screening_costs import numbers_of
from fedquery.gateway.screenings import Screenings
from fedquery.gateway.seeing import lines, seen
from fedquery.gateway.service import GatewayService
from fedquery.gateway.streaming import checked
from fedquery.transport.http_app import problem_content, problem_response
from fedquery.transport.problems import Problem

_ERASED: Final[dict[int | str, dict[str, Any]]] = {
    410: problem_content("What was begun under this idempotency key was erased (`erased`)")
}
_DECIDED: Final[dict[int | str, dict[str, Any]]] = {
    409: problem_content("Whoever asks may not decide, or nobody is to decide (`approval`)")
}
_Authorization = Annotated[str, Header(include_in_schema=False)]
_JSON = "application/json"


def screening_router(app: FastAPI, service: GatewayService, screenings: Screenings) -> APIRouter:
    """Make the routes of screenings."""
    router = APIRouter(route_class=app.router.route_class, prefix="/v1/screenings")

    @app.exception_handler(ListRefusedError)
    async def on_refused(_request: Request, error: ListRefusedError) -> Response:
        problem = Problem(429, error.slug, error.what, numbers_of(error.cost), error.do)
        return problem_response(problem)

    @router.post(
        "",
        status_code=201,
        summary="Ask about a list; what it costs is known before anything is asked",
        response_model=ScreeningAnswer,
        responses=_ERASED,
    )
    async def begin(
        body: ScreeningBody,
        authorization: _Authorization = "",
        idempotency_key: Annotated[str, Header(max_length=80)] = "",
    ) -> Response:
        """It goes on when this request has ended; a long one once a second person approves it."""
        bearer = service.bearer(authorization)
        settings = service.client.home.settings
        # A long list takes seconds of computing; other requests go on meanwhile.
        identifiers, faults = await asyncio.to_thread(
            listed_of, body.lists, settings.region or settings.nation
        )
        if faults:
            title = "Some identifiers cannot be read, and nothing was asked"
            return problem_response(Problem(422, "identifier-unclear", title, faults=tuple(faults)))
        screening_id = await screenings.begin_once(
            identifiers, body.case.case(bearer.officer), body, idempotency_key
        )
        return Response(await screenings.answer(screening_id, bearer), 201, media_type=_JSON)

    @router.get(
        "",
        summary="Which screenings are kept: one's own; a supervisor sees all of the agency",
        response_model=ListingAnswer,
    )
    async def listing(
        only: Annotated[str, Query(pattern="^(all|waiting)$")] = "all",
        authorization: _Authorization = "",
    ) -> Response:
        """With `only=waiting` those alone that wait for a second person."""
        bearer = service.bearer(authorization)
        told = await screenings.listing(bearer, waiting_alone=only == "waiting")
        return Response(told, media_type=_JSON)

    @router.get(
        "/{screening_id}",
        summary="How far one's own screening is",
        response_model=ScreeningAnswer,
        responses=NOT_SEEN,
    )
    async def progress(screening_id: str, authorization: _Authorization = "") -> Response:
        bearer = service.bearer(authorization)
        return Response(await screenings.answer(screening_id, bearer), media_type=_JSON)

    @router.post(
        "/{screening_id}/run",
        status_code=202,
        summary="Begin or go on with a screening: what has no answer yet is asked",
        response_model=ScreeningAnswer,
        responses={**NOT_SEEN, **_DECIDED},
    )
    async def run(screening_id: str, body: RunBody, authorization: _Authorization = "") -> Response:
        bearer = service.bearer(authorization)
        await screenings.run(screening_id, bearer, anyway=body.anyway)
        return Response(await screenings.answer(screening_id, bearer), 202, media_type=_JSON)

    @router.post(
        "/{screening_id}/approval",
        summary="Decide on another officer's long list, as a supervisor; one approved is begun",
        response_model=ScreeningAnswer,
        responses={**NOT_SEEN, **_DECIDED},
    )
    async def approval(
        screening_id: str, body: DecisionBody, authorization: _Authorization = ""
    ) -> Response:
        bearer = service.bearer(authorization)
        await screenings.decide(screening_id, bearer, body)
        return Response(await screenings.answer(screening_id, bearer), media_type=_JSON)

    @router.get(
        "/{screening_id}/results",
        summary="What is known of each place of one's own list, as lines",
        response_class=StreamingResponse,
        responses={200: {"content": row_content()}, **NOT_SEEN},
    )
    async def results(
        screening_id: str,
        start: Annotated[int, Query(alias="from", ge=0, le=MOST_LISTED)] = 0,
        only: Annotated[str, Query(pattern="^(all|hits)$")] = "all",
        authorization: _Authorization = "",
    ) -> Response:
        """Places without an answer yet are `unavailable`, `not-asked`. Read on by `from`."""
        bearer = service.bearer(authorization)
        # A screening that is not there is said as a problem, and not in the stream.
        await seen(service.client, screening_id, bearer)
        found = lines(service.client, screening_id, bearer, start, hits_alone=only == "hits")
        return StreamingResponse(checked("results", found), media_type=NDJSON)

    @router.delete(
        "/{screening_id}",
        status_code=204,
        summary="Stop one's own screening, erase its list and results; logs and receipts stay",
        responses=NOT_SEEN,
    )
    async def erase(screening_id: str, authorization: _Authorization = "") -> Response:
        bearer = service.bearer(authorization)
        await screenings.erase(screening_id, bearer)
        return Response(status_code=204)

    return router
