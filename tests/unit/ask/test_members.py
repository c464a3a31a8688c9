"""A member list takes the place of the one before only if it is one for this home."""

import contextlib
from dataclasses import replace

import pytest
from unit.federation import conftest as world
from unit.psi.holding import octets

from fedquery.ask import schema
from fedquery.ask.home import (
    NewAgency,
    install_members,
    load_members,
    make_home,
    open_home,
    take_over,
)
from fedquery.errors import ConfigError
from fedquery.federation.member_file import NOTE
from fedquery.federation.members import Agency
from fedquery.federation.membership import MemberList, enrol, remove, sign
from fedquery.federation.roots import Roots

AGENCY = "TH/cyber-police"
ROOTS = Roots(3, {code: world.nation(code) for code in world.CODES}).render()


def signed(listed):
    """Sign a list by a quorum."""
    for code in ("KH", "TH", "VN"):
        listed = sign(listed, world.root_signer(code))
    return listed.render()


@pytest.fixture
def home(tmp_path):
    """Make the home of an agency, with a list in force."""
    path = tmp_path / "asker"
    make_home(path, NewAgency(AGENCY, "police", world.FEDERATION), octets(1))
    made = open_home(path)
    member = Agency(AGENCY, "police", made.signing_key.verify_key.public)
    without = remove(world.four_nations(), AGENCY)
    listed = enrol(without, member)
    install_members(path, signed(listed), ROOTS, world.NOW_MS)
    return made, listed


def _of_another_federation(listed):
    federation = listed.federation
    return MemberList(
        replace(
            federation,
            name="exercise",
            number=federation.number + 5,
            nodes={},
            coordinators=(),
        )
    )


def _without_this_agency(listed):
    federation = remove(listed, AGENCY).federation
    return MemberList(replace(federation, number=federation.number + 1))


@pytest.mark.parametrize("other", [_of_another_federation, _without_this_agency])
def test_a_list_that_is_not_for_this_home_replaces_nothing(home, other):
    """A coordinator can hand on whatever the same nations have signed, for an exercise too."""
    made, listed = home
    before = (made.path / NOTE).read_bytes()
    with contextlib.closing(schema.connect(made.path)) as connection:
        with pytest.raises(ConfigError):
            take_over(made, connection, signed(other(listed)), world.NOW_MS)
        assert before == (made.path / NOTE).read_bytes()
        assert listed.federation == load_members(made, connection, world.NOW_MS).federation
