"""A coordinator's data directory: settings, keys and log; made once by `init`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fedquery.config.keyfile import (
    check_private,
    check_private_directory,
    make_private_directory,
    read_secret,
    write_secret,
)
from fedquery.config.new_directory import new_directory
from fedquery.federation import names
from fedquery.federation.cards import fingerprint, write_card
from fedquery.federation.certificate_files import write_issued
from fedquery.federation.certificates import coordinator_uri, issue, make_ca
from fedquery.federation.members import CoordinatorEntry
from fedquery.seal.signing import SigningKey
from fedquery.storage.log import LogStore
from fedquery.tlog.note import Signer
from fedquery_coordinator import schema
from fedquery_coordinator.config import CoordinatorSettings, load_settings

CARD: Final = "card.json"
_KEY_LENGTH: Final = 32

_SETTINGS = """\
# The settings of a coordinator of fedquery; docs/operating.md explains each, with those not here.
name = "{name}"
federation = "{federation}"
url = "{url}"
listen = "{listen}"
"""


@dataclass(frozen=True, slots=True)
class CoordinatorHome:
    """What everything in a coordinator needs of its data directory.

    Attributes:
        path: the directory.
        settings: coordinator.toml.
        log: the store of its log.
        signing_key: signs that there was no answer.
        log_signer: signs checkpoints.
    """

    path: Path
    settings: CoordinatorSettings
    log: LogStore = field(repr=False)
    signing_key: SigningKey = field(repr=False)
    log_signer: Signer = field(repr=False)

    @property
    def tls(self) -> Path:
        """Say where its certificates are."""
        return self.path / "tls"


@dataclass(frozen=True, slots=True)
class NewCoordinator:
    """What a new coordinator is to be.

    Attributes:
        name: its name.
        federation: the name of its federation.
        url: its https address.
        listen: host:port to listen on.
        record_bytes_to: where every relayed octet is written, or None.
    """

    name: str
    federation: str
    url: str
    listen: str
    record_bytes_to: Path | None = None


def open_home(path: Path) -> CoordinatorHome:
    """Read settings and keys of a data directory.

    Raises:
        ConfigError: if one of them is missing or wrong, or others may enter where they may not.
    """
    settings = load_settings(path)
    for directory in (path, path / "keys", path / "tls"):
        check_private_directory(directory)
    # An authority that was there before keeps its key elsewhere.
    if (path / "tls" / "ca.key").exists():
        check_private(path / "tls" / "ca.key")
    origin = names.coordinator_log_origin(settings.federation, settings.name)
    signing = SigningKey(read_secret(path / "keys" / "signing.key", _KEY_LENGTH))
    log_signer = Signer(origin, read_secret(path / "keys" / "log.key", _KEY_LENGTH))
    return CoordinatorHome(path, settings, LogStore(origin), signing, log_signer)


def make_home(path: Path, new: NewCoordinator, random: Callable[[int], bytes], now_ms: int) -> str:
    """Make the data directory.

    Args:
        path: a directory that is missing or empty.
        new: what the coordinator is to be.
        random: the random source, for keys.
        now_ms: the time.

    Returns:
        the fingerprint of its card, to be compared by another way.

    Raises:
        ConfigError: if there is something in the directory.
        InputError: if a value is out of form. Either way nothing is made.
    """
    names.check_label(new.name)
    names.check_url(new.url)
    with new_directory(path):
        return _fill(path, new, random, now_ms)


def _fill(path: Path, new: NewCoordinator, random: Callable[[int], bytes], now_ms: int) -> str:
    for directory in ("keys", "tls"):
        make_private_directory(path / directory)
    for name in ("signing", "log"):
        write_secret(path / "keys" / f"{name}.key", random(_KEY_LENGTH))
    authority = make_ca(f"fedquery {new.name}", now_ms)
    host = _host_of(new.url)
    leaf = issue(authority, coordinator_uri(new.name), [host], now_ms)
    tls = path / "tls"
    write_issued(authority, tls / "ca.crt", tls / "ca.key")
    write_issued(leaf, tls / "coordinator.crt", tls / "coordinator.key")
    (path / "coordinator.toml").write_text(_settings_text(new), encoding="utf-8")
    home = open_home(path)
    schema.create(path, home.log)
    member = CoordinatorEntry(
        name=new.name,
        url=new.url,
        signing_public=home.signing_key.verify_key.public,
        log_vkey=home.log_signer.verifier_key,
        ca_der=authority.der,
    )
    (path / CARD).write_bytes(write_card(member, home.signing_key))
    return fingerprint(member)


def _host_of(url: str) -> str:
    host = url.removeprefix("https://")
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _settings_text(new: NewCoordinator) -> str:
    text = _SETTINGS.format(
        name=new.name, federation=new.federation, url=new.url, listen=new.listen
    )
    if new.record_bytes_to is not None:
        path = str(new.record_bytes_to.absolute()).replace("\\", "\\\\").replace('"', '\\"')
        text += f'record_bytes_to = "{path}"\n'
    return text
