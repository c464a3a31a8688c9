"""A PostgreSQL server of a test's own: its data in a directory of /tmp, its door a unix socket."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

USER, PASSWORD = "importer", "a password with % and spaces"
_START_S = 30


def _program(name):
    """Find a program of the server: Debian keeps them out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: p.parts[4])
    program = str(found[-1]) if found else shutil.which(name)
    assert program, f"{name} is missing: .ci/run installs Debian's postgresql"
    return program


def _as_another():
    """Say as whom the server runs: it refuses root."""
    if os.geteuid():
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


class Server:
    """A server that runs.

    Attributes:
        location: its address, without a password.
    """

    def __init__(self, directory, process):
        self.directory, self.process = directory, process
        self.location = f"postgresql://{USER}@/postgres?host={directory}"

    def connect(self):
        """Open a connection that commits by itself."""
        return psycopg.connect(self.location, password=PASSWORD, autocommit=True)

    def execute(self, *statements):
        """Run statements."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement)


@contextlib.contextmanager
def server():
    """Make and run a server; it and its data are gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="fedquery-pg-"))
    as_another = _as_another()
    if as_another:
        os.chown(directory, as_another["user"], as_another["group"])
    directory.chmod(0o711)
    started = None
    try:
        (directory / "password").write_text(PASSWORD + "\n")
        subprocess.run(
            [_program("initdb"), "-D", directory / "data", "-U", USER, "-A", "scram-sha-256",
             "--pwfile", directory / "password", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
            check=True, stdout=subprocess.DEVNULL, cwd=directory, **as_another,
        )  # fmt: skip
        started = subprocess.Popen(
            [_program("postgres"), "-D", directory / "data", "-F", "-k", directory,
             "-c", "listen_addresses="],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=directory, **as_another,
        )  # fmt: skip
        made = Server(directory, started)
        _await(made)
        yield made
    finally:
        if started is not None:
            started.send_signal(signal.SIGINT)
            started.wait(_START_S)
        shutil.rmtree(directory)


def _await(made):
    until_s = time.monotonic() + _START_S
    while True:
        try:
            made.connect().close()
        except psycopg.OperationalError:
            assert time.monotonic() < until_s, "the server does not start"
            time.sleep(0.02)
        else:
            return
