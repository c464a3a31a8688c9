"""Every route wants somebody who is signed in, in a role, but for a list that is written here."""

import pytest
from starlette.routing import Route
from unit.desk_pages import served

from fedquery.desk import cookies
from fedquery.desk.app import make_app
from fedquery.desk.pages import SECTIONS, sections_of
from fedquery.desk.roles import ROLES

# Where nobody needs to be signed in; whoever adds to it says why.
OPEN = {
    ("GET", "/"),  # leads to the first page
    ("GET", "/desk"),  # leads to the first page
    ("GET", "/desk/login"),
    ("POST", "/desk/login"),
    ("GET", "/desk/session"),  # says 204 or 401
    ("GET", "/desk/static/{rest:path}"),  # files of the release
    ("POST", "/desk/language"),  # chosen before signing in too
}


def routes(desk):
    """List method and path of every route."""
    app = make_app(desk)
    assert all(isinstance(route, Route) for route in app.routes)
    return {(method, route.path) for route in app.routes for method in route.methods - {"HEAD"}}


def filled(path):
    """Write an address of a path."""
    return path.replace("{rest:path}", "x").replace("{", "0").replace("}", "0")


async def test_every_other_route_wants_a_session(desk, browser):
    """Reading leads to the page to sign in; a form is refused before it is looked at."""
    wanting = sorted(routes(desk) - OPEN)
    assert ("GET", "/desk/account") in wanting
    for method, path in wanting:
        if method == "GET":
            found = await browser.get(filled(path))
            assert (303, True) == (found.status_code, "/desk/login" in found.headers["location"])
        else:
            found = await browser.post(filled(path), csrf="x", surplus="x")
            assert 401 == found.status_code, path


@pytest.mark.parametrize("role", ROLES)
async def test_a_section_that_a_role_does_not_have_is_refused(desk, browser, role):
    """By its page, and it is not in the bar."""
    known = {path for _, path in routes(desk)}
    account = served.account(desk, "Somebody", role)
    await browser.sign_in(account)
    page = (await browser.get("/desk/account")).text
    for section in SECTIONS:
        has = section in sections_of(role)
        assert has == (f'<a href="{section.address}"' in page)
        if section.address in known:
            found = await browser.get(section.address)
            assert has == (found.status_code != 403), section.address


async def test_nothing_is_told_of_addresses_that_are_not_there(browser, officer):
    """Signed in or not, and whatever the method."""
    for _ in range(2):
        assert 404 == (await browser.get("/desk/nothing")).status_code
        assert 404 == (await browser.get("/desk/login/")).status_code
        removed = await browser.window.request("DELETE", "/desk/login", headers=browser.headers)
        assert 405 == removed.status_code
        if not browser.window.cookies.get(cookies.SESSION):
            await browser.sign_in(officer)
