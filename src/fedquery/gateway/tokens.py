"""Tokens of officers: shown once, kept as hashes, each bound to whoever asks with it.

    fq_<8 hexadecimal digits of its id>_<43 characters of base64url>

One line of JSON for each in HOME/gateway.tokens, mode 0600.
"""

import base64
import hashlib
import hmac
import json
import os
import stat
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from fedquery.errors import ConfigError, InputError
from fedquery.gateway.bearer import Bearer

FILE: Final = "gateway.tokens"
_PREFIX: Final = "fq_"
_ID_LENGTH: Final = 4
_SECRET_LENGTH: Final = 32
_CAP: Final = 1024 * 1024
_DAY_MS: Final = 86_400_000
_OFFICER_CAP: Final = 64


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token.

    Attributes:
        token_id: 8 hexadecimal digits.
        officer: whose it is.
        secret_sha256: the SHA-256 of its secret, hexadecimal.
        expires_ms: until when it may be used.
        revoked: whether it was taken back.
        supervisor: whether what other officers asked may be seen with it; none of before may.
    """

    token_id: str
    officer: str
    secret_sha256: str
    expires_ms: int
    revoked: bool = False
    supervisor: bool = False


def create(
    officer: str,
    days: int,
    now_ms: int,
    random: Callable[[int], bytes],
    *,
    supervisor: bool = False,
) -> tuple[Token, str]:
    """Make a token.

    Args:
        officer: whose it is, 1 to 64 printable characters.
        days: how long it may be used.
        now_ms: the time.
        random: the random source.
        supervisor: whether what other officers asked may be seen with it.

    Returns:
        What is kept, and the token itself, which is shown once.

    Raises:
        InputError: if the officer's name is out of form.
    """
    if not 0 < len(officer) <= _OFFICER_CAP or not officer.isprintable():
        raise InputError("the name of an officer is one line of 1 to 64 characters")
    token_id = random(_ID_LENGTH).hex()
    secret = base64.urlsafe_b64encode(random(_SECRET_LENGTH)).rstrip(b"=").decode()
    ends_ms = now_ms + days * _DAY_MS
    kept = Token(token_id, officer, _hash(secret), ends_ms, supervisor=supervisor)
    return kept, f"{_PREFIX}{token_id}_{secret}"


def bearer_of(tokens: list[Token], shown: str, now_ms: int) -> Bearer | None:
    """Say who has shown a token; None for one that is unknown, false, expired or revoked.

    Args:
        tokens: those that are kept.
        shown: what a request showed.
        now_ms: the time.
    """
    token_id, _, secret = shown.removeprefix(_PREFIX).partition("_")
    known = next((token for token in tokens if token.token_id == token_id), None)
    # Compared also where there is none, so that the time does not tell which ids exist.
    kept = known.secret_sha256 if known is not None else _hash("")
    right = hmac.compare_digest(kept, _hash(secret))
    if known is None or not right or known.revoked or now_ms >= known.expires_ms:
        return None
    return Bearer(known.officer, known.supervisor is True)


def revoke(tokens: list[Token], token_id: str) -> list[Token]:
    """Take a token back.

    Raises:
        InputError: if there is none of this id.
    """
    if all(token.token_id != token_id for token in tokens):
        raise InputError("there is no token of this id", do="See `fedquery gateway token list`.")
    return [
        replace(token, revoked=True) if token.token_id == token_id else token for token in tokens
    ]


def read(home: Path) -> list[Token]:
    """Read the tokens of a home; none where there is no file.

    Raises:
        ConfigError: if others can read the file, or it does not parse.
    """
    path = home / FILE
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise ConfigError(f"{path}: must have mode 0600", do=f"chmod 0600 {path}")
            octets = file.read(_CAP + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(f"{path}: {os.strerror(error.errno or 0)}") from None
    if len(octets) > _CAP:
        raise ConfigError(f"{path}: larger than {_CAP} bytes")
    try:
        return [Token(**json.loads(line)) for line in octets.decode().splitlines()]
    except (ValueError, TypeError):
        raise ConfigError(
            f"{path}: does not parse", do="Move it away and make new tokens."
        ) from None


def write(home: Path, tokens: list[Token]) -> None:
    """Write the tokens of a home, whole.

    Raises:
        ConfigError: if the file cannot be written.
    """
    path, beside = home / FILE, home / f".{FILE}.{os.getpid()}"
    text = "".join(json.dumps(asdict(token)) + "\n" for token in tokens)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(beside, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: {os.strerror(error.errno or 0)}") from None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
