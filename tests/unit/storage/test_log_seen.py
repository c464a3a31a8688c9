"""A log takes what others have seen of it: more cosignatures, or the proof that it went back."""

import contextlib
import shutil

import pytest

from fedquery.errors import ConsistencyError, SignatureError
from fedquery.storage import log_cosignatures, log_fork, log_seen
from fedquery.storage.database import open_database
from fedquery.storage.log import LogStore
from fedquery.storage.log_seen import Taken
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import Signer, sign, sign_line

_ORIGIN = "fedquery.log/example/VN"
_SIGNER = Signer(_ORIGIN, b"\x01" * 32)
_KEY = _SIGNER.verifier_key
_WITNESSES = {n: Cosigner(f"fedquery/{n}/witness", n.encode() * 16) for n in ("KH", "LA")}
_KEYS = tuple(one.verifier_key for one in _WITNESSES.values())
STORE = LogStore(_ORIGIN)


@pytest.fixture
def home(tmp_path):
    """Make a private directory with a log of two entries and one checkpoint."""
    made = tmp_path / "home"
    made.mkdir(mode=0o700)
    with opened(made) as connection:
        connection.execute("BEGIN IMMEDIATE")
        STORE.install(connection)
        connection.execute("COMMIT")
    grow(made, b"a", b"b")
    return made


@contextlib.contextmanager
def opened(home):
    """Open the database of a directory."""
    path = home / "x.db"
    made = open_database(path, application_id=1, user_version=1, create=not path.exists())
    with contextlib.closing(made) as connection:
        yield connection


def grow(home, *entries):
    """Append entries, sign, and give the checkpoint and its note."""
    with opened(home) as connection:
        connection.execute("BEGIN IMMEDIATE")
        STORE.append(connection, entries)
        signed = STORE.sign_checkpoint(connection, _SIGNER, 5)
        connection.execute("COMMIT")
    return signed


def take(home, note):
    """Hand a note to the log."""
    handed = log_seen.read_handed(note, _KEY, _KEYS)
    with opened(home) as connection:
        connection.execute("BEGIN IMMEDIATE")
        taken = log_seen.take(STORE, connection, home, handed, now_ms=9)
        connection.execute("COMMIT")
    return taken


def cosigned(note, *nations):
    """Put cosignatures below a note."""
    body = note[: note.rindex(b"\n\n") + 1]
    return note + b"".join(sign_line(body, _WITNESSES[one].at(7)) for one in nations)


def is_whole(home):
    """Tell whether no evidence is kept."""
    with opened(home) as connection:
        try:
            log_fork.require_one_history(home, connection)
        except log_fork.LogForkedError:
            return False
    return True


def test_cosignatures_are_kept_once(home):
    """New ones are more; the same again, and none, are nothing new. Older checkpoints too."""
    _, note = grow(home, b"c")
    assert Taken.MORE_COSIGNED is take(home, cosigned(note, "KH"))
    assert Taken.NOTHING_NEW is take(home, cosigned(note, "KH"))
    assert Taken.NOTHING_NEW is take(home, note)
    grow(home, b"d")
    assert Taken.MORE_COSIGNED is take(home, cosigned(note, "LA"))
    with opened(home) as connection:
        size = next(log_cosignatures.cosigned(connection, at_least=2))[0].size
    assert (3, True) == (size, is_whole(home))


def test_a_tree_that_was_never_signed_is_no_fork(home):
    """The log holds it, so nothing contradicts it; but the lines are not of its own checkpoint."""
    with opened(home) as connection:
        root = STORE.root(connection, 1)
    note = sign_checkpoint(Checkpoint(_ORIGIN, 1, root), _SIGNER)
    assert Taken.NOTHING_NEW is take(home, cosigned(note, "KH"))
    assert is_whole(home)


def test_what_is_not_of_the_log_is_refused(home):
    """Without the log's signature, or with a false line of a witness, nothing follows."""
    _, note = grow(home, b"c")
    body = note[: note.rindex(b"\n\n") + 1]
    stranger = Signer(_ORIGIN, b"\x02" * 32)
    other = Checkpoint(_ORIGIN, 9, bytes(32)).format()
    false = note + sign_line(other, _WITNESSES["KH"].at(7))
    for bad in (sign(other, [stranger]), sign(body, [_WITNESSES["KH"].at(7)]), false):
        with pytest.raises(SignatureError):
            take(home, bad)
    assert is_whole(home)


@pytest.mark.parametrize("grown", [(), (b"x",), (b"x", b"y", b"z")])
def test_a_log_that_was_put_back_is_found_out(home, tmp_path, grown):
    """Smaller than what it signed, or grown again into another history; the evidence is kept."""
    shutil.copytree(home, tmp_path / "backup")
    _, note = grow(home, b"c", b"d")
    shown = cosigned(note, "KH", "LA")
    assert Taken.MORE_COSIGNED is take(home, shown)
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "backup", home)
    if grown:
        grow(home, *grown)
    assert is_whole(home)
    assert Taken.FORKED is take(home, shown)
    assert not is_whole(home)
    evidence = home / log_fork.DIRECTORY
    assert shown == (evidence / log_fork.SHOWN).read_bytes()
    own = log_seen.read_handed((evidence / log_fork.OWN).read_bytes(), _KEY, ())
    assert 2 + len(grown) == own.opened.checkpoint.size
    assert [0o700, 0o600] == [
        path.stat().st_mode & 0o777 for path in (evidence, evidence / log_fork.SHOWN)
    ]


def test_the_evidence_is_enough_in_either_place(home):
    """A database that is put back once more has forgotten it; a directory can be moved away."""
    shown = sign_checkpoint(Checkpoint(_ORIGIN, 9, bytes(32)), _SIGNER)
    before = (home / "x.db").read_bytes()
    assert Taken.FORKED is take(home, shown)
    evidence = home / log_fork.DIRECTORY
    evidence.rename(home / "moved")
    assert not is_whole(home)
    (home / "moved").rename(evidence)
    for wal in home.glob("x.db-*"):
        wal.unlink()
    (home / "x.db").write_bytes(before)
    assert not is_whole(home)


def test_the_first_evidence_stays(home):
    """More of it changes nothing, and what a crash left half-written gives way."""
    half = home / f".{log_fork.DIRECTORY}.new"
    half.mkdir(mode=0o700)
    (half / log_fork.SHOWN).write_bytes(b"half")
    first = sign_checkpoint(Checkpoint(_ORIGIN, 9, bytes(32)), _SIGNER)
    second = sign_checkpoint(Checkpoint(_ORIGIN, 9, b"\x01" * 32), _SIGNER)
    assert [Taken.FORKED, Taken.FORKED] == [take(home, first), take(home, second)]
    assert first == (home / log_fork.DIRECTORY / log_fork.SHOWN).read_bytes()
    assert not half.exists()


def mended(home):
    """Look whether the evidence is put aside."""
    with opened(home) as connection:
        return log_fork.put_aside_if_mended(home, STORE, connection)


@pytest.mark.parametrize("grown", [(), (b"x",)])
def test_the_newer_database_mends_it_where_nothing_was_signed_meanwhile(home, tmp_path, grown):
    """A log that extends both checkpoints is one history; the evidence is put aside, not lost."""
    shutil.copytree(home, tmp_path / "older")
    _, shown = grow(home, b"c", b"d")
    grow(home, b"e")
    shutil.copytree(home, tmp_path / "newer")

    def put_back(which):
        for file in home.glob("x.db*"):
            file.unlink()
        for file in (tmp_path / which).glob("x.db*"):
            shutil.copy(file, home / file.name)

    put_back("older")
    if grown:
        grow(home, *grown)
    assert Taken.FORKED is take(home, shown)
    # The database that was shown it remembers that, and an older one is no better.
    assert not mended(home)
    put_back("older")
    assert not mended(home)
    put_back("newer")
    assert bool(grown) is not mended(home)
    assert bool(grown) is not is_whole(home)
    if not grown:
        assert shown == (home / f"{log_fork.MENDED}-5" / log_fork.SHOWN).read_bytes()
        assert not mended(home)
        # The same mistake once more, at the same size: the evidence of both is kept.
        put_back("older")
        assert Taken.FORKED is take(home, shown)
        put_back("newer")
        assert mended(home)
        assert is_whole(home)
        assert (home / f"{log_fork.MENDED}-5-2" / log_fork.SHOWN).exists()


def test_it_ends_as_a_log_that_does_not_verify():
    """Exit code and slug are those of a log, and it says what to do."""
    error = log_fork.LogForkedError("x")
    assert isinstance(error, ConsistencyError)
    assert ("log-forked", True) == (error.slug, "operating.md" in error.do)
