"""A node's data directory: settings, keys and log, read once and handed on as one value."""

from dataclasses import dataclass, field
from pathlib import Path

from fedquery.seal.signing import SigningKey
from fedquery.storage.log import LogStore
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import Signer
from fedquery_node import schema
from fedquery_node.config import NodeSettings, load_settings
from fedquery_node.keystore import KeyStore


@dataclass(frozen=True, slots=True)
class NodeHome:
    """What everything in a node needs of its data directory.

    Attributes:
        path: the directory.
        settings: node.toml.
        keys: its key files.
        log: the store of its log.
        signing_key: signs answers and manifests.
        log_signer: signs checkpoints.
        cosigner: cosigns the checkpoints of others.
    """

    path: Path
    settings: NodeSettings
    keys: KeyStore = field(repr=False)
    log: LogStore = field(repr=False)
    signing_key: SigningKey = field(repr=False)
    log_signer: Signer = field(repr=False)
    cosigner: Cosigner = field(repr=False)

    @property
    def nation(self) -> str:
        """Give the nation."""
        return self.settings.nation


def open_home(path: Path) -> NodeHome:
    """Read settings and keys of a data directory.

    Raises:
        ConfigError: if one of them is missing or wrong, or others may enter where they may not.
    """
    settings = load_settings(path)
    keys = KeyStore(path)
    keys.check()
    log = schema.log_of(settings)
    return NodeHome(
        path,
        settings,
        keys,
        log,
        keys.signing_key(),
        keys.log_signer(log.origin),
        keys.cosigner(settings.nation),
    )
