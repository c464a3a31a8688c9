"""The page of the federation: fetched anew where it can be, and read-only for everybody."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.ask import quota_told
from fedquery.ask.clock import ClockError
from fedquery.ask.session import Distrusted, Session
from fedquery.desk import pages
from fedquery.desk.federation_view import federation_view
from fedquery.desk.language import N_
from fedquery.desk.nation_view import NationView, nation_view, own_nation, without_node
from fedquery.desk.roles import ANYBODY
from fedquery.desk.routing import page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.voice import Voice
from fedquery.errors import PeerError
from fedquery.federation.membership import MemberList

_NO_COORDINATOR: Final = N_("No coordinator answers. Below stands what was known before.")
_CLOCK: Final = N_("The clock of this desk is wrong. Below stands what was known before.")


def routes() -> list[BaseRoute]:
    """List the routes."""
    return [page("/desk/federation", federation_page, roles=ANYBODY)]


async def federation_page(request: Request, _visitor: Visitor) -> Response:
    """Show the members of the federation, their data and their rules."""
    desk, voice = desk_of(request), voice_of(request)
    trouble = await freshened(desk.client.session)
    session = desk.client.session
    # The quorum was verified when the list was taken over; here are the names on its lines alone.
    signed_by = MemberList.parse(session.note).signed_by if session.note else ()
    return pages.render(
        request,
        "federation.html",
        status=503 if trouble else 200,
        trouble=voice.say(trouble) if trouble else "",
        view=federation_view(
            session.federation, signed_by, _nations(desk, voice), desk.clock(), voice
        ),
    )


async def freshened(session: Session) -> str:
    """Fetch what nations offer, and say why it could not be fetched; "" where it could.

    Args:
        session: the session of the agency's client.

    Raises:
        ConfigError: if the member list has expired, or the trust policy cannot be read.
    """
    try:
        await session.freshen()
    except ClockError:
        return _CLOCK
    except PeerError:
        return _NO_COORDINATOR
    return ""


def _nations(desk: Desk, voice: Voice) -> tuple[NationView, ...]:
    session, own = desk.client.session, desk.home.settings.nation
    known = session.federation
    return tuple(
        own_nation(code, voice)
        if code == own
        else _other(session, code, voice)
        if code in known.nodes
        else without_node(code, voice)
        for code in sorted({*known.nations, *known.nodes})
    )


def _other(session: Session, nation: str, voice: Voice) -> NationView:
    state, now_ms = session.nations.get(nation), session.clock()
    left = None
    if state is not None and not isinstance(state, Distrusted):
        ceilings = state.manifest.ceilings
        left = quota_told.known_of_agency(session.connection, nation, ceilings, now_ms)
    return nation_view(nation, state, left, now_ms, voice)
