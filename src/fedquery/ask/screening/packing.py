"""How the questions of a screening lie on its disk, before and after they are answered."""

import itertools
import json
from array import array
from collections.abc import Iterable
from typing import Final

from fedquery.ask.outcome import Witnesses
from fedquery.ask.screening.questions import Came, Claims, Inputs, Said, UnderWay, Unsearched
from fedquery.ask.sealing import Sealed
from fedquery.ask.store import dump_statement, load_statement
from fedquery.ask.trust import Offered, Trusted
from fedquery.audit.asker import ConcludedEntry
from fedquery.encoding.octets import Reader, i2osp, lp, os2ip
from fedquery.federation.offer import Logged
from fedquery.oprf.client import Blinding
from fedquery.psi.asker import Terms
from fedquery.psi.listing import Listed
from fedquery.psi.publication import Publication
from fedquery.seal.header import RequestFields
from fedquery.seal.request import AnswerContext

_CAP: Final = 64 * 1024 * 1024
_WHAT: Final = "kept question"


def pack_under_way(one: UnderWay) -> bytes:
    """Write a question that is about to leave."""
    sealed, listed = one.sealed, one.listed
    fields, logged = sealed.context.fields, sealed.offered.logged
    head = {
        "id": fields.request_id.hex(),
        "agency": fields.agency,
        "nation": fields.nation,
        "class": fields.size_class,
        "created": fields.created_ms,
        "expires": fields.expires_ms,
        "viewer": listed.terms.viewer,
        "prefix_len": listed.prefix_len,
        "prefixes": list(listed.prefixes),
        "index": logged.index,
        "proof": [part.hex() for part in logged.proof],
    }
    parts = (
        json.dumps(head).encode(),
        logged.leaf,
        sealed.trusted.manifest.checkpoint,
        sealed.envelope,
        sealed.message,
        sealed.salt,
        sealed.context.secret,
        sealed.context.enc,
        sealed.context.request_digest,
        listed.elements,
        listed.blinding.blinds,
        listed.blinding.elements,
        listed.places.tobytes(),
        dump_statement(one.statement),
        _pack_inputs(one.inputs),
        array("H", map(len, one.inputs.octets)).tobytes(),
        b"".join(one.inputs.octets),
    )
    return b"".join(map(lp, parts))


def unpack_under_way(number: int, octets: bytes, trusted: Trusted) -> UnderWay:
    """Read a question that may have left.

    Args:
        number: its number.
        octets: what `pack_under_way` wrote.
        trusted: the nation, as it is trusted now.
    """
    first, leaf, checkpoint, envelope, message, salt, secret, enc, *rest = _split(octets)
    digest, elements, blinds, blinded, places, statement, packed, lengths, asked = rest
    head = json.loads(first)
    inputs = _unpack_inputs(packed, _cut(asked, _numbers("H", lengths)))
    publication = Publication.decode(leaf)
    logged = Logged(leaf, head["index"], tuple(bytes.fromhex(part) for part in head["proof"]))
    fields = RequestFields(
        bytes.fromhex(head["id"]),
        head["agency"],
        head["nation"],
        head["class"],
        head["created"],
        head["expires"],
    )
    listed = Listed(
        terms=Terms(publication, head["nation"], head["viewer"]),
        prefix_len=head["prefix_len"],
        elements=elements,
        prefixes=tuple(head["prefixes"]),
        blinding=Blinding(inputs.octets, blinds, blinded),
        places=_numbers("H", places),
    )
    sealed = Sealed(
        trusted.shown_with(checkpoint),
        Offered(publication, logged),
        envelope,
        AnswerContext(fields, digest, enc, secret),
        message,
        salt,
    )
    return UnderWay(number, sealed, listed, inputs, load_statement(statement))


def pack_came(came: Came) -> bytes:
    """Write what an answered question came to."""
    parts = [_pack_said(came.said), came.forms.tobytes(), came.states]
    if (claims := came.claims) is not None:
        parts += [
            claims.forms.tobytes(),
            claims.tags,
            claims.tokens,
            dump_statement(claims.statement),
            claims.request_digest,
            i2osp(claims.until_ms, 8),
        ]
    return b"".join(map(lp, parts))


def unpack_came(octets: bytes) -> Came:
    """Read what `pack_came` wrote."""
    said, forms, states, *rest = _split(octets)
    claims = None
    if rest:
        found, tags, tokens, statement, digest, until_ms = rest
        claims = Claims(
            _numbers("I", found), tags, tokens, load_statement(statement), digest, os2ip(until_ms)
        )
    return Came(_unpack_said(said), _numbers("I", forms), states, claims)


def pack_unsearched(one: Unsearched) -> bytes:
    """Write an answered question that cannot be searched yet."""
    parts = (
        _pack_said(one.said),
        _pack_inputs(one.inputs),
        one.tags,
        one.tokens,
        dump_statement(one.statement),
        one.request_digest,
        i2osp(one.until_ms, 8),
        one.entry.encode(),
    )
    return b"".join(map(lp, parts))


def unpack_unsearched(octets: bytes) -> Unsearched:
    """Read what `pack_unsearched` wrote."""
    said, packed, tags, tokens, statement, digest, until_ms, entry = _split(octets)
    return Unsearched(
        _unpack_said(said),
        _unpack_inputs(packed, ()),
        tags,
        tokens,
        load_statement(statement),
        digest,
        os2ip(until_ms),
        ConcludedEntry.decode(entry),
    )


def _numbers(code: str, octets: bytes) -> "array[int]":
    numbers = array(code)
    numbers.frombytes(octets)
    return numbers


def _pack_inputs(inputs: Inputs) -> bytes:
    return lp(inputs.forms.tobytes()) + lp(inputs.exact) + lp(inputs.numbers.tobytes())


def _unpack_inputs(octets: bytes, asked: tuple[bytes, ...]) -> Inputs:
    forms, exact, numbers = _split(octets)
    return Inputs(asked, _numbers("I", forms), exact, _numbers("I", numbers))


def _split(octets: bytes) -> tuple[bytes, ...]:
    reader = Reader(octets, _WHAT)
    found = []
    at = 0
    while at < len(octets):
        found.append(reader.lp(_CAP))
        at += 4 + len(found[-1])
    return tuple(found)


def _cut(octets: bytes, lengths: Iterable[int]) -> tuple[bytes, ...]:
    ends = (0, *itertools.accumulate(lengths))
    return tuple(octets[at:end] for at, end in itertools.pairwise(ends))


def _pack_said(said: Said) -> bytes:
    seen = said.witnesses
    return json.dumps(
        {
            "version": said.version,
            "as_of_ms": said.as_of_ms,
            "late": said.late,
            "receipt": said.receipt,
            "policy_ids": said.policy_ids,
            "witnesses": seen and [seen.cosigned, seen.of, seen.needed, seen.newest],
        }
    ).encode()


def _unpack_said(octets: bytes) -> Said:
    found = json.loads(octets)
    seen = found["witnesses"]
    return Said(
        found["version"],
        found["as_of_ms"],
        found["late"],
        found["receipt"],
        tuple(found["policy_ids"]),
        seen and Witnesses(cosigned=seen[0], of=seen[1], needed=seen[2], newest=seen[3]),
    )
