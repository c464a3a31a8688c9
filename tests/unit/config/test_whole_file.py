"""Files that are written whole: the old one or the new one, and after a kill nothing else."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from fedquery.config import unfinished, whole_file
from fedquery.config.unfinished import unfinished_directory
from fedquery.config.whole_file import replace_file
from fedquery.errors import ConfigError

CANARY = b"+84912000991"
_KILLED = """
import os, signal, sys
from pathlib import Path
from fedquery.config import whole_file
if sys.argv[2] == "named":
    whole_file._NAMELESS = 0
with whole_file.whole_file(Path(sys.argv[1])) as file:
    file.write(b"+84912000991" * 100_000)
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(params=["nameless", "named", "one name"])
def way(request, monkeypatch):
    """Write as each kind of file system wants it: files without a name, none, or one name each."""
    if request.param != "nameless":
        monkeypatch.setattr(whole_file, "_NAMELESS", 0)
    if request.param == "one name":

        def refused(*_arguments, **_options):
            raise OSError(errno.EPERM, "no links here")

        monkeypatch.setattr(os, "link", refused)
    return request.param


def names(directory):
    """List what stands in a directory."""
    return sorted(path.name for path in directory.iterdir())


def write(path, octets, **options):
    """Write a file."""
    with whole_file.whole_file(path, **options) as file:
        file.write(octets)


@pytest.mark.parametrize("replace", [True, False])
def test_a_new_file_is_there_whole_with_its_mode(tmp_path, way, *, replace):
    """And nothing else is, whatever the file system can do."""
    path = tmp_path / "file"
    write(path, CANARY, mode=0o640, replace=replace)
    assert (CANARY, 0o640) == (path.read_bytes(), path.stat().st_mode & 0o777)
    assert ["file"] == names(tmp_path)


def test_another_file_is_replaced_or_kept(tmp_path, way):
    """As was asked for."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError):
        write(path, CANARY, replace=False)
    assert (b"old", ["file"]) == (path.read_bytes(), names(tmp_path))
    write(path, CANARY)
    assert (CANARY, ["file"]) == (path.read_bytes(), names(tmp_path))


def test_what_cannot_be_written_to_its_end_leaves_the_old_one(tmp_path, way):
    """Whatever stops it."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        write(path, "no octets")
    assert (b"old", ["file"]) == (path.read_bytes(), names(tmp_path))


def test_while_it_is_written_it_has_no_name(tmp_path):
    """So that a kill leaves nothing."""
    with whole_file.whole_file(tmp_path / "file") as file:
        file.write(CANARY)
        file.flush()
        assert [] == names(tmp_path)


def killed(path, way):
    """Write in a process that is killed meanwhile."""
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(path), way], check=False)
    assert -signal.SIGKILL == ended.returncode


def test_a_kill_leaves_nothing(tmp_path):
    """By a real kill, while it is written."""
    killed(tmp_path / "file", "nameless")
    assert [] == names(tmp_path)


def test_what_a_kill_leaves_elsewhere_says_so_and_is_removed_by_the_next(tmp_path, monkeypatch):
    """On file systems without such files: for its owner alone until then."""
    killed(tmp_path / "file", "named")
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".fedquery-unfinished-")
    assert 0o600 == left.stat().st_mode & 0o777
    monkeypatch.setattr(whole_file, "_NAMELESS", 0)
    write(tmp_path / "other", b"x")
    assert ["other"] == names(tmp_path)


def test_what_others_write_is_not_removed(tmp_path, monkeypatch):
    """Nor what is not ours, or only named like it."""
    monkeypatch.setattr(whole_file, "_NAMELESS", 0)
    target = tmp_path / "target"
    target.write_bytes(b"x")
    (tmp_path / ".fedquery-unfinished-link").symlink_to(target)
    with whole_file.whole_file(tmp_path / "first") as file:
        file.write(CANARY)
        write(tmp_path / "second", b"y")
    assert CANARY == (tmp_path / "first").read_bytes()
    assert b"x" == target.read_bytes()


def test_one_that_another_process_removes_is_made_again(tmp_path, monkeypatch):
    """Between its name and its lock, it looks like one that was left."""
    monkeypatch.setattr(whole_file, "_NAMELESS", 0)
    held, first = unfinished._held, []

    def meanwhile(descriptor):
        if not first:
            first.extend(tmp_path.iterdir())
            first[0].unlink()
        return held(descriptor)

    monkeypatch.setattr(unfinished, "_held", meanwhile)
    write(tmp_path / "file", CANARY)
    assert ["file"] == names(tmp_path)


@pytest.mark.parametrize("code", [errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL])
def test_a_file_system_without_nameless_files_is_written_to_all_the_same(
    tmp_path, monkeypatch, code
):
    """Whatever it says to being asked for one."""
    opened = os.open

    def refused(path, flags, *more, **options):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(code, "no such files here")
        return opened(path, flags, *more, **options)

    monkeypatch.setattr(os, "open", refused)
    write(tmp_path / "file", CANARY)
    assert ["file"] == names(tmp_path)


def test_where_it_cannot_be_written_it_is_said(tmp_path, way):
    """A directory that is not there, and a directory in its place."""
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "none" / "file", CANARY)
    (tmp_path / "taken").mkdir()
    with pytest.raises(ConfigError):
        replace_file(tmp_path / "taken", CANARY)
    assert ["taken"] == names(tmp_path)


def test_a_directory_is_removed_unless_it_got_its_name(tmp_path):
    """And those that killed processes have left are, by the next."""
    with unfinished_directory(tmp_path) as made:
        (made / "a").write_bytes(CANARY)
        with unfinished_directory(tmp_path) as other:
            assert made.is_dir()
        assert not other.exists()
        made.rename(tmp_path / "kept")
    left = tmp_path / ".fedquery-unfinished-0"
    left.mkdir(mode=0o700)
    (left / "a").write_bytes(CANARY)
    with unfinished_directory(tmp_path):
        assert not left.exists()
    assert ["kept"] == names(tmp_path)
