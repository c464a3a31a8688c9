"""Manifests: what is signed, logged and consistent is taken, everything else is refused."""

from dataclasses import replace

import pytest

from fedquery.errors import (
    ConsistencyError,
    EncodingError,
    EquivocationError,
    InclusionError,
    InputError,
    PeerError,
    PublicationError,
    RollbackError,
    SignatureError,
)
from fedquery.federation.history import (
    require_not_smaller,
    require_one_history,
    tiles_between,
)
from fedquery.federation.manifest import CAP, Manifest
from fedquery.federation.offer import Logged, Offer, OfferedKem
from fedquery.federation.signed_manifest import open_manifest, sign_manifest, verify_manifest
from fedquery.tlog.checkpoint import Checkpoint


def verify(world, offering, note, *, kept=None, now_ms=None, code="VN"):
    """Verify a note against the member list's entry."""
    now = world.NOW_MS if now_ms is None else now_ms
    manifest, newest = open_manifest(note, world.node(code))
    verify_manifest(manifest, newest, now)
    if kept is not None:
        require_not_smaller(kept, newest)
        require_one_history(kept, newest, offering.log.read)
    return manifest, newest


def test_a_manifest_is_read_as_it_was_written(world):
    """Reading undoes writing."""
    manifest = world.offering().manifest()
    assert manifest == Manifest.parse(manifest.render())


def test_a_good_manifest_is_taken(world):
    """A first sight gives the manifest and the checkpoint to keep."""
    offering = world.offering()
    note = sign_manifest(offering.manifest(), world.node_key("VN"))
    assert (offering.manifest(), offering.log.head) == verify(world, offering, note)


@pytest.mark.parametrize("grown", [0, 1, 300, 1000])
def test_a_grown_log_is_taken(world, grown):
    """A log that only grew is one history, read from the tiles that were listed alone."""
    offering = world.offering()
    kept = offering.log.head
    if grown:
        offering.log.add(*(b"later %d" % number for number in range(grown)))
    note = sign_manifest(offering.manifest(), world.node_key("VN"))
    _, newest = verify(world, offering, note, kept=kept)
    assert offering.log.head == newest
    fetched = {tile: offering.log.read(tile) for tile in tiles_between(kept, newest)}
    require_one_history(kept, newest, fetched.__getitem__)
    # Where nothing was accepted yet, the order does not matter.
    require_one_history(newest, kept, fetched.__getitem__)


def test_another_key_is_refused(world):
    """A manifest signed by another node's key is not this node's."""
    offering = world.offering()
    note = sign_manifest(offering.manifest(), world.node_key("TH"))
    with pytest.raises(SignatureError):
        verify(world, offering, note)


def test_a_changed_manifest_is_refused(world):
    """One changed octet of the body breaks the signature."""
    offering = world.offering()
    note = sign_manifest(offering.manifest(), world.node_key("VN"))
    with pytest.raises(SignatureError):
        verify(world, offering, note.replace(b"office hours", b"office hourz"))


def test_another_nations_manifest_is_refused(world):
    """A node cannot sign a manifest in another nation's words."""
    offering = world.offering()
    note = sign_manifest(offering.manifest(), world.node_key("VN"))
    with pytest.raises(SignatureError):
        verify(world, offering, note, code="TH")


def test_a_smaller_log_is_rolled_back(world):
    """A checkpoint older than the kept one is refused."""
    offering = world.offering()
    note = sign_manifest(offering.manifest(), world.node_key("VN"))
    offering.log.add(b"later")
    with pytest.raises(RollbackError):
        verify(world, offering, note, kept=offering.log.head)


def test_a_fork_of_one_size_is_equivocation(world):
    """Two roots of one size are two faces."""
    kept = world.offering().log.head
    forked = world.offering()
    other = world.Log("VN")
    other.add(*(b"other" for _ in range(5)))
    offering = world.Offering(other, other.add(b"a publication"), 0)
    offering.kem = other.add(forked.log.entries[forked.kem])
    note = sign_manifest(offering.manifest(), world.node_key("VN"))
    assert kept.size == offering.log.head.size
    with pytest.raises(EquivocationError):
        verify(world, offering, note, kept=kept)


def test_a_fork_that_grew_is_no_history(world):
    """A larger log that does not begin with the kept one is refused."""
    kept = replace(world.offering().log.head, root=bytes(32))
    offering = world.offering(other_entries=9)
    note = sign_manifest(offering.manifest(), world.node_key("VN"))
    with pytest.raises(ConsistencyError):
        verify(world, offering, note, kept=kept)


def test_tiles_that_are_cut_are_no_history(world):
    """A tile server that gives too little cannot pass for a consistent log."""
    offering = world.offering()
    kept = offering.log.head
    offering.log.add(b"later")
    with pytest.raises(ConsistencyError):
        require_one_history(kept, offering.log.head, lambda _tile: b"")


def test_the_kept_checkpoint_of_another_log_is_refused(world):
    """Histories of two logs are never compared."""
    offering = world.offering()
    note = sign_manifest(offering.manifest(), world.node_key("VN"))
    with pytest.raises(ConsistencyError):
        verify(world, offering, note, kept=Checkpoint("other", 1, bytes(32)))


def test_a_checkpoint_of_another_log_is_refused(world):
    """The checkpoint in the manifest is that of this node's own log."""
    offering = world.offering()
    manifest = offering.manifest(checkpoint=world.offering("TH").log.checkpoint())
    with pytest.raises(SignatureError):
        verify(world, offering, sign_manifest(manifest, world.node_key("VN")))


@pytest.mark.parametrize("fault", ["leaf", "index", "proof_cut", "no_proof", "other_log"])
def test_a_publication_that_is_not_in_the_log(world, fault):
    """Each way in which a proof can fail to show the publication is found."""
    offering = world.offering()
    logged = offering.log.logged(offering.publication)
    bad = {
        "leaf": replace(logged, leaf=b"another publication"),
        "index": replace(logged, index=logged.index - 1),
        "proof_cut": replace(logged, proof=logged.proof[:-1]),
        "no_proof": replace(logged, proof=()),
        "other_log": world.offering("TH", other_entries=9).log.logged(9),
    }[fault]
    manifest = offering.manifest(datasets=(Offer("fraud-phones", "phone", (bad,)),))
    with pytest.raises(InclusionError):
        verify(world, offering, sign_manifest(manifest, world.node_key("VN")))


@pytest.mark.parametrize("fault", ["longer_life", "other_nations_leaf", "other_leaf"])
def test_a_kem_key_that_was_not_logged_so(world, fault):
    """A key is sealed to only if exactly it, for this time and nation, was logged."""
    offering = world.offering()
    now = world.NOW_MS
    index, life_ms = offering.kem, 1000
    if fault == "longer_life":
        life_ms = 2000
    elif fault == "other_nations_leaf":
        index = offering.log.add(world.key_leaf(now, now + 1000, "TH"))
    else:
        index = offering.publication
    kem = OfferedKem(world.KEM.public, now, now + life_ms, offering.log.logged(index))
    note = sign_manifest(offering.manifest(kem_keys=(kem,)), world.node_key("VN"))
    with pytest.raises(PublicationError):
        verify(world, offering, note)


def test_a_kem_key_outside_the_log_is_refused(world):
    """The right leaf with a proof of another place shows nothing."""
    offering = world.offering()
    logged = replace(offering.log.logged(offering.kem), index=0)
    kem = OfferedKem(world.KEM.public, world.NOW_MS, world.NOW_MS + 1000, logged)
    note = sign_manifest(offering.manifest(kem_keys=(kem,)), world.node_key("VN"))
    with pytest.raises(InclusionError):
        verify(world, offering, note)


def test_age(world):
    """A manifest is taken until the moment it expires, and not from the future."""
    offering = world.offering()
    note = sign_manifest(offering.manifest(), world.node_key("VN"))
    assert verify(world, offering, note, now_ms=world.NOW_MS + 3_599_999)
    with pytest.raises(PeerError, match="expired"):
        verify(world, offering, note, now_ms=world.NOW_MS + 3_600_000)
    with pytest.raises(PeerError, match="future"):
        verify(world, offering, note, now_ms=world.NOW_MS - 120_001)


def test_an_overlong_life_is_refused(world):
    """A manifest for more than 24 hours cannot be made, nor read."""
    day_ms = 86_400_000
    body = world.offering().manifest(expires_ms=world.NOW_MS + day_ms).render()
    longer = body.replace(b"%d" % (world.NOW_MS + day_ms), b"%d" % (world.NOW_MS + day_ms + 1))
    assert body != longer
    with pytest.raises(InputError):
        world.offering().manifest(expires_ms=world.NOW_MS + day_ms + 1)
    with pytest.raises(EncodingError, match=r"^malformed manifest$"):
        Manifest.parse(longer)


def test_the_key_to_seal_to_is_one_of_now(world):
    """Before and after its life a key is not offered."""
    manifest = world.offering().manifest()
    assert world.KEM.public == manifest.kem_at(world.NOW_MS).public
    for now_ms in (world.NOW_MS - 1, world.NOW_MS + 1000):
        with pytest.raises(PeerError):
            manifest.kem_at(now_ms)


FAULTS = {
    "empty": lambda _: b"",
    "title_alone": lambda b: b.split(b"\n")[0] + b"\n",
    "other_version": lambda b: b.replace(b"/v1 ", b"/v2 ", 1),
    "nation_in_small_letters": lambda b: b.replace(b" VN\n", b" vn\n", 1),
    "no_final_newline": lambda b: b[:-1],
    "line_more": lambda b: b + b"x\n",
    "space_in_json": lambda b: b.replace(b'"contact":', b'"contact": '),
    "member_more": lambda b: b.replace(b'{"checkpoint"', b'{"a":1,"checkpoint"'),
    "member_less": lambda b: b.replace(b',"created_ms":%d' % 1_772_352_000_000, b""),
    "bool_for_int": lambda b: b.replace(b'"index":5', b'"index":true'),
    "float": lambda b: b.replace(b'"index":5', b'"index":5.0'),
    "negative": lambda b: b.replace(b'"index":5', b'"index":-5'),
    "kind_with_capital": lambda b: b.replace(b'"phone"', b'"Phone"'),
    "dataset_with_space": lambda b: b.replace(b"fraud-phones", b"fraud phones"),
    "control_in_contact": lambda b: b.replace(b"office hours", b"office\\u0007hours"),
    "key_of_other_length": lambda b: b.replace(b'"public":"', b'"public":"AAAA'),
    "not_utf8": lambda b: b.replace(b"office", b"\xff"),
    "over_the_cap": lambda b: b + b" " * CAP,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_malformed(world, fault):
    """Each malformed body is refused with the one error of the format."""
    body = world.offering().manifest().render()
    changed = FAULTS[fault](body)
    assert body != changed, "the fault was not planted"
    with pytest.raises(EncodingError, match=r"^malformed (manifest|base64)$"):
        Manifest.parse(changed)


def test_publications_stand_newest_first(world):
    """An older publication before a newer one is refused."""
    log = world.offering().log
    older, newer = log.logged(1), log.logged(5)
    assert Offer("x", "phone", (newer, older))
    for wrong in ((older, newer), (older, older), ()):
        with pytest.raises(InputError):
            Offer("x", "phone", wrong)


def test_a_leaf_is_never_empty_or_huge():
    """The caps of a leaf hold in the constructor."""
    for leaf in (b"", bytes(16 * 1024 + 1)):
        with pytest.raises(InputError):
            Logged(leaf, 0, ())
