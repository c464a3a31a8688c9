"""A quota that is spent is told in words, and keeps no other nation from answering.

China is stopped, and started again with hardly any quota for a case; when it has its own again it
answers whoever asks next.
"""

import pytest
from support.desk_asking import ask_now, case_of, name_case, paste, word_of
from support.desk_users import sign_in

NATION = "CN"
HELD = "+84855501990"
TWO = f"{HELD}\n+66855501991"
THIRD = "+66855501992"


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
    """Known before it is asked, with numbers; asked only by whoever says so, and then refused."""
    # Of a case, which is new here: what others asked is not counted, and no hour renews it.
    stopped.write_text(stopped.read_text() + "\n[quota.case]\ntotal = 2\n")
    federation.start_node(NATION)
    case = case_of(officer)
    paste(signed_in, TWO)
    name_case(signed_in, case)
    ask_now(signed_in)
    assert ["no hit"] * 2 == [word_of(signed_in, place, NATION) for place in (0, 1)]
    paste(signed_in, THIRD)
    name_case(signed_in, case)
    cost = signed_in.url
    told = signed_in.inner_text("main")
    assert "The quota of a nation has no room for this question." in told
    assert "It needs 1, and there are 0." in told
    signed_in.click("[action='/desk/questions'] button[type=submit]")
    signed_in.wait_for_selector("[name=anyway]")
    assert 0 == signed_in.locator("a.to-proof").count()
    signed_in.goto(cost)
    signed_in.check("[name=anyway]")
    ask_now(signed_in)
    assert ("refused", "no hit") == (word_of(signed_in, 0, NATION), word_of(signed_in, 0, "VN"))
    assert "Its quota for this agency is spent." in signed_in.inner_text("main")
