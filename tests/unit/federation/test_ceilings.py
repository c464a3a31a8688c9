"""What a manifest tells of a quota: read strictly, and left out by older nodes."""

from dataclasses import replace

import pytest
from fedquery_node.config import CaseQuota, Quota, WindowQuota
from fedquery_node.manifests import ceilings_of

from fedquery.errors import EncodingError, InputError
from fedquery.federation.ceilings import Ceilings, WindowCeilings
from fedquery.federation.manifest import Manifest

CEILINGS = Ceilings(WindowCeilings(200, 2000, 50_000), WindowCeilings(1000, 1500, 10**9), 5000)


def test_a_manifest_with_a_quota_is_read_as_it_was_written(world):
    """And one without it is what older nodes send."""
    manifest = world.offering().manifest(ceilings=CEILINGS)
    assert manifest == Manifest.parse(manifest.render())
    body = world.offering().manifest().render()
    assert b'"quota"' not in body
    assert Manifest.parse(body).ceilings is None


def test_an_agency_has_what_its_nation_has_too():
    """The least of the two stops it."""
    assert (200, 1500, 50_000) == (CEILINGS.hour, CEILINGS.day, CEILINGS.year)


def test_a_node_tells_its_settings():
    """Each number at its own place."""
    quota = Quota(
        agency=WindowQuota(hour=1, day=2, year=3),
        nation=WindowQuota(hour=4, day=5, year=6),
        case=CaseQuota(total=7),
    )
    told = Ceilings(WindowCeilings(1, 2, 3), WindowCeilings(4, 5, 6), 7)
    assert told == ceilings_of(quota)


FAULTS = {
    "null": lambda b: b[: b.index(b'"quota":')] + b'"quota":null}\n',
    "member_more": lambda b: b.replace(b'"case":5000', b'"case":5000,"note":1'),
    "member_less": lambda b: b.replace(b'"case":5000,', b""),
    "window_less": lambda b: b.replace(b'"day":1500,', b""),
    "text": lambda b: b.replace(b'"case":5000', b'"case":"5000"'),
    "negative": lambda b: b.replace(b'"case":5000', b'"case":-1'),
    "true": lambda b: b.replace(b'"hour":200', b'"hour":true'),
    "huge": lambda b: b.replace(b"1000000000", b"1000000001"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_malformed(world, fault):
    """Each malformed quota is refused with the one error of the format."""
    body = world.offering().manifest(ceilings=CEILINGS).render()
    changed = FAULTS[fault](body)
    assert body != changed, "the fault was not planted"
    with pytest.raises(EncodingError, match=r"^malformed manifest$"):
        Manifest.parse(changed)


def test_the_range_holds():
    """A ceiling is not negative."""
    with pytest.raises(InputError):
        replace(CEILINGS, case=-1)
