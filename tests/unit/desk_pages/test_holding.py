"""Nobody holds the thread on which answers come: what is large is read apart, up to an end."""

import threading
from dataclasses import replace

import pytest
from unit.desk_pages import served
from unit.desk_pages.test_asking import KNOWN, OTHER, choose, paste, rows

from fedquery.desk import ask_routes, forms
from fedquery.desk.reading import MOST_TYPED


@pytest.fixture
async def signed_in(browser, officer):
    """Sign the officer in."""
    await browser.sign_in(officer)
    return browser


@pytest.fixture
def apart(monkeypatch):
    """Note what is read, and whether on another thread than the one of the event loop."""
    noted = []

    def note(module, name):
        read = getattr(module, name)

        def noting(*what):
            noted.append((name, threading.current_thread() is not threading.main_thread()))
            return read(*what)

        monkeypatch.setattr(module, name, noting)

    note(ask_routes, "edited")
    note(ask_routes, "in_text")
    note(ask_routes, "in_picture")
    note(forms.form_bodies, "parts")
    return noted


async def test_what_was_typed_anew_is_read_apart(signed_in, apart):
    """And so are a text and a picture that were pasted."""
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    await choose(signed_in, draft)
    form = {"csrf": served.token_of((await signed_in.get("/desk/ask")).text), "case_id": ""}
    files = {"picture": ("a.png", b"no picture", "image/png")}
    await signed_in.window.post(
        "/desk/ask", data={**form, "pasted": ""}, files=files, headers=signed_in.headers
    )
    read = [one for one in apart if one[0] != "parts"]
    assert [("in_text", True), ("edited", True), ("in_picture", True)] == read


@pytest.mark.parametrize(("length", "is_apart"), [(1_000, False), (100_000, True)])
async def test_a_large_form_is_taken_apart_apart(signed_in, apart, length, is_apart):
    """A small one costs less than the way there and back."""
    await paste(signed_in, "x" * length)
    assert ("parts", is_apart) in apart


@pytest.mark.parametrize("more", [0, 1])
async def test_no_more_is_typed_anew_than_can_be_read_soon(signed_in, apart, more):
    """What is beyond is refused before any of it is read; what was not changed is not counted."""
    draft = (await paste(signed_in, f"{KNOWN} {OTHER}")).headers["location"]
    shown = rows((await signed_in.get(draft)).text)["spelled"]
    # The last row is the empty one for what is added.
    typed = ["1" * (MOST_TYPED // 16)] * 15 + ["1" * (MOST_TYPED // 16 + more)]
    page = await choose(signed_in, draft, spelled=[*shown[:-1], *typed])
    assert (more == 0) == (("edited", True) in apart)
    assert (more == 1) == ("This is too much at once." in page.text)
    assert KNOWN in page.text


async def test_a_draft_that_changed_while_it_was_read_is_not_written_over(
    desk, signed_in, monkeypatch
):
    """What another window chose meanwhile stands, and this one is told to look again."""
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    edited = ask_routes.edited

    def meanwhile(*what):
        (one,) = desk.drafts._kept.values()
        desk.drafts.change(replace(one, chips=one.chips * 2))
        return edited(*what)

    monkeypatch.setattr(ask_routes, "edited", meanwhile)
    assert 400 == (await choose(signed_in, draft)).status_code
    (one,) = desk.drafts._kept.values()
    assert 2 == len(one.chips)
