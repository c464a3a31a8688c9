"""The text of a member list: one way to write it, everything else refused."""

import contextlib
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, InputError
from fedquery.federation import member_list
from fedquery.federation.members import Agency, Nation
from fedquery.federation.membership import draft, enrol, remove
from fedquery.seal.signing import SigningKey
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import Signer


def test_a_list_is_read_as_it_was_written(world):
    """Reading undoes writing."""
    federation = world.four_nations().federation
    assert federation == member_list.parse(member_list.render(federation))


def test_coordinators_keep_their_order(world):
    """The order of coordinators is the order in which they are tried."""
    federation = member_list.parse(member_list.render(world.four_nations().federation))
    assert ["hub", "alternate"] == [entry.name for entry in federation.coordinators]


@given(
    sorts=st.dictionaries(
        st.from_regex(r"\A[a-z0-9-]{1,40}\Z"), st.sampled_from(["police", "fiu"]), max_size=8
    )
)
def test_any_agencies_survive_writing(sorts):
    """Lists with any names of agencies are read as they were written."""
    listed = _base()
    for name, sort in sorts.items():
        key = SigningKey(hashlib.sha256(name.encode()).digest())
        listed = enrol(listed, Agency(f"TH/{name}", sort, key.verify_key.public))
    assert listed.federation == member_list.parse(member_list.render(listed.federation))


def _base():
    listed = draft("x", training=False, now_ms=0, days=1)
    return enrol(listed, Nation("TH", Signer("fedquery/TH/root", bytes(32)).verifier_key))


def test_every_change_of_one_octet_is_refused_or_means_something_else(world):
    """There are no two texts of one list, and the one error is all that a bad text raises."""
    federation = world.four_nations().federation
    body = member_list.render(federation)
    for at in range(0, len(body), 7):
        changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        with contextlib.suppress(EncodingError):
            assert federation != member_list.parse(changed)


def _line(body, start):
    return next(line for line in body.split(b"\n") if line.startswith(start))


def _swap_lines(body, one, other):
    a, b = _line(body, one), _line(body, other)
    return body.replace(a, b"\0").replace(b, a).replace(b"\0", b)


def _swap_values(body, one, other):
    a, b = _line(body, one).split(b" ")[1], _line(body, other).split(b" ")[1]
    return body.replace(a, b"\0").replace(b, a).replace(b"\0", b)


def _last_key_bit(body):
    line = _line(body, b"agency VN")
    changed = line[:-2] + bytes([line[-2] + 1]) + line[-1:]
    return body.replace(line, changed)


FAULTS = {
    "no_final_newline": lambda b: b[:-1],
    "two_final_newlines": lambda b: b + b"\n",
    "crlf": lambda b: b.replace(b"\n", b"\r\n"),
    "empty": lambda _: b"",
    "title_of_other_version": lambda b: b.replace(b"/v1\n", b"/v2\n", 1),
    "unknown_line": lambda b: b + b"witness X\n",
    "line_missing": lambda b: b.replace(b"training true\n", b""),
    "lines_swapped": lambda b: b.replace(
        b"quorum 3\ntraining true\n", b"training true\nquorum 3\n"
    ),
    "nations_not_sorted": lambda b: _swap_lines(b, b"nation KH", b"nation LA"),
    "agencies_not_sorted": lambda b: _swap_lines(b, b"agency TH", b"agency VN"),
    "doubled_member": lambda b: b + _line(b, b"agency VN") + b"\n",
    "two_spaces": lambda b: b.replace(b"quorum 3", b"quorum  3"),
    "tab": lambda b: b.replace(b"quorum 3", b"quorum\t3"),
    "leading_zero": lambda b: b.replace(b"number 1\n", b"number 01\n"),
    "plus_sign": lambda b: b.replace(b"number 1\n", b"number +1\n"),
    "number_zero": lambda b: b.replace(b"number 1\n", b"number 0\n"),
    "number_huge": lambda b: b.replace(b"number 1\n", b"number " + b"9" * 5000 + b"\n"),
    "other_digits": lambda b: b.replace(b"number 1\n", "number ໑\n".encode()),
    "quorum_over_nations": lambda b: b.replace(b"quorum 3", b"quorum 5"),
    "quorum_zero": lambda b: b.replace(b"quorum 3", b"quorum 0"),
    "training_yes": lambda b: b.replace(b"training true", b"training yes"),
    "time_with_fraction": lambda b: b.replace(b"00Z\nexpires", b"00.0Z\nexpires"),
    "time_with_offset": lambda b: b.replace(b"Z\nexpires", b"+00:00\nexpires"),
    "expires_before_created": lambda b: _swap_values(b, b"created", b"expires"),
    "unknown_sort": lambda b: b.replace(b" police ", b" army "),
    "nation_of_three_letters": lambda b: b.replace(b"nation KH ", b"nation KHM "),
    "node_without_nation": lambda b: b.replace(_line(b, b"nation VN") + b"\n", b""),
    "key_of_31_octets": lambda b: b.replace(
        _line(b, b"agency VN"), b"agency VN/fiu police " + b"A" * 43
    ),
    "key_with_trailing_bits": _last_key_bit,
    "root_key_of_another_name": lambda b: b.replace(b"fedquery/KH/root+", b"fedquery/LA/root+", 1),
    "url_with_path": lambda b: b.replace(
        b"https://hub.example:8443", b"https://hub.example:8443/x"
    ),
    "url_plain_http": lambda b: b.replace(b"https://hub", b"http://hub"),
    "port_over_65535": lambda b: b.replace(b"node.kh.example:7443", b"node.kh.example:65536"),
    "address_without_port": lambda b: b.replace(b"node.kh.example:7443", b"node.kh.example"),
    "log_of_another_origin": lambda b: b.replace(b"fedquery.log/mekong/KH+", b"fedquery.log/x/KH+"),
    "witness_key_of_a_log": lambda b: b.replace(
        _line(b, b"node KH").split(b" ")[4], _line(b, b"node KH").split(b" ")[3]
    ),
    "not_ascii": lambda b: b.replace(b"name mekong", "name mekông".encode()),
    "over_the_cap": lambda b: b + b"x" * member_list.CAP,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_malformed(world, fault):
    """Each malformed text is refused with the one error of the format."""
    body = member_list.render(world.four_nations().federation)
    changed = FAULTS[fault](body)
    assert body != changed, "the fault was not planted"
    with pytest.raises(EncodingError, match=r"^malformed member list$"):
        member_list.parse(changed)


def test_one_key_cannot_be_two_members(world):
    """An agency cannot be listed with the key of a node, nor of another agency."""
    listed = world.four_nations()
    for key in (
        world.node_key("TH").verify_key.public,
        world.cosigner("LA").verifier_key.public_key,
        world.agency("VN/fiu").signing_public,
    ):
        with pytest.raises(InputError, match="stands twice"):
            enrol(listed, Agency("TH/other", "police", key))


def test_a_node_does_not_witness_with_another_key_of_the_list(world):
    """A log key that also cosigns would vouch for itself; one witness key is one witness."""
    listed = world.four_nations()
    for taken in (world.log_signer("TH"), world.cosigner("KH")):
        witness = Cosigner("fedquery/TH/witness", taken.seed).verifier_key
        with pytest.raises(InputError, match="stands twice"):
            enrol(listed, replace(world.node("TH"), witness_vkey=witness))


def test_a_witness_key_has_the_name_of_its_nation(world):
    """The name is not signed, so the list says whose key it is, in one way only."""
    with pytest.raises(InputError, match="fedquery/TH/witness"):
        replace(world.node("TH"), witness_vkey=world.cosigner("VN").verifier_key)


def test_a_nation_takes_its_members_with_it(world):
    """Where a nation is removed, neither its node nor its agencies stay."""
    federation = remove(world.four_nations(), "VN").federation
    assert ({"KH", "LA", "TH"}, {"KH", "LA", "TH"}, {"TH/cyber-police"}) == (
        set(federation.nations),
        set(federation.nodes),
        set(federation.agencies),
    )
