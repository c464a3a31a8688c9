"""Sessions: fifteen minutes idle, eight hours, ended at will, and kept as hashes."""

import pytest
from unit.desk.conftest import NOW_MS
from unit.desk.test_accounts import added

from fedquery.desk import accounts, sessions
from fedquery.storage.transaction import transaction

MINUTE_MS = 60_000


@pytest.fixture
def account(store):
    """Make an account."""
    return added(store)


@pytest.fixture
def token(store, account):
    """Begin a session."""
    return begun(store, account)


def begun(store, account, now_ms=NOW_MS):
    """Begin a session at a time."""
    with transaction(store.connection):
        return sessions.begin(store.connection, account, "192.0.2.7", now_ms, store.random)


def visitor(store, token, now_ms, **how):
    """Say whose token it is at a time."""
    return sessions.visitor_of(store.connection, store.key, token, now_ms, **how)


def test_a_session_is_of_its_account(store, account, token):
    """By its token, and by nothing else."""
    found = visitor(store, token, NOW_MS)
    assert (account.account_id, account.name, "officer") == (
        found.account_id,
        found.name,
        found.role,
    )
    assert visitor(store, token[:-1] + ("A" if token[-1] != "A" else "B"), NOW_MS) is None
    assert visitor(store, "", NOW_MS) is None
    assert visitor(store, "é" * 43, NOW_MS) is None


def test_a_session_that_is_not_used_ends(store, token):
    """After fifteen minutes; each use begins them anew, to the minute."""
    assert visitor(store, token, NOW_MS + 15 * MINUTE_MS - 1) is not None
    assert visitor(store, token, NOW_MS + 29 * MINUTE_MS) is not None
    assert visitor(store, token, NOW_MS + 44 * MINUTE_MS) is None


def test_looking_does_not_prolong_a_session(store, token):
    """A page that asks whether it lives on leaves it as it is."""
    assert visitor(store, token, NOW_MS + 14 * MINUTE_MS, used=False) is not None
    assert visitor(store, token, NOW_MS + 15 * MINUTE_MS) is None


def test_a_session_ends_after_eight_hours_however_much_it_is_used(store, token):
    """The last use is a moment before."""
    for minute in range(0, 480, 10):
        assert visitor(store, token, NOW_MS + minute * MINUTE_MS) is not None
    assert visitor(store, token, NOW_MS + 480 * MINUTE_MS) is None


def test_a_copy_of_the_file_signs_nobody_in(store, home, token):
    """The token is not in it, nor what forms have to bring."""
    csrf = visitor(store, token, NOW_MS).csrf
    octets = b"".join(path.read_bytes() for path in home.glob("desk.db*"))
    assert token.encode() not in octets
    assert csrf.encode() not in octets
    assert token not in repr(visitor(store, token, NOW_MS))
    assert csrf not in repr(visitor(store, token, NOW_MS))


def test_sessions_of_an_account_are_listed_and_ended(store, account, token):
    """Each by its id, by its own account alone."""
    later = begun(store, account, NOW_MS + MINUTE_MS)
    now_ms = NOW_MS + MINUTE_MS
    newest, oldest = sessions.of_account(store.connection, account.account_id, now_ms)
    assert newest.session_id == visitor(store, later, now_ms).session_id
    other = added(store, "Officer 8")
    assert not sessions.end(store.connection, other.account_id, oldest.session_id)
    assert sessions.end(store.connection, account.account_id, oldest.session_id)
    assert visitor(store, token, now_ms) is None
    assert visitor(store, later, now_ms) is not None
    assert [newest] == sessions.of_account(store.connection, account.account_id, now_ms)


@pytest.mark.parametrize("how", ["disabled", "reset"])
def test_an_account_that_is_ended_has_no_session(store, account, token, how):
    """At once, not when the session would have ended."""
    if how == "disabled":
        accounts.set_enabled(store.connection, account, enabled=False)
    else:
        made = accounts.Credentials(account.password, bytes(20))
        accounts.reset(store.connection, store.key, account, made, store.random)
    assert visitor(store, token, NOW_MS) is None


def test_a_disabled_account_has_no_session_however_it_came_to_be_disabled(store, token):
    """Also where somebody wrote it into the database by hand."""
    store.connection.execute("UPDATE account SET enabled = 0")
    assert visitor(store, token, NOW_MS) is None


def test_sessions_that_have_ended_are_swept(store, account, token):
    """Nothing of them is kept."""
    with transaction(store.connection):
        sessions.sweep(store.connection, NOW_MS + 16 * MINUTE_MS)
    assert (0,) == store.connection.execute("SELECT count(*) FROM session").fetchone()


def test_forms_are_bound_to_their_session(store, account, token):
    """Two sessions of one account have two tokens for forms."""
    other = begun(store, account)
    assert visitor(store, token, NOW_MS).csrf != visitor(store, other, NOW_MS).csrf
    assert visitor(store, token, NOW_MS).csrf == sessions.csrf_of(store.key, token)
    assert sessions.csrf_of(bytes(32), token) != sessions.csrf_of(store.key, token)


def test_a_full_disk_ends_no_session(store, token):
    """Answers can still be read; it ends as if nobody had used it since."""
    store.connection.execute("PRAGMA query_only = ON")
    assert visitor(store, token, NOW_MS + 14 * MINUTE_MS) is not None
    assert visitor(store, token, NOW_MS + 15 * MINUTE_MS) is None
