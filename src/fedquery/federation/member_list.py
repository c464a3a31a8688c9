r"""How the member list is written: the body of a signed note, one member a line.

    fedquery.federation/v1
    name mekong
    number 7
    created 2026-03-01T00:00:00Z
    expires 2026-03-31T00:00:00Z
    quorum 4
    training true
    nation TH fedquery/TH/root+<id>+<key>
    node TH <signing key> <key of its log> <its witness key> node.th.example:7443 <CA certificate>
    agency TH/cyber-police police <signing key>
    coordinator hub https://hub.example <signing key> <key of its log> <CA certificate>

Keys and certificates are base64; keys of nations, logs and witnesses are verifier keys as
c2sp.org/signed-note writes them, `fedquery.log/mekong/TH+<id>+<key>`. Nations, nodes and agencies
are sorted; coordinators stand in the order in which they are tried. There is one way to write a
list: what is read is written again and compared. Signatures are not looked at here.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.errors import EncodingError, FedqueryError
from fedquery.federation.members import (
    MOST_CA_OCTETS,
    Agency,
    CoordinatorEntry,
    Federation,
    Nation,
    NodeEntry,
)
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.tlog.decimal import parse_decimal
from fedquery.tlog.note import VerifierKey

CAP: Final = 4 * 1024 * 1024
_TITLE: Final = "fedquery.federation/v1"
_FIGURES: Final = ("name", "number", "created", "expires", "quorum", "training")
_TRAINING: Final = {"true": True, "false": False}
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
_MOST: Final = 2**53 - 1


def render(federation: Federation) -> bytes:
    """Write the members in their one form, ready to be signed."""
    figures = (
        federation.name,
        str(federation.number),
        _render_time(federation.created_ms),
        _render_time(federation.expires_ms),
        str(federation.quorum),
        "true" if federation.training else "false",
    )
    lines = [_TITLE]
    lines += [f"{key} {value}" for key, value in zip(_FIGURES, figures, strict=True)]
    for code in sorted(federation.nations):
        lines.append(f"nation {code} {federation.nations[code].root_vkey.format()}")
    for code in sorted(federation.nodes):
        lines.append(" ".join(("node", code, *_node_parts(federation.nodes[code]))))
    for name in sorted(federation.agencies):
        agency = federation.agencies[name]
        lines.append(f"agency {name} {agency.sort} {b64encode(agency.signing_public)}")
    lines += [
        " ".join(("coordinator", entry.name, entry.url, *_coordinator_parts(entry)))
        for entry in federation.coordinators
    ]
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def parse(body: bytes) -> Federation:
    """Read exactly what `render` writes.

    Raises:
        EncodingError: if it is anything else, with one text.
    """
    try:
        federation = _parse(body)
        canonical = render(federation) == body
    except (FedqueryError, ValueError, KeyError, OverflowError):
        raise _malformed() from None
    if not canonical:
        raise _malformed()
    return federation


def _parse(body: bytes) -> Federation:
    if len(body) > CAP:
        raise _malformed()
    lines = [line.split(" ") for line in body.decode("ascii").removesuffix("\n").split("\n")]
    head = len(_FIGURES) + 1
    if lines[0] != [_TITLE] or [line[0] for line in lines[1:head]] != list(_FIGURES):
        raise _malformed()
    name, number, created, expires, quorum, training = (value for _, value in lines[1:head])
    rest = lines[head:]
    # A member that stands twice is lost in its dictionary and then missed in the comparison.
    return Federation(
        name=name,
        number=parse_decimal(number, _MOST, "member list"),
        created_ms=_parse_time(created),
        expires_ms=_parse_time(expires),
        quorum=parse_decimal(quorum, _MOST, "member list"),
        training=_TRAINING[training],
        nations={
            code: Nation(code, VerifierKey.parse(key)) for code, key in _of("nation", rest, 2)
        },
        nodes={code: _node(code, *parts) for code, *parts in _of("node", rest, 6)},
        agencies={
            agency: Agency(agency, sort, _key(key)) for agency, sort, key in _of("agency", rest, 3)
        },
        coordinators=tuple(_coordinator(*parts) for parts in _of("coordinator", rest, 5)),
    )


def _of(kind: str, lines: Iterable[list[str]], count: int) -> Iterator[list[str]]:
    for head, *parts in lines:
        if head != kind:
            continue
        if len(parts) != count:
            raise _malformed()
        yield parts


def _node_parts(node: NodeEntry) -> tuple[str, str, str, str, str]:
    return (
        b64encode(node.signing_public),
        node.log_vkey.format(),
        node.witness_vkey.format(),
        node.address,
        b64encode(node.ca_der),
    )


def _node(nation: str, *parts: str) -> NodeEntry:
    signing, log, witness, address, ca = parts
    return NodeEntry(
        nation,
        _key(signing),
        VerifierKey.parse(log),
        CosignatureKey.parse(witness),
        address,
        _ca(ca),
    )


def _coordinator_parts(entry: CoordinatorEntry) -> tuple[str, str, str]:
    return b64encode(entry.signing_public), entry.log_vkey.format(), b64encode(entry.ca_der)


def _coordinator(name: str, url: str, signing: str, log: str, ca: str) -> CoordinatorEntry:
    return CoordinatorEntry(name, url, _key(signing), VerifierKey.parse(log), _ca(ca))


def _key(text: str) -> bytes:
    return b64decode(text, cap=32, what="member list")


def _ca(text: str) -> bytes:
    return b64decode(text, cap=MOST_CA_OCTETS, what="member list")


def _render_time(at_ms: int) -> str:
    return dt.datetime.fromtimestamp(at_ms // 1000, tz=dt.UTC).strftime(_TIME)


def _parse_time(text: str) -> int:
    moment = dt.datetime.strptime(text, _TIME).replace(tzinfo=dt.UTC)
    return int(moment.timestamp()) * 1000


def _malformed() -> EncodingError:
    return EncodingError("malformed member list")
