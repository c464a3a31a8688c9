"""The application of a desk: its pages behind its door."""

import sqlite3

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.desk import (
    account_routes,
    approval_routes,
    ask_routes,
    audit_result_routes,
    audit_routes,
    card_routes,
    case_facts_routes,
    case_routes,
    claim_routes,
    collecting_routes,
    credential_routes,
    export_routes,
    federation_routes,
    language_routes,
    letter_routes,
    list_making_routes,
    list_result_routes,
    list_routes,
    login_routes,
    proof_routes,
    question_routes,
    refusal_pages,
    sending_routes,
    static_routes,
    still_there_routes,
    supervise_routes,
)
from fedquery.desk.asking import Asking
from fedquery.desk.collecting import Collecting
from fedquery.desk.door import Door
from fedquery.desk.headers import Headers
from fedquery.desk.list_looking import Looking
from fedquery.desk.list_routes import ListPages
from fedquery.desk.list_running import Lists
from fedquery.desk.list_showing import ListShowing
from fedquery.desk.policy_routes import PolicyPages
from fedquery.desk.service import Desk
from fedquery.desk.signing_in import SigningIn
from fedquery.desk.studies import Studies
from fedquery.errors import DiskFullError, FedqueryError
from fedquery.storage.full_disk import is_full


def make_app(desk: Desk) -> Starlette:
    """Make the application.

    Args:
        desk: what its pages share.
    """
    asking, signing_in = Asking(desk), SigningIn(desk)
    lists, looking = Lists(desk), Looking(desk)
    routes: list[BaseRoute] = [
        *static_routes.routes(),
        *login_routes.routes(signing_in),
        *account_routes.routes(),
        *credential_routes.routes(signing_in),
        *language_routes.routes(),
        *ask_routes.routes(),
        *sending_routes.routes(asking),
        *question_routes.routes(asking),
        *list_making_routes.routes(lists),
        *list_routes.routes(ListPages(lists, ListShowing(lists, looking))),
        *list_result_routes.routes(looking),
        *case_routes.routes(),
        *card_routes.routes(),
        *case_facts_routes.routes(),
        *proof_routes.routes(),
        *claim_routes.routes(),
        *letter_routes.routes(),
        *still_there_routes.routes(),
        *export_routes.routes(),
        *approval_routes.routes(asking),
        *supervise_routes.routes(),
        *federation_routes.routes(),
        *audit_routes.routes(),
        *audit_result_routes.routes(),
        *collecting_routes.routes(Collecting(desk)),
        *PolicyPages(Studies(desk.clock)).routes(),
    ]
    app = Starlette(
        routes=routes,
        # The door's guard must be inside of what Starlette puts outermost, which would answer an
        # unexpected error by itself.
        middleware=[Middleware(Headers), Middleware(Door, desk=desk)],
        exception_handlers={
            FedqueryError: _on_ours,
            HTTPException: _on_status,
            sqlite3.OperationalError: _on_disk,
            OSError: _on_disk,
        },
    )
    # A redirect would repeat the address that was asked for.
    app.router.redirect_slashes = False
    return app


async def _on_ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, FedqueryError):
        raise error
    return refusal_pages.refusal(request, error)


async def _on_disk(request: Request, error: Exception) -> Response:
    if not is_full(error):
        raise error
    # Every write is one transaction: what was begun has not been done.
    return refusal_pages.refusal(request, DiskFullError())


async def _on_status(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return refusal_pages.of_status(request, error.status_code)
