"""Passwords: which may be chosen, how they are kept, and that a changed hash is no wrong one."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from argon2.profiles import CHEAPEST

from fedquery.desk.passwords import check_new, fits, hashed, recommended_hasher
from fedquery.errors import InputError, StorageError

CHEAP = PasswordHasher.from_parameters(CHEAPEST)


def test_real_passwords_are_kept_as_the_standard_recommends():
    """RFC 9106, 4, second recommended: argon2id, 64 MiB, three passes, four lanes, 128-bit salt."""
    found = extract_parameters(hashed(recommended_hasher(), "four words of a book"))
    assert (Type.ID, 65536, 3, 4) == (
        found.type,
        found.memory_cost,
        found.time_cost,
        found.parallelism,
    )
    assert (16, 32) == (found.salt_len, found.hash_len)


def test_a_password_fits_its_hash_alone():
    """Also where the keyboard composes letters in another way."""
    kept = hashed(CHEAP, "mật khẩu dài lắm")
    assert fits(CHEAP, kept, "mật khẩu dài lắm")
    assert not fits(CHEAP, kept, "mat khau dai lam")
    assert kept != hashed(CHEAP, "mật khẩu dài lắm")


def test_a_hash_that_cannot_be_read_is_told():
    """It is a damaged store and no wrong password."""
    with pytest.raises(StorageError):
        fits(CHEAP, "not a hash", "four words of a book")


@pytest.mark.parametrize(
    "password",
    ["", "elevenchars", "a" * 257, "aaaaaaaaaaaaaaaa", "Officer 7 likes tea", "OFFICER 7 2026!"],
)
def test_what_is_guessed_first_may_not_be_chosen(password):
    """Short ones, one character again and again, and the name in any case of its letters."""
    with pytest.raises(InputError):
        check_new(password, "officer 7")


@pytest.mark.parametrize("password", ["twelve chars", "สี่คำจากหนังสือ", "x1" * 6 + "yz"])
def test_twelve_characters_of_any_script_may_be_chosen(password):
    """Length is what is asked for, and nothing of signs and capitals."""
    check_new(password, "officer 7")
