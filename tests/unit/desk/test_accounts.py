"""Accounts: found by any case of their names, their secrets sealed each to its account."""

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from unit.desk.conftest import NOW_MS

from fedquery.desk import accounts, lockout, passwords
from fedquery.desk.accounts import Credentials
from fedquery.errors import InputError, SealError
from fedquery.storage.transaction import transaction

CHEAP = PasswordHasher.from_parameters(CHEAPEST)
WORDS = "four words of a book"


def added(store, name="Officer 7", role="officer", secret=bytes(range(20))):
    """Make an account."""
    made = Credentials(passwords.hashed(CHEAP, WORDS), secret)
    return accounts.add(
        store.connection, store.key, name, role, made, now_ms=NOW_MS, random=store.random
    )


def test_an_account_is_found_whatever_the_case_of_its_name(store):
    """One person has one account, however the name is typed."""
    made = added(store)
    assert made == accounts.find(store.connection, "OFFICER 7")
    assert made == accounts.read(store.connection, made.account_id)
    assert [made] == accounts.every(store.connection)
    assert accounts.find(store.connection, "officer 8") is None
    with pytest.raises(InputError):
        added(store, "oFFicer 7")


@pytest.mark.parametrize("name", ["", " officer", "a\nb", "x" * 65, "a\u200bb"])
def test_a_name_is_one_line_that_people_can_read(store, name):
    """Nothing that looks like another name, or breaks a page or a log."""
    with pytest.raises(InputError):
        added(store, name)


def test_a_secret_opens_for_its_own_account_alone(store):
    """Whoever writes to the database cannot give an account the codes of another one."""
    one, other = added(store), added(store, "Officer 8", secret=bytes(20))
    assert bytes(range(20)) == accounts.code_secret(store.key, one)
    store.connection.execute(
        "UPDATE account SET code_secret = ? WHERE account_id = ?",
        (one.code_secret, other.account_id),
    )
    with pytest.raises(SealError):
        accounts.code_secret(store.key, accounts.named(store.connection, "Officer 8"))
    with pytest.raises(SealError):
        accounts.code_secret(bytes(32), one)


def test_no_secret_and_no_password_is_in_the_file(store, home):
    """Neither in the clear, in the database nor beside it; nor in what is printed of an account."""
    secret = b"this is the secret!!"
    made = added(store, secret=secret)
    octets = b"".join(path.read_bytes() for path in home.glob("desk.db*"))
    assert secret not in octets
    assert WORDS.encode() not in octets
    assert b"Officer 7" in octets
    assert "argon2" not in repr(made)
    assert "secret" not in repr(Credentials("hash", secret)).replace("code_secret", "")


def test_a_step_is_used_once(store):
    """Neither it nor an earlier one is taken again."""
    made = added(store)
    with transaction(store.connection):
        assert accounts.use_step(store.connection, made.account_id, 100)
        assert not accounts.use_step(store.connection, made.account_id, 100)
        assert not accounts.use_step(store.connection, made.account_id, 99)
        assert accounts.use_step(store.connection, made.account_id, 101)


def test_a_reset_account_has_another_secret_and_does_not_wait(store):
    """What was tried at the old one does not hold the new one up."""
    made = added(store)
    subject = (lockout.subject(store.key, "account", accounts.folded(made.name)),)
    for _ in range(lockout.FREE_TRIES):
        lockout.begin_try(store.connection, subject, NOW_MS)
    assert lockout.begin_try(store.connection, subject, NOW_MS) > 0
    again = Credentials(passwords.hashed(CHEAP, "another four words"), bytes(20))
    accounts.reset(store.connection, store.key, made, again, store.random)
    found = accounts.named(store.connection, made.name)
    assert bytes(20) == accounts.code_secret(store.key, found)
    assert passwords.fits(CHEAP, found.password, "another four words")
    assert 0 == lockout.begin_try(store.connection, subject, NOW_MS)
