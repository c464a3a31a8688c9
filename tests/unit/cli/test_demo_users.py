"""Sample users of a demo: what is printed signs them in."""

import shlex
import subprocess
import time

import pyotp

from fedquery.cli.demo import sample_users
from fedquery.cli.demo.sample_users import SampleUser

USER = SampleUser(
    "sample officer", "officer", "amber birch cedar", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
)


def test_the_printed_command_prints_the_code_of_now(capsys):
    """As it is printed, by any shell."""
    sample_users.say([USER], 8465)
    said = capsys.readouterr().out
    assert "http://127.0.0.1:8465/desk/" in said
    assert USER.password in said
    (command,) = (
        line.partition("code of now: ")[2] for line in said.splitlines() if "now:" in line
    )
    codes = pyotp.TOTP(USER.secret)
    before = codes.at(int(time.time()))
    printed = subprocess.run(
        shlex.split(command), capture_output=True, text=True, check=True
    ).stdout.strip()
    assert printed in {before, codes.at(int(time.time()))}


def test_nothing_of_a_user_is_in_a_log():
    """The repr has neither password nor secret."""
    assert "SampleUser(name='sample officer', role='officer')" == repr(USER)
