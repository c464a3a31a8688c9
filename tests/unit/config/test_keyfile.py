"""Key files: what others could read or swap stops the start, with the command that mends it."""

import os
import stat

import pytest

from fedquery.config.keyfile import (
    check_private,
    check_private_directory,
    destroy,
    make_private_directory,
    read_pinned,
    read_private,
    read_secret,
    write_secret,
)
from fedquery.errors import ConfigError

SECRET = bytes(range(32))
NOBODY = 65534


@pytest.fixture
def keys(tmp_path):
    """Make a private directory."""
    directory = tmp_path / "keys"
    make_private_directory(directory)
    return directory


@pytest.fixture
def key(keys):
    """Write a secret that is as it should be."""
    path = keys / "signing.key"
    write_secret(path, SECRET)
    return path


def test_what_is_written_is_read(key):
    """A secret comes back, from a file of mode 0600 in a directory of mode 0700."""
    assert SECRET == read_secret(key, 32)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700


def test_a_key_is_never_overwritten(key):
    """Writing over a key is refused and leaves it as it was."""
    with pytest.raises(ConfigError, match="exists"):
        write_secret(key, bytes(32))
    assert SECRET == read_secret(key, 32)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o700, 0o400])
def test_another_mode_is_refused_with_the_chmod(key, mode):
    """Any mode but 0600 is refused, and the error says what to run."""
    key.chmod(mode)
    with pytest.raises(ConfigError, match="must have mode 0600") as caught:
        read_secret(key, 32)
    assert caught.value.do == f"chmod 0600 {key}"


def test_a_symbolic_link_is_refused(key):
    """A link to a good key is no key."""
    link = key.with_name("link.key")
    link.symlink_to(key)
    with pytest.raises(ConfigError, match="symbolic link"):
        read_secret(link, 32)


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o702])
def test_a_directory_that_others_write_is_refused(key, mode):
    """Whoever can write the directory can swap the key, sticky bit or not."""
    key.parent.chmod(mode)
    with pytest.raises(ConfigError, match="others may write") as caught:
        read_secret(key, 32)
    assert caught.value.do == f"chmod 0700 {key.parent}"
    with pytest.raises(ConfigError, match="others may write"):
        write_secret(key.with_name("other.key"), SECRET)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_owner_is_refused(key):
    """A key of another user is refused, and so is one in another user's directory."""
    os.chown(key, NOBODY, NOBODY)
    with pytest.raises(ConfigError, match="another user") as caught:
        read_secret(key, 32)
    assert caught.value.do == f"chown 0 {key}"
    os.chown(key, 0, 0)
    os.chown(key.parent, NOBODY, NOBODY)
    with pytest.raises(ConfigError, match="another user"):
        read_secret(key, 32)


def test_what_is_no_regular_file_is_refused_without_waiting(keys):
    """A FIFO and a directory are refused, and opening the FIFO does not hang."""
    os.mkfifo(keys / "fifo", 0o600)
    (keys / "directory").mkdir(mode=0o600)
    for name in ("fifo", "directory"):
        with pytest.raises(ConfigError, match="not a regular file"):
            read_private(keys / name)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"AAAA\n",
        b"not base64 at all, but long enough for it!!\n",
        b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n",
        b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n",
        b"\xff" * 45,
    ],
)
def test_a_cut_or_changed_file_is_refused(keys, line):
    """Only exactly one canonical base64 line of the right length is a secret; none is quoted."""
    path = keys / "bad.key"
    path.write_bytes(line)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="does not hold one base64 line") as caught:
        read_secret(path, 32)
    assert "AAEC" not in str(caught.value)


def test_a_file_over_the_cap_is_refused(keys):
    """A private file is read up to its cap only."""
    path = keys / "large.pem"
    path.write_bytes(bytes(100))
    path.chmod(0o600)
    assert bytes(100) == read_private(path, cap=100)
    with pytest.raises(ConfigError, match="larger"):
        read_private(path, cap=99)


def test_a_destroyed_secret_is_overwritten_before_it_is_unlinked(key):
    """Whoever holds the file open finds zeros, and the name is gone; twice is once."""
    with key.open("rb") as held:
        destroy(key)
        assert bytes(45) == held.read()
    assert not key.exists()
    destroy(key)


def test_destroying_follows_no_link(key):
    """A link in the place of a key is refused and its target is untouched."""
    link = key.with_name("link.key")
    link.symlink_to(key)
    with pytest.raises(ConfigError, match="symbolic link"):
        destroy(link)
    assert SECRET == read_secret(key, 32)


def test_a_directory_that_others_enter_is_refused(tmp_path):
    """A directory that exists must be private already."""
    path = tmp_path / "open"
    path.mkdir(mode=0o755)
    with pytest.raises(ConfigError, match="others may enter") as caught:
        make_private_directory(path)
    assert caught.value.do == f"chmod 0700 {path}"
    path.chmod(0o700)
    make_private_directory(path)


def test_a_missing_key_is_named(keys):
    """The error for a missing file names it."""
    with pytest.raises(ConfigError, match=r"none\.key: No such file"):
        read_secret(keys / "none.key", 32)


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o710, 0o1777])
def test_a_directory_is_checked_without_being_made(keys, mode):
    """It is looked at without being made, and the error says what to run."""
    check_private_directory(keys)
    keys.chmod(mode)
    with pytest.raises(ConfigError, match="others may enter") as caught:
        check_private_directory(keys)
    assert caught.value.do == f"chmod 0700 {keys}"


def test_a_directory_that_is_missing_or_none_is_refused(keys, key):
    """A check makes nothing."""
    for path in (keys / "none", key):
        with pytest.raises(ConfigError):
            check_private_directory(path)
    assert not (keys / "none").exists()


def test_a_key_that_is_not_read_is_checked_all_the_same(key):
    """The key of an authority is used by hand only, and is as secret as the others."""
    check_private(key)
    key.chmod(0o640)
    with pytest.raises(ConfigError, match="must have mode 0600"):
        check_private(key)


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_pinned_file_that_others_write_is_refused(key, mode):
    """All may read it; whoever writes it decides whom to trust."""
    for fine in (0o600, 0o644):
        key.chmod(fine)
        assert read_pinned(key, 100)
    key.chmod(mode)
    with pytest.raises(ConfigError, match="others may write it") as caught:
        read_pinned(key, 100)
    assert caught.value.do == f"chmod 0644 {key}"


def test_a_pinned_file_has_a_cap_and_is_no_link(key):
    """As every file from outside."""
    with pytest.raises(ConfigError, match="larger than"):
        read_pinned(key, 3)
    link = key.with_name("link")
    link.symlink_to(key)
    with pytest.raises(ConfigError, match="symbolic link"):
        read_pinned(link, 100)
    with pytest.raises(FileNotFoundError):
        read_pinned(key.with_name("none"), 100)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_pinned_file_of_another_user_is_refused(key):
    """Its owner can write it whenever they like."""
    os.chown(key, NOBODY, NOBODY)
    with pytest.raises(ConfigError, match="another user"):
        read_pinned(key, 100)
