"""The policy files by which a log's decisions were made: found by digest, loaded once."""

from pathlib import Path
from typing import Final

from fedquery.errors import ConfigError, LogFaultError
from fedquery.policy.load import load_rules
from fedquery.policy.rules import Rules
from fedquery.storage import log_policies
from fedquery.storage.log_source import LogSource

# Going back and forth between files is rare; a thousand of them in one log are not all kept.
_MOST: Final = 64


class KeptPolicies:
    """Find and load policy files.

    Args:
        log: the log, which may have the files that it names beside it.
        directory: a directory with further files, by their digests as an export writes them.
        nation: whose log it is.
    """

    def __init__(self, log: LogSource, directory: Path | None, nation: str) -> None:
        self._log = log
        self._directory = directory
        self._nation = nation
        self._loaded: dict[tuple[bytes, bytes], Rules | None] = {}

    def find(self, policy_digest: bytes, schema_digest: bytes) -> Rules | None:
        """Load a file with its schema; None where one of the two is missing.

        Raises:
            ConfigError: if a file is not the one of its digest, or is refused.
        """
        named = (policy_digest, schema_digest)
        if named not in self._loaded:
            if len(self._loaded) >= _MOST:
                self._loaded.pop(next(iter(self._loaded)))
            self._loaded[named] = self._load(*named)
        return self._loaded[named]

    def _load(self, policy_digest: bytes, schema_digest: bytes) -> Rules | None:
        policy = self._read(f"{policy_digest.hex()}{log_policies.POLICY}", policy_digest)
        schema = self._read(f"{schema_digest.hex()}{log_policies.SCHEMA}", schema_digest)
        if policy is None or schema is None:
            return None
        try:
            return load_rules(policy, schema, self._nation)
        except ConfigError as error:
            raise ConfigError(
                f"{policy_digest.hex()}{log_policies.POLICY}: {error.what}",
                do="It was in force, so another release took it: replay with that one.",
            ) from None

    def _read(self, name: str, digest: bytes) -> bytes | None:
        octets = self._log.read_policy(name)
        path = None if self._directory is None else self._directory / name
        if octets is None and path is not None and path.is_file():
            with path.open("rb") as file:
                octets = file.read(log_policies.CAP + 1)
        if octets is not None:
            try:
                log_policies.require_digest(octets, digest, name)
            except LogFaultError as error:
                raise ConfigError(str(error), do="Get the file from the node again.") from None
        return octets
