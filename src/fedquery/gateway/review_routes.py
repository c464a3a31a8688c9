"""The HTTP face of reviews: what was asked under a threat to life."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, Header, Query, Response

from fedquery.gateway.answers import NOT_SEEN
from fedquery.gateway.bodies import ReviewBody
from fedquery.gateway.reviewing import ReviewAnswer, Reviewing, ReviewsAnswer
from fedquery.gateway.service import GatewayService
from fedquery.transport.http_app import problem_content

_REVIEWED: Final[dict[int | str, dict[str, Any]]] = {
    409: problem_content("Whoever asks may not review it, or somebody has (`review`)")
}
_Authorization = Annotated[str, Header(include_in_schema=False)]
_JSON = "application/json"


def review_router(app: FastAPI, service: GatewayService, reviewing: Reviewing) -> APIRouter:
    """Make the routes of reviews."""
    router = APIRouter(route_class=app.router.route_class, prefix="/v1/reviews")

    @router.get(
        "",
        summary="What was asked under a threat to life; a supervisor sees all of the agency",
        response_model=ReviewsAnswer,
    )
    async def reviews(
        only: Annotated[str, Query(pattern="^(all|waiting)$")] = "waiting",
        authorization: _Authorization = "",
    ) -> Response:
        bearer = service.bearer(authorization)
        told = reviewing.told(bearer, waiting_alone=only == "waiting")
        return Response(told, media_type=_JSON)

    @router.post(
        "/{asked_id}",
        summary="Say once, as a supervisor who did not ask, whether there was such a threat",
        response_model=ReviewAnswer,
        responses={**NOT_SEEN, **_REVIEWED},
    )
    async def review(
        asked_id: str, body: ReviewBody, authorization: _Authorization = ""
    ) -> Response:
        bearer = service.bearer(authorization)
        return Response(reviewing.review(asked_id, bearer, body), media_type=_JSON)

    return router
