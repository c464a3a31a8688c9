"""Views of teams: an agency that is in the team no more is not answered from the team's rows."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from fedquery_node.authorities import Vouched
from fedquery_node.barring import barred_by_version
from fedquery_node.publications import Served
from unit.federation.conftest import agency
from unit.psi.holding import identifier, publish, question

AGENCY = agency("TH/cyber-police")


@pytest.fixture
def scene():
    """Make a question of an agency that has a view of its own, by the team Joint."""
    holding = publish([identifier(number) for number in range(4)])
    publication = replace(
        holding.publication,
        commitments={**holding.publication.commitments, AGENCY.name: bytes(32)},
    )
    views = {
        "TH": SimpleNamespace(teams=frozenset()),
        AGENCY.name: SimpleNamespace(teams=frozenset({"Joint"})),
    }
    served = Served(publication, b"", 0, newest=True, views=views)
    asked = question(holding.ask([identifier(1)]))

    def barred(name, teams):
        vouched = Vouched(AGENCY, teams=frozenset(teams))
        catalogue = {("phones", publication.version): served}
        admitted = SimpleNamespace(
            asked=asked,
            asking=SimpleNamespace(agency=replace(AGENCY, name=name)),
            opened=SimpleNamespace(
                header=SimpleNamespace(fields=SimpleNamespace(size_class=1)),
            ),
        )
        refusal = barred_by_version(catalogue, vouched, admitted, asked)
        return refusal.slug if refusal is not None else ""

    return barred


def test_who_is_in_the_team_is_answered(scene):
    """The right twin."""
    assert "" == scene(AGENCY.name, {"Joint", "Another"})


@pytest.mark.parametrize("teams", [set(), {"Another"}])
def test_who_is_in_it_no_more_is_not(scene, teams):
    """Until the next publication, which gives the agency its nation's view."""
    assert "team-ended" == scene(AGENCY.name, teams)


def test_another_agency_of_the_nation_has_the_nations_view(scene):
    """A team that ends is none of its business."""
    assert "" == scene("TH/tax", set())
