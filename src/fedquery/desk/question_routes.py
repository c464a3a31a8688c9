"""The page of a question: what comes as it comes, and what came."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from fedquery.desk import asked_again, cases, pages, questions
from fedquery.desk.arriving import MEDIA_TYPE, cell_line, end_line, tile_line
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.asking import Asking
from fedquery.desk.case_form import PURPOSE_NAMES
from fedquery.desk.following import may_follow
from fedquery.desk.language import N_
from fedquery.desk.matrix import Cell, Matrix, matrix
from fedquery.desk.question_view import Answers, answers_of, asked_of, view_of
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import titles_of, voice_of
from fedquery.desk.tiles import Picture, Tile, picture
from fedquery.desk.voice import Voice

_ALL_CAME: Final = N_("All answers have come.")


@dataclass(frozen=True, slots=True)
class QuestionPages:
    """The pages of questions that were sent.

    Attributes:
        asking: what is under way.
    """

    asking: Asking

    async def question_page(self, request: Request, visitor: Visitor) -> Response:
        """Show a question with what has come of it so far."""
        desk, voice = desk_of(request), voice_of(request)
        kept = questions.read(desk.store, visitor, request.path_params["question_id"])
        kept_case = cases.read(desk.store, visitor, kept.case_id)
        later = asked_again.later(desk.store, visitor, kept)
        view = view_of(kept, self._answers(kept), voice, titles_of(desk), later)
        return pages.render(
            request,
            "question.html",
            question=kept,
            kept_case=kept_case,
            may_act=kept_case.state == "open" and visitor.account_id in kept_case.members,
            purpose=voice.say(PURPOSE_NAMES.get(kept.facts.purpose, kept.facts.purpose)),
            view=view,
            picture=picture(*_nations(desk), view.matrix, voice),
        )

    async def answers(self, request: Request, visitor: Visitor) -> Response:
        """Give what comes of a question, line by line."""
        desk, voice = desk_of(request), voice_of(request)
        kept = questions.read(desk.store, visitor, request.path_params["question_id"])
        lines = self._lines(desk, visitor, kept, voice)
        return StreamingResponse(lines, media_type=MEDIA_TYPE)

    async def _lines(
        self, desk: Desk, visitor: Visitor, kept: KeptQuestion, voice: Voice
    ) -> AsyncIterator[bytes]:
        one = self.asking.find(kept.question_id)
        if one is not None:
            told: dict[object, Cell | Tile] = {}
            async with contextlib.aclosing(one.changes()) as changes:
                async for _ in changes:
                    # It breaks off without its last line: the page reads itself again, and finds
                    # that its session has ended.
                    if not may_follow(desk, visitor, kept.case_id):
                        return
                    table = matrix(asked_of(kept, one.awaited), one.outcomes, voice)
                    shown = picture(*_nations(desk), table, voice)
                    for line in _news(table, shown, voice, told):
                        yield line
        yield end_line(voice.say(_ALL_CAME))

    def _answers(self, kept: KeptQuestion) -> Answers:
        one = self.asking.find(kept.question_id)
        if one is None:
            return answers_of(kept)
        return Answers("asking", tuple(one.outcomes), one.awaited)


def _news(
    table: Matrix, shown: Picture, voice: Voice, told: dict[object, Cell | Tile]
) -> Iterator[bytes]:
    for cell in table.cells():
        if told.get((cell.place, cell.nation)) != cell:
            told[cell.place, cell.nation] = cell
            yield cell_line(cell, voice)
    for tile in shown.tiles:
        if told.get(tile.nation) != tile:
            told[tile.nation] = tile
            yield tile_line(tile)


def _nations(desk: Desk) -> tuple[Sequence[str], str]:
    own = desk.home.settings.nation
    return sorted({*desk.client.session.federation.nodes, own}), own


def routes(asking: Asking) -> list[BaseRoute]:
    """Give the routes of these pages."""
    those = QuestionPages(asking)
    return [
        page("/desk/questions/{question_id}", those.question_page, roles=ASKERS),
        page("/desk/questions/{question_id}/answers", those.answers, roles=ASKERS),
    ]
