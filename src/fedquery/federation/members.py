"""The members of a federation, as values that cannot be inconsistent.

How they are written stands in `member_list`, who must have signed that in `roots`, and how a list
is changed in `membership`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from fedquery.errors import InputError
from fedquery.federation import names
from fedquery.seal.signing import VerifyKey
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.tlog.note import VerifierKey

MOST_NATIONS: Final = 32
MOST_AGENCIES: Final = 4096
MOST_COORDINATORS: Final = 8
MOST_CA_OCTETS: Final = 4096
# protocol.md 9: the member list expires within 30 days.
MOST_LIFE_MS: Final = 30 * 24 * 3600 * 1000
_MOST_NUMBER: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Nation:
    """A nation that signs member lists.

    Args:
        code: two capital letters.
        root_vkey: its root key, named `fedquery/<code>/root`.
    """

    code: str
    root_vkey: VerifierKey

    def __post_init__(self) -> None:
        """Refuse a key of another name."""
        names.check_nation(self.code)
        _require_name(self.root_vkey, names.root_name(self.code))


@dataclass(frozen=True, slots=True)
class NodeEntry:
    """The node of one nation.

    Args:
        nation: the nation.
        signing_public: 32 octets, the key of its answers and manifests.
        log_vkey: the key of its log; its name is the log's origin.
        witness_vkey: the key with which it cosigns the logs of others, named
            `fedquery/<nation>/witness`.
        address: host:port of its gRPC server.
        ca_der: the certificate of the CA that vouches for it, DER.
    """

    nation: str
    signing_public: bytes
    log_vkey: VerifierKey
    witness_vkey: CosignatureKey
    address: str
    ca_der: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse values out of form."""
        names.check_nation(self.nation)
        names.check_address(self.address)
        _require_name(self.witness_vkey, names.witness_name(self.nation))
        _check_key_and_ca(self.signing_public, self.ca_der)

    @property
    def note_key(self) -> VerifierKey:
        """Give the signing key as the verifier of the node's manifests."""
        return VerifierKey(names.node_name(self.nation), self.signing_public)


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency that may ask.

    Args:
        name: nation, slash, name.
        sort: police, fiu, prosecution or regulator.
        signing_public: 32 octets, the key of its questions.
    """

    name: str
    sort: str
    signing_public: bytes

    def __post_init__(self) -> None:
        """Refuse values out of form."""
        names.check_agency(self.name)
        names.check_sort(self.sort)
        VerifyKey.decode(self.signing_public)

    @property
    def nation(self) -> str:
        """Give its nation."""
        return names.nation_of(self.name)


@dataclass(frozen=True, slots=True)
class CoordinatorEntry:
    """A coordinator.

    Args:
        name: small letters, digits and hyphens.
        url: https, host and port, no path.
        signing_public: 32 octets, the key of its word that no answer came.
        log_vkey: the key of its log; its name is the log's origin.
        ca_der: the certificate of the CA that vouches for it, DER.
    """

    name: str
    url: str
    signing_public: bytes
    log_vkey: VerifierKey
    ca_der: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse values out of form."""
        names.check_label(self.name)
        names.check_url(self.url)
        _check_key_and_ca(self.signing_public, self.ca_der)


@dataclass(frozen=True, slots=True)
class Federation:
    """All members at one number of the list.

    Args:
        name: the name of the federation.
        number: counts the lists from 1; a lower one than was seen is refused.
        created_ms: when it was made, whole seconds.
        expires_ms: until when it may be used, at most 30 days later, whole seconds.
        quorum: how many nations must have signed it.
        training: whether it is for exercises, with no real records.
        nations: code to nation.
        nodes: nation code to node.
        agencies: name to agency.
        coordinators: in the order in which they are tried.
    """

    name: str
    number: int
    created_ms: int
    expires_ms: int
    quorum: int
    training: bool
    nations: Mapping[str, Nation]
    nodes: Mapping[str, NodeEntry]
    agencies: Mapping[str, Agency]
    coordinators: tuple[CoordinatorEntry, ...]

    def __post_init__(self) -> None:
        """Refuse members that contradict each other.

        Raises:
            InputError: with what is wrong.
        """
        names.check_federation_name(self.name)
        self._check_figures()
        _keyed("nations", self.nations, lambda nation: nation.code, MOST_NATIONS)
        _keyed("nodes", self.nodes, lambda node: node.nation, MOST_NATIONS)
        _keyed("agencies", self.agencies, lambda agency: agency.name, MOST_AGENCIES)
        if len(self.coordinators) > MOST_COORDINATORS:
            raise InputError("there are too many coordinators")
        _distinct("coordinators", (coordinator.name for coordinator in self.coordinators))
        self._check_nations()
        self._check_keys()

    def _check_figures(self) -> None:
        if not 1 <= self.number <= _MOST_NUMBER:
            raise InputError("the number of a member list is 1 or more")
        if self.created_ms % 1000 or self.expires_ms % 1000 or self.created_ms < 0:
            raise InputError("the times of a member list are whole seconds since 1970")
        if not 0 < self.expires_ms - self.created_ms <= MOST_LIFE_MS:
            raise InputError("a member list lives at most 30 days")
        if not 1 <= self.quorum <= max(1, len(self.nations)):
            raise InputError("the quorum is 1 to the number of nations")

    def _check_nations(self) -> None:
        named = {*self.nodes, *(agency.nation for agency in self.agencies.values())}
        if not named.issubset(self.nations):
            raise InputError("a node or an agency belongs to no nation of this list")

    def _check_keys(self) -> None:
        for node in self.nodes.values():
            _require_name(node.log_vkey, names.node_log_origin(self.name, node.nation))
        for coordinator in self.coordinators:
            origin = names.coordinator_log_origin(self.name, coordinator.name)
            _require_name(coordinator.log_vkey, origin)
        # One key under two names would be two members that one of them can speak for, and two
        # voices of a quorum. Keys of different uses are kept apart for the same reason.
        _distinct("keys", self._keys())

    def _keys(self) -> Iterable[bytes]:
        yield from (nation.root_vkey.public_key for nation in self.nations.values())
        yield from (node.signing_public for node in self.nodes.values())
        yield from (node.log_vkey.public_key for node in self.nodes.values())
        yield from (node.witness_vkey.public_key for node in self.nodes.values())
        yield from (agency.signing_public for agency in self.agencies.values())
        yield from (coordinator.signing_public for coordinator in self.coordinators)
        yield from (coordinator.log_vkey.public_key for coordinator in self.coordinators)

    @property
    def public_keys(self) -> frozenset[bytes]:
        """Give the public keys of all members, of every use."""
        return frozenset(self._keys())


_Member = TypeVar("_Member")


def _keyed(
    what: str, members: Mapping[str, _Member], key_of: Callable[[_Member], str], most: int
) -> None:
    if len(members) > most:
        raise InputError(f"there are too many {what}")
    if any(key_of(member) != key for key, member in members.items()):
        raise InputError(f"one of the {what} stands under another name")


def _distinct(what: str, values: Iterable[object]) -> None:
    listed = list(values)
    if len(set(listed)) != len(listed):
        raise InputError(f"one of the {what} stands twice")


def _require_name(key: VerifierKey | CosignatureKey, name: str) -> None:
    if key.name != name:
        raise InputError(f"the key is not named {name}")


def _check_key_and_ca(signing_public: bytes, ca_der: bytes) -> None:
    VerifyKey.decode(signing_public)
    if not 0 < len(ca_der) <= MOST_CA_OCTETS:
        raise InputError("a CA certificate has 1 to 4096 octets")
