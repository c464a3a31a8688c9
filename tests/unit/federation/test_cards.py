"""Enrolment cards: signed by the key that they introduce, and strict."""

import json

import pytest

from fedquery.errors import EncodingError, SignatureError
from fedquery.federation.cards import fingerprint, read_card, write_card
from fedquery.seal.signing import SigningKey


@pytest.fixture
def introduced(world):
    """Give one member of each sort with its key."""
    return {
        "nation": (world.nation("TH"), SigningKey(world.seed("root TH"))),
        "node": (world.node("TH"), world.node_key("TH")),
        "agency": (world.agency("TH/fiu"), SigningKey(world.seed("TH/fiu"))),
        "coordinator": (world.coordinator("hub"), SigningKey(world.seed("coordinator hub"))),
    }


SORTS = ("nation", "node", "agency", "coordinator")


@pytest.mark.parametrize("sort", SORTS)
def test_a_card_is_read_as_it_was_written(introduced, sort):
    """Reading undoes writing."""
    member, key = introduced[sort]
    assert member == read_card(write_card(member, key))


@pytest.mark.parametrize("sort", SORTS)
def test_nobody_introduces_anothers_key(world, introduced, sort):
    """A card cannot be written, nor forged, with a key that its sender does not have."""
    member, key = introduced[sort]
    other = SigningKey(world.seed("somebody else"))
    with pytest.raises(SignatureError):
        write_card(member, other)
    card = json.loads(write_card(member, key))
    card["signature"] = json.loads(write_card(*introduced["node" if sort != "node" else "agency"]))[
        "signature"
    ]
    with pytest.raises(SignatureError):
        read_card(json.dumps(card).encode())


@pytest.mark.parametrize("sort", SORTS)
def test_every_member_of_a_card_is_signed(introduced, sort):
    """A card with any of its members changed is refused."""
    card = json.loads(write_card(*introduced[sort]))
    for key in card:
        changed = {**card, key: card[key].replace("TH", "VN").replace("hub", "bub") + "A"}
        with pytest.raises((EncodingError, SignatureError)):
            read_card(json.dumps(changed).encode())


FAULTS = {
    "not_json": b"{",
    "not_an_object": b"[]",
    "no_signature": b"{}",
    "unknown_card": b'{"card":"ship","signature":"AAAA"}',
    "number_for_text": b'{"card":1,"signature":"AAAA"}',
    "signature_of_other_type": b'{"card":"node","signature":1}',
    "over_the_cap": b" " * 20_000 + b"{}",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_malformed(fault):
    """Each malformed card is refused."""
    with pytest.raises(EncodingError):
        read_card(FAULTS[fault])


def test_a_member_more_is_refused(introduced):
    """A card says nothing that is not looked at."""
    card = json.loads(write_card(*introduced["agency"]))
    card["note"] = "urgent"
    with pytest.raises(EncodingError):
        read_card(json.dumps(card).encode())


def test_fingerprints_differ(introduced):
    """Two members have two fingerprints, one member has one."""
    prints = [fingerprint(member) for member, _ in introduced.values()]
    assert (4, prints[0]) == (len(set(prints)), fingerprint(introduced["nation"][0]))
