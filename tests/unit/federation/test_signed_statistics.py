"""Statistics as notes: signed by the party whose log it is, and added up only if they fit."""

from dataclasses import replace

import pytest
from unit.federation import conftest as made

from fedquery.audit.statistics import LogBehind, Statistics
from fedquery.audit.tally import Population
from fedquery.errors import EncodingError, InputError, SignatureError
from fedquery.federation import names
from fedquery.federation.log_owner import owner_of
from fedquery.federation.signed_statistics import (
    open_statistics,
    parties,
    require_one_month,
    sign_statistics,
)
from fedquery.tlog.note import Signer, sign

MEMBERS = made.four_nations().federation
HUB = MEMBERS.coordinators[0].name
AGENCY = next(iter(MEMBERS.agencies))
ORIGINS = {
    ("node", "TH"): "fedquery.log/mekong/TH",
    ("coordinator", HUB): f"fedquery.log/mekong/coordinator/{HUB}",
    ("agency", AGENCY): f"fedquery.log/mekong/agency/{AGENCY}",
}
SEEDS = {
    "node": made.seed("node TH"),
    "coordinator": made.seed(f"coordinator {HUB}"),
    "agency": made.seed(AGENCY),
}


def statistics(kind="node", party="TH", month="2026-10"):
    """Make the statistics of a log in which nothing was asked."""
    log = LogBehind(ORIGINS.get((kind, party), f"fedquery.log/mekong/{party}"), 7, "00" * 32)
    return Statistics(kind, party, month, log, (Population("questions", 0),))


@pytest.mark.parametrize(("kind", "party"), ORIGINS)
def test_each_party_signs_with_the_key_of_the_member_list(kind, party):
    """A node, a coordinator and an agency; what is read is what was signed."""
    said = statistics(kind, party)
    assert said == open_statistics(sign_statistics(said, SEEDS[kind]), MEMBERS)
    assert ("mekong", kind, party) == owner_of(said.log.origin)


def test_another_key_does_not_sign_for_a_party():
    """Nor does the party's own key under another name."""
    with pytest.raises(SignatureError):
        open_statistics(sign_statistics(statistics(), made.seed("node VN")), MEMBERS)
    body = statistics().render()
    forged = sign(body, [Signer(names.node_name("VN"), made.seed("node VN"))])
    with pytest.raises(SignatureError):
        open_statistics(forged, MEMBERS)


def test_a_changed_number_is_found():
    """One character of a signed note."""
    note = sign_statistics(statistics(), SEEDS["node"])
    with pytest.raises(SignatureError):
        open_statistics(note.replace(b'"size":7', b'"size":8'), MEMBERS)


def test_nobody_signs_statistics_of_another_log():
    """The log is the signer's own, of this federation."""
    for origin in ("fedquery.log/mekong/VN", "fedquery.log/other/TH"):
        said = statistics()
        said = replace(said, log=replace(said.log, origin=origin))
        with pytest.raises(SignatureError, match="another log"):
            open_statistics(sign_statistics(said, SEEDS["node"]), MEMBERS)


def test_a_party_that_is_no_member_is_named_as_that():
    """A note of a nation that is not in the list cannot be verified."""
    with pytest.raises(InputError, match="not in the member list"):
        open_statistics(sign_statistics(statistics(party="MM"), made.seed("node MM")), MEMBERS)


@pytest.mark.parametrize("note", [b"", b"fedquery.statistics/v1 node TH 2026-10\n", b"\xff" * 99])
def test_what_is_no_note_is_refused(note):
    """Nothing signed, nothing there, no text."""
    with pytest.raises(EncodingError):
        open_statistics(note, MEMBERS)


def test_a_manifest_is_not_taken_for_statistics():
    """The same key signs both; the first line keeps them apart."""
    note = sign(b"fedquery.manifest/v1 TH\n{}\n", [Signer("fedquery/TH/node", SEEDS["node"])])
    with pytest.raises(EncodingError):
        open_statistics(note, MEMBERS)


@pytest.mark.parametrize(
    ("others", "what"),
    [
        ([statistics()], "one log"),
        ([statistics(party="VN", month="2026-11")], "different months"),
        ([statistics("agency", AGENCY)], "different kinds"),
    ],
)
def test_what_cannot_be_added_up_is_refused(others, what):
    """Twice the same log, another month, another kind of log."""
    with pytest.raises(InputError, match=what):
        require_one_month([statistics(), *others])
    require_one_month([statistics(), statistics(party="VN")])


def test_nothing_is_not_added_up():
    """There is no sum of no notes."""
    with pytest.raises(InputError, match="no statistics"):
        require_one_month([])


def test_the_parties_of_a_kind_are_those_of_the_member_list():
    """All that should be in a sum."""
    assert {"KH", "LA", "TH", "VN"} == set(parties(MEMBERS, "node"))
    assert HUB in parties(MEMBERS, "coordinator")
    assert AGENCY in parties(MEMBERS, "agency")


@pytest.mark.parametrize(
    "origin",
    ["", "th.example/log", "fedquery.log/mekong", "fedquery.log/mekong/TH/x", "fedquery.log/M/TH"],
)
def test_a_log_of_no_member_has_no_owner(origin):
    """Its figures would have nobody's name."""
    with pytest.raises(InputError, match="name"):
        owner_of(origin)
