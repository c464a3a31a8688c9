"""Publications and commitments: the leaf, its strict reading, and what a commitment binds."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.encoding import canonical_json
from fedquery.errors import EncodingError, InputError, PublicationError
from fedquery.psi.bucket import capacity_for
from fedquery.psi.commitment import Opening, commit, verify_opening
from fedquery.psi.publication import PUBLICATION_CAP, Publication

SAMPLE = Publication(
    nation="VN",
    dataset="phones",
    kind="phone",
    vectors_digest=bytes(range(32)),
    version=17,
    prefix_bits=5,
    capacity=3_584,
    commitments={"TH": b"\x01" * 32, "LA": b"\x02" * 32},
    published_ms=1_700_000_000_000,
    next_due_ms=1_700_000_900_000,
)

publications = st.builds(
    Publication,
    nation=st.from_regex(r"[A-Z]{2}", fullmatch=True),
    dataset=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True),
    kind=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True),
    vectors_digest=st.binary(min_size=32, max_size=32),
    vectors_former=st.sampled_from([(), (b"\x05" * 32,), (b"\x06" * 32, b"\x05" * 32)]),
    version=st.integers(min_value=1, max_value=2**53 - 1),
    prefix_bits=st.integers(min_value=0, max_value=24),
    capacity=st.integers(min_value=0, max_value=2**20 - 1).map(capacity_for),
    commitments=st.dictionaries(
        st.from_regex(r"[A-Z]{2}", fullmatch=True),
        st.binary(min_size=32, max_size=32),
        min_size=1,
        max_size=6,
    ),
    published_ms=st.just(1_700_000_000_000),
    next_due_ms=st.integers(min_value=1_700_000_000_000, max_value=1_700_086_400_000),
    claim_window_ms=st.integers(min_value=0, max_value=10**10),
)


@given(publications)
def test_decode_inverts_encode(publication: Publication) -> None:
    """Every publication is read back from its leaf."""
    assert publication == Publication.decode(publication.encode())
    assert hash(publication) == hash(Publication.decode(publication.encode()))


def test_the_largest_publication_fits_its_cap() -> None:
    """A publication for as many nations as are taken stays below the cap of its leaf."""
    nations = [chr(65 + i // 26) + chr(65 + i % 26) for i in range(256)]
    largest = replace(
        SAMPLE,
        dataset="d" * 40,
        kind="k" * 40,
        vectors_former=(b"\x05" * 32, b"\x06" * 32),
        commitments=dict.fromkeys(nations, bytes(32)),
    )
    assert len(largest.encode()) < PUBLICATION_CAP
    assert largest == Publication.decode(largest.encode())


def test_commitments_do_not_change_afterwards() -> None:
    """A publication keeps its own copy of the commitments, and lets nobody write to it."""
    given_commitments = {"TH": bytes(32)}
    publication = replace(SAMPLE, commitments=given_commitments)
    given_commitments["TH"] = b"\x01" * 32
    assert bytes(32) == publication.commitments["TH"]
    with pytest.raises(TypeError):
        publication.commitments["TH"] = bytes(32)


FAULTS = {
    "other format version": {"v": 2},
    "version as true": {"v": True},
    "other type": {"type": "key"},
    "small nation": {"nation": "vn"},
    "nation of three": {"nation": "VNM"},
    "dataset with space": {"dataset": "the phones"},
    "dataset empty": {"dataset": ""},
    "kind with line": {"kind": "phone\n"},
    "other suite": {"suite": "P256-SHA256"},
    "digest in capitals": {"vectors_digest": SAMPLE.vectors_digest.hex().upper()},
    "digest with space": {"vectors_digest": " " + SAMPLE.vectors_digest.hex()},
    "digest short": {"vectors_digest": "00"},
    "digest not text": {"vectors_digest": 0},
    "former rules none": {"vectors_former": []},
    "former rules null": {"vectors_former": None},
    "former rules not a list": {"vectors_former": "00" * 32},
    "former rules not text": {"vectors_former": [0]},
    "former rules in capitals": {"vectors_former": ["AA" * 32]},
    "former rules short": {"vectors_former": ["00" * 31]},
    "former rules twice": {"vectors_former": ["05" * 32] * 2},
    "former rules are today's": {"vectors_former": [SAMPLE.vectors_digest.hex()]},
    "former rules too many": {"vectors_former": ["05" * 32, "06" * 32, "07" * 32]},
    "version zero": {"version": 0},
    "version as text": {"version": "17"},
    "version true": {"version": True},
    "too many prefix bits": {"prefix_bits": 25},
    "negative prefix bits": {"prefix_bits": -1},
    "capacity between steps": {"capacity": 3_585},
    "capacity too small": {"capacity": 7},
    "no commitments": {"commitments": {}},
    "commitments as list": {"commitments": []},
    "commitment short": {"commitments": {"TH": "00" * 31}},
    "commitment of no nation": {"commitments": {"T": "00" * 32}},
    "published before 1970": {"published_ms": -1},
    "due before published": {"next_due_ms": 1_699_999_999_999},
    "due after a day": {"next_due_ms": 1_700_086_400_001},
    "negative claim window": {"claim_window_ms": -1},
    "endless claim window": {"claim_window_ms": 2**53 - 1},
    "a field more": {"remark": ""},
    "null": {"dataset": None},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_leaf_with_a_fault_is_refused(fault: str) -> None:
    """Each field out of its form is refused, with one opaque error."""
    value = json.loads(SAMPLE.encode()) | FAULTS[fault]
    with pytest.raises(EncodingError, match="malformed publication"):
        Publication.decode(canonical_json.dump(value))


def test_former_rules_are_named_where_there_are_any() -> None:
    """In their order, and all other leaves are the octets that they always were."""
    former = (b"\x06" * 32, b"\x05" * 32)
    told = replace(SAMPLE, vectors_former=former)
    assert json.loads(told.encode())["vectors_former"] == ["06" * 32, "05" * 32]
    assert (SAMPLE.vectors_digest, *former) == Publication.decode(told.encode()).rules
    assert "vectors_former" not in json.loads(SAMPLE.encode())


@pytest.mark.parametrize("name", json.loads(SAMPLE.encode()))
def test_a_leaf_without_a_field_is_refused(name: str) -> None:
    """Every field is needed."""
    value = json.loads(SAMPLE.encode())
    del value[name]
    with pytest.raises(EncodingError):
        Publication.decode(canonical_json.dump(value))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"[]",
        b"null",
        b" " + SAMPLE.encode(),
        SAMPLE.encode() + b"\n",
        SAMPLE.encode()[:-1],
        b'{"v":1' + b" " * PUBLICATION_CAP + b"}",
    ],
    ids=["empty", "list", "null", "space before", "line after", "cut", "over the cap"],
)
def test_what_is_no_leaf_is_refused(octets: bytes) -> None:
    """Octets that are not one canonical object are refused."""
    with pytest.raises(EncodingError):
        Publication.decode(octets)


OPENING = Opening(b"\x11" * 32, 5, 3_584, b"\x22" * 32, b"\x33" * 32)


def test_a_commitment_is_the_hash_of_the_protocol() -> None:
    """The commitment recomputes from its definition, octet by octet."""
    octets = (
        b"\x00\x00\x00\x10fedquery/v1/view"
        b"\x00\x00\x00\x02VN"
        b"\x00\x00\x00\x06phones"
        b"\x00\x00\x00\x00\x00\x00\x00\x11"
        b"\x00\x00\x00\x02TH" + b"\x11" * 32 + b"\x05\x00\x00\x0e\x00" + b"\x22" * 32 + b"\x33" * 32
    )
    assert hashlib.sha256(octets).digest() == commit("VN", "phones", 17, "TH", OPENING)


def test_a_commitment_binds_every_part() -> None:
    """Each part of view and address changes the commitment, and the opening no longer fits."""
    address = {"holder": "VN", "dataset": "phones", "version": 17, "viewer": "TH"}
    commitment = commit(opening=OPENING, **address)
    verify_opening(commitment, OPENING, **address)
    parts = [
        {"salt": bytes(32)},
        {"prefix_bits": 6},
        {"capacity": 4_096},
        {"public_key": bytes(32)},
        {"root": bytes(32)},
    ]
    for part in parts:
        with pytest.raises(PublicationError):
            verify_opening(commitment, replace(OPENING, **part), **address)
    for other in (
        {"holder": "TH", "viewer": "VN"},
        {"dataset": "phone"},
        {"version": 18},
        {"viewer": "LA"},
    ):
        with pytest.raises(PublicationError):
            verify_opening(commitment, OPENING, **(address | other))


@pytest.mark.parametrize(
    "part",
    [
        {"salt": bytes(31)},
        {"prefix_bits": -1},
        {"prefix_bits": 25},
        {"capacity": 0},
        {"capacity": 2**20 + 1},
        {"public_key": bytes(33)},
        {"root": b""},
    ],
)
def test_an_opening_is_in_range(part: dict[str, object]) -> None:
    """An opening with a part of another length or range is no value at all."""
    with pytest.raises(InputError):
        replace(OPENING, **part)


def test_the_salt_of_an_opening_does_not_show() -> None:
    """The salt is one nation's own, and stands in no repr."""
    assert "\\x11" not in repr(OPENING)
