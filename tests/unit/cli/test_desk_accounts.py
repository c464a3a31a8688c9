"""`fedquery desk account`: made with a password that nobody sees, listed, ended, reset."""

import base64
import fcntl
import io
import json
import os
import re
import stat
import subprocess
import sys
import termios
from urllib.parse import parse_qs, urlsplit

import pytest

from fedquery.cli.__main__ import main
from fedquery.config.exit_codes import ExitCode
from fedquery.desk import accounts, passwords
from fedquery.desk.store import DeskStore

AGENCY = ["init", "--agency", "TH/police-1", "--sort", "police", "--federation", "mekong"]
PASSWORD = "four words of a book"  # noqa: S105 -- of no real account


@pytest.fixture
def home(tmp_path, capsys):
    """Make the home of an agency."""
    assert 0 == main(["--home", str(tmp_path / "home"), *AGENCY])
    capsys.readouterr()
    return tmp_path / "home"


@pytest.fixture
def run(home, capsys, monkeypatch):
    """Run a command on accounts, and give its code, and what it said."""

    def ran(*arguments, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main(["--home", str(home), "desk", "account", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


def kept(home, name):
    """Read an account, with its secret."""
    store = DeskStore.open(home, bytes)
    try:
        found = accounts.named(store.connection, name)
        return found, accounts.code_secret(store.key, found)
    finally:
        store.connection.close()


def test_an_account_is_made_with_its_store(home, run):
    """The first one makes database and key, private; the secret is shown and its password not."""
    code, out, err = run("add", "officer 7", "--role", "officer", stdin=f"{PASSWORD}\n")
    assert 0 == code, err
    for name in ("desk.db", "keys/desk.key"):
        assert 0o600 == stat.S_IMODE((home / name).stat().st_mode)
    found, secret = kept(home, "officer 7")
    assert passwords.fits(passwords.recommended_hasher(), found.password, PASSWORD)
    (uri,) = re.findall(r"otpauth://\S+", out)
    (shown,) = parse_qs(urlsplit(uri).query)["secret"]
    assert shown == base64.b32encode(secret).decode()
    assert PASSWORD not in out + err


@pytest.mark.parametrize(
    ("name", "stdin", "words"),
    [
        ("officer 7", "short\n", "12 to 256 characters"),
        ("officer 7", "", "12 to 256 characters"),
        ("officer 7", "Officer 7 and tea\n", "neither the name"),
        ("", f"{PASSWORD}\n", "one line of 1 to 64"),
    ],
)
def test_what_may_not_be_chosen_makes_no_account(home, run, name, stdin, words):
    """It is said in words, and never repeated."""
    code, out, err = run("add", name, "--role", "officer", stdin=stdin)
    assert ExitCode.DATA == code
    assert words in err
    assert "otpauth" not in out
    assert stdin.strip() == "" or stdin.strip() not in out + err
    assert not (home / "desk.db").exists()


def test_a_name_is_given_once(run):
    """In whatever case of its letters; and before the password is asked for."""
    run("add", "officer 7", "--role", "officer", stdin=f"{PASSWORD}\n")
    code, _, err = run("add", "OFFICER 7", "--role", "auditor")
    assert (ExitCode.DATA, True) == (code, "there is an account of this name" in err)


def test_accounts_are_listed_ended_and_reset(home, run):
    """As the commands say it."""
    run("add", "officer 7", "--role", "officer", stdin=f"{PASSWORD}\n")
    run("add", "auditor 1", "--role", "auditor", stdin=f"{PASSWORD}\n")
    assert (0, "disabled\n") == run("disable", "officer 7")[:2]
    listed = json.loads(run("list", "--json")[1])
    assert [("auditor 1", "auditor", True), ("officer 7", "officer", False)] == [
        (one["name"], one["role"], one["enabled"]) for one in listed
    ]
    assert re.search(r"officer +disabled +since [0-9-]{10} +officer 7", run("list")[1])
    assert (0, "enabled\n") == run("enable", "officer 7")[:2]
    before, secret = kept(home, "officer 7")
    code, out, _ = run("reset", "officer 7", stdin="another four words\n")
    after, other = kept(home, "officer 7")
    assert (0, True, True) == (code, "otpauth://" in out, after.enabled)
    assert secret != other
    assert before.password != after.password
    assert ExitCode.DATA == run("disable", "nobody")[0]


def test_a_home_without_a_desk_says_what_to_do(run):
    """Nothing is made by a command that only looks."""
    code, _, err = run("list")
    assert 78 == code
    assert "fedquery desk account add" in err


@pytest.mark.parametrize("missing", ["argon2", "babel", "jinja2", "multipart", "pyotp", "segno"])
def test_a_machine_without_the_extra_says_so(run, monkeypatch, missing):
    """One package that is missing is told with the command that installs all of them."""

    def found(name):
        return None if name == missing else object()

    monkeypatch.setattr("fedquery.desk.installed.find_spec", found)
    code, _, err = run("list")
    assert 78 == code
    assert "pip install 'fedquery[desk]'" in err


def test_at_a_terminal_the_password_is_not_shown_and_the_secret_is_a_picture(home):
    """Typed twice, without echo; the QR code stands in the terminal and in no file."""
    program = (
        "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        "from fedquery.cli.__main__ import main;"
        f"sys.exit(main(['--home', {str(home)!r}, 'desk', 'account', 'add', 'o7', '--role',"
        " 'officer']))"
    )
    ours, theirs = os.openpty()
    # Wide enough for the whole address in one line.
    fcntl.ioctl(ours, termios.TIOCSWINSZ, b"\x40\x00\x00\x02\x00\x00\x00\x00")
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        said = read_until(ours, b"password:")
        os.write(ours, PASSWORD.encode() + b"\n")
        said += read_until(ours, b"confirmation:")
        os.write(ours, PASSWORD.encode() + b"\n")
        said += read_until(ours, b"issuer=")
        assert 0 == process.wait()
    os.close(ours)
    assert PASSWORD.encode() not in said
    assert "█".encode() in said or "▀".encode() in said


def read_until(terminal, words):
    """Read from a terminal until it has said something."""
    said = b""
    while words not in said:
        part = os.read(terminal, 65_536)
        assert part, said
        said += part
    return said
