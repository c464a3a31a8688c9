"""One-time codes of an authenticator (RFC 6238): six digits, one for each thirty seconds.

A code is taken in its own step, the one before and the one after, and once: whoever reads it over
a shoulder comes too late.
"""

import base64
import hmac
from typing import Final

import pyotp

SECRET_LENGTH: Final = 20  # octets; RFC 4226, 4 (R6) recommends 160 bits
STEP_S: Final = 30
DIGITS: Final = 6
# RFC 6238, 5.2: at most one step of delay on the way, and as much for a clock ahead.
_NEIGHBOURS: Final = (-1, 0, 1)


def enrolment_uri(secret: bytes, name: str, agency: str) -> str:
    """Write the address that an authenticator reads from a QR code.

    Args:
        secret: the secret of the account.
        name: the name of the account.
        agency: the agency, which the authenticator shows beside it.
    """
    return pyotp.TOTP(_base32(secret)).provisioning_uri(name=name, issuer_name=f"fedquery {agency}")


def written(secret: bytes) -> str:
    """Write a secret for whoever types it into an authenticator: base32 in groups of four."""
    text = _base32(secret)
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def code_at(secret: bytes, step: int) -> str:
    """Give the code of a step (RFC 6238, 4.2: HOTP of the number of the step)."""
    return pyotp.HOTP(_base32(secret), digits=DIGITS).at(step)


def step_of(now_ms: int) -> int:
    """Number the step of a time."""
    return now_ms // (1000 * STEP_S)


def matching_step(secret: bytes, code: str, now_ms: int) -> int | None:
    """Say in which step a code is right, or None where it is in none.

    Each step is compared, whichever is right, so that the time tells nothing.

    Args:
        secret: the secret of the account.
        code: what was typed; spaces in it do not matter.
        now_ms: the time.
    """
    typed = "".join(code.split()).encode("utf-8")
    found = None
    for distance in _NEIGHBOURS:
        step = step_of(now_ms) + distance
        if hmac.compare_digest(code_at(secret, step).encode("ascii"), typed):
            found = step
    return found


def _base32(secret: bytes) -> str:
    return base64.b32encode(secret).decode("ascii")
