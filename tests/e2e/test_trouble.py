"""A quota that is spent is told in words, and keeps no other nation from answering.

China is stopped, and started again with hardly any quota; when it has its own again it answers
whoever asks next.
"""

import re

import pytest
from support.desk_asking import ask_now, case_of, name_case, paste, word_of
from support.desk_users import sign_in

NATION = "CN"
HELD = "+84855501990"
TWO = f"{HELD}\n+66855501991"


@pytest.fixture
def officer(make_account):
    """Make the account of an officer."""
    return make_account()


@pytest.fixture
def signed_in(page, officer):
    """Sign the officer in."""
    page.goto("/desk/")
    sign_in(page, officer)
    return page


@pytest.fixture
def stopped(federation, start_again):
    """Stop a nation's node for a test, which may start it with other settings."""
    settings = federation.node(NATION) / "node.toml"
    before = settings.read_text()
    federation.stop(NATION)
    yield settings
    federation.stop(NATION)
    settings.write_text(before)
    start_again(NATION)


def test_a_quota_that_is_spent_is_told(signed_in, officer, stopped, federation):
    """A question for which there is no room is asked only by whoever says so, and is refused."""
    narrow = re.sub("hour = [0-9]+", "hour = 1", stopped.read_text())
    stopped.write_text(narrow)
    federation.start_node(NATION)
    paste(signed_in, TWO)
    name_case(signed_in, case_of(officer))
    if signed_in.is_visible("[name=anyway]"):
        signed_in.check("[name=anyway]")
    ask_now(signed_in)
    # There was room for one of the two.
    assert "refused" in [word_of(signed_in, place, NATION) for place in (0, 1)]
    assert "hit" == word_of(signed_in, 0, "VN")
    assert "Its quota for this agency is spent." in signed_in.inner_text("main")
