"""The page of one's own account: its sessions, its language, its password and its codes."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from fedquery.desk import pages, sessions
from fedquery.desk.language import N_
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor

# What an address may say was done; it holds nothing else.
_DONE: Final[dict[str, tuple[str, str]]] = {
    "password": (N_("The password was changed. All other sessions have ended."), "note"),
    "codes": (N_("The new codes count from now on. All other sessions have ended."), "note"),
    "none": (N_("Nothing was changed: the time for it was over. Begin anew."), "warning"),
}


def account_page(
    request: Request,
    visitor: Visitor,
    errors: Mapping[str, str] | None = None,
    *,
    status: int = 422,
) -> Response:
    """Show the account of whoever looks.

    Args:
        request: the request that is answered.
        visitor: who looks.
        errors: what was refused, by the field or the form that it is said beside.
        status: the status where something was refused.
    """
    desk, say = desk_of(request), pages.gettext_of(request)
    text, kind = _DONE.get(request.query_params.get("done", ""), ("", ""))
    return pages.render(
        request,
        "account.html",
        status=status if errors else 200,
        sessions=[
            one
            for one in sessions.of_account(desk.connection, visitor.account_id, desk.clock())
            if one.session_id not in desk.ended
        ],
        done=say(text) if text else "",
        done_kind=kind,
        errors={name: say(fault) for name, fault in (errors or {}).items()},
    )
