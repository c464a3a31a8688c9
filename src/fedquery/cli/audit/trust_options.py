"""Whom an auditor trusts: the key of a log, and the witnesses that must have cosigned it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from fedquery.cli import notes
from fedquery.errors import EncodingError, InputError
from fedquery.federation import names
from fedquery.federation.witnesses import log_keys, policy_of
from fedquery.tlog.checkpoint import open_checkpoint
from fedquery.tlog.note import VerifierKey
from fedquery.tlog.trust_policy import CAP, Cosigned, TrustPolicy

F = TypeVar("F", bound=Callable[..., Any])
_VKEY_CAP: Final = 1_024


@dataclass(frozen=True, slots=True)
class Trust:
    """What a checkpoint is verified by.

    Attributes:
        key: the key of the log.
        policy: the witnesses; None where they are not asked for.
        own_key: the key by which the log's own operator cosigns other logs, which never counts.
    """

    key: VerifierKey
    policy: TrustPolicy | None = None
    own_key: bytes = b""

    def require_log(self, note: bytes) -> None:
        """Require that the log has signed a note, whoever cosigned it.

        Raises:
            EncodingError: if it is not a signed checkpoint.
            SignatureError: if it has not.
        """
        open_checkpoint(note, self.key)

    def require(self, note: bytes) -> Cosigned | None:
        """Require that the log, and a quorum of witnesses where a policy is given, signed a note.

        Returns:
            Who cosigned it; None where no policy is given.

        Raises:
            EncodingError: if it is not a signed checkpoint.
            SignatureError: if a signature is missing or false, or there is no quorum.
        """
        if self.policy is None:
            self.require_log(note)
            return None
        return self.policy.require(note, self.key, self.own_key)


def trust_options(command: F) -> F:
    """Add --trust, --members and --key."""
    decorators = (
        click.option(
            "--trust",
            "trust_file",
            type=notes.THERE,
            help="A trust policy file: keys of logs, witnesses and their quorum.",
        ),
        click.option(
            "--members",
            "members_file",
            type=notes.THERE,
            help="A member list: keys of logs, and a majority of the other nations' witnesses.",
        ),
        click.option("--key", "key", metavar="VKEY", help="The key of the log, or a file with it."),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


def trust_of(
    origin: str, trust_file: Path | None, members_file: Path | None, key: str | None
) -> Trust | None:
    """Read what was given of these options, for one log.

    Args:
        origin: the log.
        trust_file: a trust policy; its `log` lines, or `key`, give the key.
        members_file: a member list, whose signatures are not looked at.
        key: the key, or the path of a file with it.

    Returns:
        None where nothing was given.

    Raises:
        InputError: if the key of this log is not among what was given.
        EncodingError: if something is malformed.
    """
    if members_file is not None and (trust_file is not None or key is not None):
        raise click.UsageError("--members stands alone: it has keys and witnesses")
    if members_file is not None:
        return _of_members(origin, members_file)
    policy = None if trust_file is None else _read_policy(trust_file)
    own = None if key is None else _read_key(key)
    if own is not None and own.name != origin:
        raise InputError(f"the key is of another log than {origin}", do="Give the key of this log.")
    if policy is not None and own is None:
        own = next((log.key for log in policy.logs if log.key.name == origin), None)
        if own is None:
            raise InputError(
                f"the trust policy has no line `log` for {origin}",
                do="Add it, or give the key of the log with --key.",
            )
    if own is None:
        return None
    return Trust(own, policy, b"" if policy is None else _own_witness(origin, policy))


def _own_witness(origin: str, policy: TrustPolicy) -> bytes:
    """Find the key with which the nation of a node's log cosigns, where a policy names it too."""
    # Without a member list it is known by its name alone, which its key id binds.
    nation = origin.rpartition("/")[2]
    named = names.witness_name(nation)
    keys = [one.key.public_key for one in policy.witnesses if one.key.name == named]
    return keys[0] if keys else b""


def _of_members(origin: str, path: Path) -> Trust:
    federation = notes.member_list(path)
    key = log_keys(federation).get(origin)
    if key is None:
        raise InputError(
            f"the member list has no log {origin}",
            do="Give the list of its federation; for an agency's own log, give --key.",
        )
    own = [
        node.witness_vkey.public_key
        for node in federation.nodes.values()
        if node.log_vkey.name == origin
    ]
    return Trust(key, policy_of(federation, origin), own[0] if own else b"")


def _read_policy(path: Path) -> TrustPolicy:
    with path.open("rb") as file:
        octets = file.read(CAP + 1)
    try:
        return TrustPolicy.parse(octets)
    except EncodingError as error:
        raise EncodingError(f"{path}: {error.what}") from None


def _read_key(text: str) -> VerifierKey:
    path = Path(text)
    if "+" not in text or path.is_file():
        with path.open("rb") as file:
            text = file.read(_VKEY_CAP).decode("ascii", "replace").strip()
    return VerifierKey.parse(text)
