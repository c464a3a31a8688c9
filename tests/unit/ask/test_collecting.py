"""Proofs that answers were logged as they said: each broken promise is named, and no honest one."""

import asyncio
import base64
import os
from dataclasses import replace
from unittest.mock import AsyncMock

import pytest
from unit.ask import nation as made
from unit.ask.test_asker_log import GONE, claim, look
from unit.federation import conftest as world

from fedquery.ask import evidence, receipts
from fedquery.ask.collecting import BROKEN_MS, LATE_MS, collect
from fedquery.ask.place import keep_proof, proof_path, proved_size
from fedquery.ask.receipt import verify
from fedquery.ask.session import Session
from fedquery.errors import (
    EncodingError,
    FormerKeyError,
    InclusionError,
    PeerError,
    StorageError,
)
from fedquery.seal.signing import SigningKey
from fedquery.tlog.note import VerifierKey
from fedquery.tlog.proof_file import ProofFile
from fedquery.transport.head import AnswerHead, Decision, Refusal

FORGED = b"\x07" * 32


async def asked(session):
    """Ask VN, and give the receipt that was kept."""
    lookup = await look(session, made.KNOWN)
    return lookup.outcomes[0].receipt


def states(found):
    """Give the states."""
    return [one.state for one in found]


def shown_of(session, name):
    """Verify a receipt."""
    return verify(receipts.read(session.home.receipts / name), session.trust)


def size_of(session, name):
    """Verify the proof beside a receipt."""
    node = session.federation.nodes["VN"]
    return proved_size(session.home.receipts, name, shown_of(session, name), node)


def other_place(octets):
    """Make a proof of another place out of one."""
    return octets.replace(b"index 2", b"index 1")


def other_log(octets):
    """Make a proof in the log of somebody else out of one: this one has not signed it."""
    return octets.replace("\n— fedquery.log/".encode(), "\n— elsewhere.log/".encode())


async def test_a_logged_answer_is_proved_once(session, vn):
    """The file verifies by itself, against the checkpoint that witnesses had seen."""
    vn.log_answers()
    name = await asked(session)
    assert 0 == size_of(session, name)
    (one,) = await collect(session)
    assert ("proved", "VN", 2, name) == (one.state, one.nation, one.index, one.receipt)
    path = proof_path(session.home.receipts, name)
    assert path.name == name.replace(".receipt.json", ".tlog-proof")
    assert 0o600 == path.stat().st_mode & 0o777
    proof = ProofFile.parse(path.read_bytes())
    key = session.federation.nodes["VN"].log_vkey
    checkpoint = proof.verify(shown_of(session, name).head.receipt.leaf_hash, key)
    assert 3 == checkpoint.size == size_of(session, name)
    assert ["kept"] == states(await collect(session))


async def test_others_have_their_turn_between_receipts(session, vn, monkeypatch):
    """What runs beside it gets on with each receipt, also where nothing has to be fetched."""
    vn.log_answers()
    for _ in range(3):
        await asked(session)
    await collect(session)
    turns = []

    async def beside():
        while len(turns) < 3:
            turns.append(len(found))
            await asyncio.sleep(0)

    found = []
    monkeypatch.setattr(Session, "freshen", AsyncMock())
    task = asyncio.create_task(beside())
    await collect(session, found.append)
    await task
    assert [0, 1, 2] == turns


async def test_a_receipt_that_is_removed_meanwhile_is_none(session, vn):
    """Its time was over; the others are collected."""
    vn.log_answers()
    names = sorted([await asked(session), await asked(session)])
    directory = session.home.receipts

    def remove(_collected):
        (directory / names[1]).unlink()

    assert [names[0]] == [one.receipt for one in await collect(session, remove)]


@pytest.mark.parametrize(
    "damage",
    [lambda octets: octets + b"x", lambda _octets: b"", other_place, other_log],
    ids=["something behind it", "nothing", "another place", "another log"],
)
async def test_a_file_that_proves_nothing_is_fetched_anew(session, vn, damage):
    """It is not taken for a proof because it is there."""
    vn.log_answers()
    name = await asked(session)
    await collect(session)
    path = proof_path(session.home.receipts, name)
    good = path.read_bytes()
    path.write_bytes(damage(good))
    assert ["proved"] == states(await collect(session))
    assert good == path.read_bytes()


async def test_every_place_in_a_log_is_proved(session, vn):
    """The last one of an uneven tree too, whose tile no proof needs; and that of a claim."""
    vn.log_answers()
    lookup = await look(session, made.KNOWN)
    await claim(session, lookup.outcomes[0])
    for _ in range(5):
        await look(session, made.OTHER)
    assert ["proved"] * 7 == states(await collect(session))


def ahead(receipt):
    """Promise a place that the log has not reached."""
    return replace(receipt, index=receipt.index + 100)


async def test_a_place_that_is_not_signed_yet_is_waited_for(session, vn):
    """Questions wait for the clock of the node, and for witnesses: this is no complaint yet."""
    vn.log_answers(ahead)
    await asked(session)
    session.clock.now_ms += LATE_MS - 1
    vn.created_ms = session.clock.now_ms
    assert ["pending"] == states(await collect(session))
    session.clock.now_ms += 1
    assert ["late"] == states(await collect(session))
    assert [] == kept_evidence(session)


async def test_a_promise_that_a_day_does_not_keep_is_broken(session, vn):
    """By the node's own signed word on the time; both notes are kept."""
    vn.log_answers(ahead)
    await asked(session)
    vn.created_ms = session.clock.now_ms = made.NOW_MS + BROKEN_MS
    (one,) = await collect(session)
    assert ("broken", 102) == (one.state, one.index)
    assert kept_evidence(session)


async def test_an_old_manifest_is_not_the_nodes_fault(session, vn):
    """A coordinator may show it for as long as it is valid: late, and not broken."""
    vn.log_answers(ahead)
    await asked(session)
    session.clock.now_ms = made.NOW_MS + BROKEN_MS
    vn.created_ms = session.clock.now_ms - 1
    assert ["late"] == states(await collect(session))


def kept_evidence(session):
    """List what is kept."""
    directory = session.home.path / evidence.DIRECTORY
    return sorted(directory.iterdir()) if directory.exists() else []


async def test_another_entry_in_its_place_is_a_broken_promise(session, vn):
    """The node signed both: the answer with one hash, and the log with another."""
    vn.log_answers(lambda receipt: replace(receipt, leaf_hash=FORGED))
    name = await asked(session)
    (one,) = await collect(session)
    assert ("broken", 2) == (one.state, one.index)
    receipt, note = sorted(kept_evidence(session), key=lambda path: path.suffix)
    assert vn.log.checkpoint() == note.read_bytes()
    assert f"VN-{name}" == receipt.name
    assert (session.home.receipts / name).read_bytes() == receipt.read_bytes()
    assert 0o600 == receipt.stat().st_mode & 0o777
    assert not proof_path(session.home.receipts, name).exists()


async def test_a_place_in_the_log_of_somebody_else_is_a_broken_promise(session, vn):
    """Nobody could be held to it."""
    vn.log_answers(lambda receipt: replace(receipt, log_origin="fedquery.log/mekong/LA"))
    names = [f"VN-{await asked(session)}" for _ in range(17)]
    for _ in range(2):
        assert ["broken"] * 17 == states(await collect(session))
    # The receipt alone shows it, and stays where its question is erased; more show nothing more.
    assert sorted(names)[:16] == [path.name for path in kept_evidence(session)]


async def test_an_answer_without_a_place_is_a_broken_promise(session, vn):
    """What is answered is logged first; a refusal that is not logged promises nothing."""
    await asked(session)
    vn.lies.head = lambda _head: AnswerHead(
        decision=Decision(), refusal=Refusal("id-reused", "used")
    )
    await asked(session)
    assert ["broken", "unlogged"] == sorted(states(await collect(session)))


@pytest.mark.parametrize("lie", ["garbage", "short", "none"])
async def test_tiles_that_are_not_the_logs_prove_nothing_against_it(session, vn, lie):
    """They may be the coordinator's: it is not said of the node that it broke its word."""
    vn.log_answers(lambda receipt: replace(receipt, leaf_hash=FORGED))
    await asked(session)
    await session.freshen(force=True)

    async def tile(_nation, one):
        if lie == "none":
            raise PeerError("no coordinator answered")
        return b"\x01" * (one.octets if lie == "garbage" else 7)

    session.coordinators.tile = tile
    assert ["unavailable"] == states(await collect(session))
    assert [] == kept_evidence(session)


async def test_a_nation_that_cannot_be_asked_is_asked_later(session, vn):
    """Its receipts stay as they are."""
    vn.log_answers()
    name = await asked(session)
    session.coordinators.shown = b"no manifest"
    (one,) = await collect(session)
    assert ("unavailable", "off-protocol") == (one.state, one.why)
    assert not proof_path(session.home.receipts, name).exists()


async def test_a_changed_receipt_is_false(session, vn):
    """And the others are collected all the same."""
    vn.log_answers()
    names = [await asked(session), await asked(session)]
    path = session.home.receipts / names[0]
    octets = path.read_bytes()
    at = octets.index(b'"answer"') + 4000
    path.write_bytes(octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :])
    assert ["false", "proved"] == sorted(states(await collect(session)))


def replaced(session, **changes):
    """Enrol other keys of VN in the member list, as its number goes on."""
    node = replace(session.federation.nodes["VN"], **changes)
    session.federation = replace(session.federation, nodes={**session.federation.nodes, "VN": node})


OTHER_SEED = b"\x2a" * 32
OTHER_LOG_KEY = VerifierKey(world.log_signer("VN").name, SigningKey(OTHER_SEED).verify_key.public)
NEW_KEYS = {
    "log": {"log_vkey": OTHER_LOG_KEY},
    "signing": {"signing_public": SigningKey(OTHER_SEED).verify_key.public},
}


@pytest.mark.parametrize("key", NEW_KEYS)
async def test_what_was_signed_under_a_key_that_was_replaced_is_not_called_false(session, vn, key):
    """An honest nation is not accused; its receipt cannot be looked at with the list of now."""
    vn.log_answers()
    name = await asked(session)
    replaced(session, **NEW_KEYS[key])
    with pytest.raises(FormerKeyError):
        shown_of(session, name)
    (one,) = await collect(session)
    assert ("former", "VN", name) == (one.state, one.nation, one.receipt)
    assert [] == kept_evidence(session)


def edited(session, name, **changes):
    """Write a receipt that is another in some parts."""
    path = session.home.receipts / name
    path.write_bytes(replace(receipts.read(path), **changes).encode())


def flipped(octets):
    """Change the last octet."""
    return octets[:-1] + bytes([octets[-1] ^ 1])


def false_line(note, name):
    """Make the line of this signer false, under the same key id."""
    lines = note.decode().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith(f"\u2014 {name} "))
    dash, who, text = lines[at].split()
    octets = base64.b64decode(text)
    lines[at] = f"{dash} {who} {base64.b64encode(flipped(octets)).decode()}\n"
    return "".join(lines).encode()


def without_line(note, name):
    """Leave out the line of this signer."""
    lines = note.decode().splitlines(keepends=True)
    return "".join(one for one in lines if not one.startswith(f"\u2014 {name} ")).encode()


def of_another_log(note):
    """Make it name another log, with no witness whose line would be false."""
    for code in made.WITNESSES:
        note = without_line(note, f"fedquery/{code}/witness")
    return note.replace(b"/VN\n", b"/LA\n", 1)


LOG = world.log_signer("VN").name


@pytest.mark.parametrize(
    ("change", "new"),
    [
        (lambda one: {"answer": flipped(one.answer)}, None),
        (lambda one: {"checkpoint": false_line(one.checkpoint, LOG)}, None),
        (lambda one: {"checkpoint": without_line(one.checkpoint, LOG)}, None),
        (lambda one: {"checkpoint": without_line(one.checkpoint, LOG)}, "log"),
        (lambda one: {"checkpoint": false_line(one.checkpoint, "fedquery/KH/witness")}, "log"),
        (lambda one: {"checkpoint": of_another_log(one.checkpoint)}, "log"),
        (lambda one: {"answer": flipped(one.answer)}, "log"),
    ],
    ids=["answer", "log", "no log", "no log of then", "witness", "another log", "answer of then"],
)
async def test_a_false_signature_under_a_key_of_now_stays_false(session, vn, change, new):
    """Also where another key of the nation was replaced meanwhile."""
    vn.log_answers()
    name = await asked(session)
    edited(session, name, **change(receipts.read(session.home.receipts / name)))
    replaced(session, **NEW_KEYS.get(new, {}))
    assert ["false"] == states(await collect(session))


async def test_a_refusal_that_is_logged_is_proved(session, vn):
    """Refusals are entries too."""
    vn.log_answers()
    honest = vn.lies.head
    vn.lies.head = lambda head: replace(honest(head), opening=None, version=0, refusal=GONE.refusal)
    await asked(session)
    assert {"proved"} == set(states(await collect(session)))


@pytest.mark.parametrize("fault", ["other place", "other leaf", "cut", "large"])
async def test_a_false_proof_beside_a_receipt_is_noticed(session, vn, fault):
    """`receipts --verify` does not pass it over."""
    vn.log_answers()
    first, second = await asked(session), await asked(session)
    await collect(session)
    directory = session.home.receipts
    path = proof_path(directory, first)
    if fault == "other place":
        path.write_bytes(proof_path(directory, second).read_bytes())
    elif fault == "other leaf":
        proof = ProofFile.parse(path.read_bytes())
        keep_proof(directory, first, replace(proof, proof=(FORGED, *proof.proof[1:])))
    else:
        path.write_bytes(path.read_bytes()[:-1] if fault == "cut" else bytes(1_000_000))
    with pytest.raises((InclusionError, EncodingError)):
        size_of(session, first)
    assert size_of(session, second)


async def test_on_a_full_disk_no_half_proof_is_left(session, vn, monkeypatch):
    """Half a proof would pass for one that was collected."""
    vn.log_answers()
    name = await asked(session)

    def full(_descriptor):
        raise OSError(28, "no room")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError):
        await collect(session)
    left = [path.name for path in session.home.receipts.iterdir()]
    assert [name] == left
