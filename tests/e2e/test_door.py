"""The door of the desk in a real browser: signing in and out, forms of others, scripts, tabs."""

import contextlib
import itertools
import re

import pytest
from support.desk_in_thread import DeskInThread
from support.desk_watch import Watch
from unit.desk_pages import served

_NAMES = itertools.count(1)
_SCRIPTED = "<script>document.body.dataset.scripted = 1</script>"
_LOOKS_AFTER_MS = 61_000  # the page asks each minute whether its session lives


@pytest.fixture(scope="module")
def own_desk(tmp_path_factory):
    """Serve a desk that these tests have for themselves."""
    with contextlib.closing(DeskInThread(tmp_path_factory.mktemp("desk-door"))) as desk:
        yield desk


@pytest.fixture
def window(chromium, own_desk):
    """Open windows on it; whatever a page may never do is noted."""
    opened, watch = [], Watch(own_desk.url)

    def make(**how):
        context = chromium.new_context(base_url=own_desk.url, locale="en-GB", **how)
        opened.append(context)
        page = context.new_page()
        watch.follow(page)
        return page

    yield make
    for context in opened:
        context.close()
    watch.require_quiet()


@pytest.fixture
def officer(own_desk):
    """Make an account."""
    return served.account(own_desk.desk, f"officer {next(_NAMES)}")


def fill(page, own_desk, account, password=served.PASSWORD):
    """Type what signs an account in."""
    page.fill("[name=name]", account.name)
    page.fill("[name=password]", password)
    page.fill("[name=code]", served.code(own_desk.desk, account))


def sign_in(page, own_desk, account):
    """Sign in."""
    page.goto("/desk/login")
    fill(page, own_desk, account)
    page.click("main button")
    page.wait_for_selector("body[data-signed-in]")


def test_an_officer_signs_in_by_keyboard_alone(window, own_desk, officer):
    """Tab and Enter, in the order of the page; the first stop leads past the bar."""
    page = window()
    page.goto("/desk/account")
    page.keyboard.press("Tab")
    assert "#content" == page.evaluate("() => document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    for typed in (officer.name, served.PASSWORD, served.code(own_desk.desk, officer)):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-signed-in]")
    assert f"{own_desk.url}/desk/account" == page.url


def test_everything_works_without_script(window, own_desk, officer):
    """Signing in, looking at one's sessions, signing out."""
    page = window(java_script_enabled=False)
    sign_in(page, own_desk, officer)
    page.click(".who a")
    assert "(this session)" in page.inner_text("main")
    page.click("[data-sign-out] button")
    assert f"{own_desk.url}/desk/login" == page.url


def test_the_sixth_try_waits(window, own_desk, officer):
    """The page says for how long; afterwards the right password signs in."""
    page = window()
    page.goto("/desk/login")
    for _ in range(5):
        fill(page, own_desk, officer, password="wrong")  # noqa: S106 -- wrong
        page.click("main button")
        page.wait_for_selector("[role=alert]")
        assert "The name, the password or the code is not right." in page.inner_text("main")
    fill(page, own_desk, officer)
    page.click("main button")
    page.wait_for_selector("text=Wait 30 seconds, then try again.")
    own_desk.pass_time(0.5)
    fill(page, own_desk, officer)
    page.click("main button")
    page.wait_for_selector("body[data-signed-in]")


def test_a_form_with_another_token_does_nothing(window, own_desk, officer):
    """The page that answers says so, and the session lives on."""
    page = window()
    sign_in(page, own_desk, officer)
    page.evaluate("() => { document.querySelector('[data-sign-out] [name=csrf]').value = 'x' }")
    page.click("[data-sign-out] button")
    page.wait_for_selector("text=This form was not sent from a page of this session.")
    page.goto("/desk/account")
    assert officer.name in page.inner_text("h1")


@pytest.mark.parametrize("path", ["/desk/logout", "/desk/login", "/desk/account/sessions"])
def test_a_page_of_another_site_does_nothing(chromium, own_desk, officer, path):
    """It can send a form there; it is refused before anything of it is looked at."""
    context = chromium.new_context(base_url=own_desk.url, locale="en-GB")
    page = context.new_page()
    sign_in(page, own_desk, officer)
    form = f'<form method="post" action="{own_desk.url}{path}"><button>Win</button></form>'
    page.route(
        "http://elsewhere.example/",
        lambda route: route.fulfill(content_type="text/html", body=form),
    )
    page.goto("http://elsewhere.example/")
    with page.expect_response(f"**{path}") as answered:
        page.click("button")
    assert 403 == answered.value.status
    page.goto("/desk/account")
    assert officer.name in page.inner_text("h1")
    context.close()


def test_a_script_in_a_name_does_nothing(window, own_desk):
    """It is text wherever it is shown."""
    page = window()
    sign_in(page, own_desk, served.account(own_desk.desk, _SCRIPTED))
    page.goto("/desk/account")
    assert _SCRIPTED == page.inner_text("h1")
    assert page.get_attribute("body", "data-scripted") is None


def test_the_policy_refuses_what_a_page_never_does(chromium, own_desk):
    """Inline scripts and styles, and text that would become markup: these browsers hold to it."""
    context = chromium.new_context(base_url=own_desk.url)
    page = context.new_page()
    page.goto("/desk/login")
    refused = page.evaluate(
        """() => new Promise(done => {
            const seen = [];
            document.addEventListener('securitypolicyviolation', event => {
                seen.push(event.effectiveDirective);
                if (seen.length === 3) { done(seen.sort()); }
            });
            try { document.body.innerHTML = '<b>x</b>'; } catch { /* as it should */ }
            const style = document.createElement('style');
            style.textContent = 'body { display: none }';
            document.head.append(style);
            const picture = document.createElement('img');
            picture.src = 'https://elsewhere.example/x.png';
            document.body.append(picture);
        })"""
    )
    assert ["img-src", "require-trusted-types-for", "style-src-elem"] == refused
    context.close()


def test_signing_out_in_one_tab_clears_the_others(window, own_desk, officer):
    """At once, without a click there; and going back shows nothing of it."""
    page = window()
    sign_in(page, own_desk, officer)
    other = page.context.new_page()
    other.goto("/desk/account")
    page.goto("/desk/account")
    page.click("[data-sign-out] button")
    other.wait_for_url("**/desk/login")
    page.wait_for_url("**/desk/login")
    page.go_back()
    page.wait_for_url(re.compile("/desk/login"))
    assert officer.name not in page.inner_text("body")


def test_a_session_that_has_ended_leaves_the_screen(window, own_desk, officer):
    """A page that lies open is looked after each minute, which does not prolong the session."""
    page = window()
    page.clock.install()
    sign_in(page, own_desk, officer)
    for _ in range(2):
        with page.expect_response("**/desk/session") as looked:
            page.clock.fast_forward(_LOOKS_AFTER_MS)
        assert 204 == looked.value.status
        looked.value.finished()
        own_desk.pass_time(8)
    page.clock.fast_forward(_LOOKS_AFTER_MS)
    page.wait_for_url("**/desk/login")


def test_the_browser_keeps_nothing(window, own_desk, officer):
    """No storage, no cookie that a script can read, and cookies as `__Host-` wants them."""
    page = window()
    sign_in(page, own_desk, officer)
    page.goto("/desk/account")
    assert [0, 0, ""] == page.evaluate(
        "() => [localStorage.length, sessionStorage.length, document.cookie]"
    )
    kept = {cookie["name"]: cookie for cookie in page.context.cookies()}
    # The session's goes with the browser; the other one names nobody and signs nobody in.
    assert {"__Host-fedquery-desk", "__Host-fedquery-browser"} == kept.keys()
    for cookie in kept.values():
        assert (True, True, "Strict", "/") == (
            cookie["secure"],
            cookie["httpOnly"],
            cookie["sameSite"],
            cookie["path"],
        )
    assert -1 == kept["__Host-fedquery-desk"]["expires"]
    assert -1 != kept["__Host-fedquery-browser"]["expires"]


def test_others_failures_keep_nobody_waiting_in_their_own_browser(window, own_desk, officer):
    """A real browser brings its cookie back after signing out, and another has none."""
    own, stranger = window(), window()
    sign_in(own, own_desk, officer)
    own.click("[data-sign-out] button")
    own_desk.pass_time(1)
    stranger.goto("/desk/login")
    for _ in range(6):
        fill(stranger, own_desk, officer, password="wrong")  # noqa: S106 -- wrong
        stranger.click("main button")
        stranger.wait_for_selector("[role=alert]")
    stranger.wait_for_selector("text=Wait 30 seconds, then try again.")
    sign_in(own, own_desk, officer)
    # All windows here have one address, of which the next test must not find a try.
    own_desk.pass_time(1)
    sign_in(stranger, own_desk, officer)


def test_what_can_be_pressed_is_large_enough(window, own_desk, officer):
    """Forty-four pixels high on a phone; less only for links within a text."""
    page = window(viewport={"width": 360, "height": 740})
    page.goto("/desk/login")
    pressed = "button, select, input:not([type=hidden]), nav a, .who a, .name, .way, .button"
    for path in ("/desk/login", "/desk/", "/desk/account"):
        if path == "/desk/":
            sign_in(page, own_desk, officer)
        page.goto(path)
        heights = page.eval_on_selector_all(
            pressed,
            "found => found.map(one => [one.textContent, one.getBoundingClientRect().height])",
        )
        assert len(heights) > 4
        assert [] == [one for one in heights if one[1] < 44]


def test_paper_has_no_bar_and_no_buttons(window, own_desk, officer):
    """What is printed is what was found, and that it is of a training."""
    page = window()
    sign_in(page, own_desk, officer)
    page.goto("/desk/account")
    page.emulate_media(media="print")
    assert not page.is_visible("nav")
    assert not page.is_visible("button")
    assert page.is_visible("h1")
    assert page.is_visible("text=Training: no real records.")
