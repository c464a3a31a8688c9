"""Make a node's data directory: keys, certificates, settings, an empty database, a card."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fedquery.config.new_directory import new_directory
from fedquery.federation import names
from fedquery.federation.cards import fingerprint, write_card
from fedquery.federation.certificate_files import write_issued
from fedquery.federation.certificates import issue, make_ca, node_uri
from fedquery.federation.members import NodeEntry
from fedquery.federation.names import node_log_origin
from fedquery_node import schema
from fedquery_node.config import load_settings
from fedquery_node.keystore import SEED_LENGTH, KeyStore

CARD = "card.json"

_SETTINGS = """\
# The settings of a node of fedquery; docs/operating.md explains each, with those not shown here.
nation = "{nation}"
federation = "{federation}"
listen = "{listen}"
# The directory with schema.cedarschema and {nation}.cedar.
policies = "{policies}"

# Whom to call; a claim names one of these ids.
[contacts]
desk = "{contact}"
{datasets}"""

_DATASET = """
[datasets.{name}]
kind = "{kind}"
"""


@dataclass(frozen=True, slots=True)
class NewNode:
    """What a new node is to be.

    Attributes:
        nation: its nation.
        federation: the name of its federation.
        address: host:port, as it will stand in the member list.
        listen: host:port to listen on.
        policies: the directory of the policy files.
        datasets: name to kind.
        contact: how the operator is reached.
    """

    nation: str
    federation: str
    address: str
    listen: str
    policies: Path
    datasets: Mapping[str, str]
    contact: str


def make_home(home: Path, new: NewNode, random: Callable[[int], bytes], now_ms: int) -> str:
    """Make the data directory.

    Args:
        home: a directory that is missing or empty.
        new: what the node is to be.
        random: the random source, for keys.
        now_ms: the time.

    Returns:
        the fingerprint of its card, to be compared by another way.

    Raises:
        ConfigError: if there is something in the directory.
        InputError: if a value is out of form. Either way nothing is made.
    """
    names.check_nation(new.nation)
    names.check_address(new.address)
    for dataset in new.datasets:
        names.check_label(dataset)
    with new_directory(home):
        return _fill(home, new, random, now_ms)


def _fill(home: Path, new: NewNode, random: Callable[[int], bytes], now_ms: int) -> str:
    keys = KeyStore(home)
    keys.make_directories()
    keys.create("signing", random(SEED_LENGTH))
    keys.create("log", random(SEED_LENGTH))
    keys.create("witness", random(SEED_LENGTH))
    authority = make_ca(f"fedquery {new.nation}", now_ms)
    host = new.address.rpartition(":")[0].strip("[]")
    leaf = issue(authority, node_uri(new.nation), [host], now_ms)
    write_issued(authority, keys.tls / "ca.crt", keys.tls / "ca.key")
    write_issued(leaf, keys.tls / "node.crt", keys.tls / "node.key")
    (home / "node.toml").write_text(_settings_text(new), encoding="utf-8")
    # Read back: what cannot be loaded is said now and not at the first start.
    settings = load_settings(home)
    schema.create(home, settings)
    member = NodeEntry(
        nation=new.nation,
        signing_public=keys.signing_key().verify_key.public,
        log_vkey=keys.log_signer(node_log_origin(new.federation, new.nation)).verifier_key,
        witness_vkey=keys.cosigner(new.nation).verifier_key,
        address=new.address,
        ca_der=authority.der,
    )
    (home / CARD).write_bytes(write_card(member, keys.signing_key()))
    return fingerprint(member)


def _settings_text(new: NewNode) -> str:
    return _SETTINGS.format(
        nation=new.nation,
        federation=new.federation,
        listen=new.listen,
        policies=_quoted(str(new.policies.absolute())),
        contact=_quoted(new.contact),
        datasets="".join(
            _DATASET.format(name=name, kind=kind) for name, kind in new.datasets.items()
        ),
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
