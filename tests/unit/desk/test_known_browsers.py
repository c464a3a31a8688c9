"""Browsers that are known: by a hash, for their accounts, for a time, and not without end."""

import pytest
from unit.desk.conftest import NOW_MS

from fedquery.desk import accounts, known_browsers
from fedquery.desk.accounts import Credentials
from fedquery.desk.known_browsers import KNOWN_MS
from fedquery.storage.transaction import transaction


@pytest.fixture
def made(store):
    """Make two accounts."""
    return [
        accounts.add(
            store.connection,
            store.key,
            name,
            "officer",
            Credentials("hash", bytes(20)),
            now_ms=NOW_MS,
            random=store.random,
        ).account_id
        for name in ("one", "two")
    ]


def remember(store, account_id, token="", now_ms=NOW_MS):
    """Sign in with a browser; give its token."""
    with transaction(store.connection):
        return known_browsers.remember(
            store.connection, store.key, token, account_id, now_ms=now_ms, random=store.random
        )


def knows(store, account_id, token, now_ms=NOW_MS):
    """Say whether a browser is known for an account."""
    mark = known_browsers.mark_of(store.key, token)
    return known_browsers.knows(store.connection, mark, account_id, now_ms)


def test_a_browser_is_known_for_whom_has_signed_in_with_it(store, made):
    """And for nobody else; a token that somebody made up is known for nobody."""
    one, two = made
    token = remember(store, one)
    assert knows(store, one, token)
    assert not knows(store, two, token)
    assert not knows(store, one, "made up")
    assert not knows(store, one, "")


def test_several_people_of_one_browser_share_its_cookie(store, made):
    """The second keeps the first known."""
    one, two = made
    token = remember(store, one)
    assert token == remember(store, two, token)
    assert knows(store, one, token)
    assert knows(store, two, token)


@pytest.mark.parametrize("planted", ["", "planted"])
def test_a_token_that_is_not_known_is_not_taken_over(store, made, planted):
    """Whoever planted it knows nothing of the one that counts."""
    token = remember(store, made[0], planted)
    assert token != planted
    assert not knows(store, made[0], planted)


def test_a_browser_is_known_for_a_time(store, made):
    """From the last time that somebody signed in with it."""
    token = remember(store, made[0])
    assert knows(store, made[0], token, NOW_MS + KNOWN_MS - 1)
    assert not knows(store, made[0], token, NOW_MS + KNOWN_MS)
    assert token == remember(store, made[0], token, NOW_MS + 5)
    assert knows(store, made[0], token, NOW_MS + KNOWN_MS)
    remember(store, made[1], "", NOW_MS + 2 * KNOWN_MS)
    assert (1,) == store.connection.execute("SELECT count(*) FROM known_browser").fetchone()


def test_an_account_has_sixteen_at_most(store, made):
    """The one that was used longest ago is forgotten first; those of others stay."""
    other = remember(store, made[1])
    tokens = [remember(store, made[0], "", NOW_MS + number) for number in range(17)]
    known = [knows(store, made[0], token, NOW_MS + 20) for token in tokens]
    assert [False] + [True] * 16 == known
    assert knows(store, made[1], other)


def test_a_reset_forgets_the_browsers_of_an_account(store, made):
    """Somebody else may have signed in with what was reset."""
    token = remember(store, made[0])
    other = remember(store, made[1])
    account = accounts.read(store.connection, made[0])
    credentials = Credentials("other", bytes(20))
    accounts.reset(store.connection, store.key, account, credentials, store.random)
    assert not knows(store, made[0], token)
    assert knows(store, made[1], other)


def test_a_copy_of_the_database_has_no_token(home, store, made):
    """It tells how many browsers an account is known in, and signs nobody past a wait."""
    token = remember(store, made[0])
    octets = b"".join(path.read_bytes() for path in home.glob("desk.db*"))
    assert token.encode() not in octets
    # The twin: what lies there is found by this search.
    assert known_browsers.mark_of(store.key, token) in octets
