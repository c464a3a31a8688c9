"""What a coordinator takes: the largest questions of an agency, and no body without an end."""

import pytest
from fedquery_coordinator.envelopes import read_query
from fedquery_coordinator.routes import LIMITS, QueryBody
from pydantic import ValidationError
from unit.federation.conftest import NOW_MS, four_nations

from fedquery.encoding.base64 import b64encode
from fedquery.errors import EncodingError
from fedquery.seal.envelope import REQUEST_CAP
from fedquery.seal.size import LARGEST, LARGEST_OF_LOOKUP, REQUEST_LENGTH

# What the members of a six-nation federation can be asked at once, and what a query may hold.
_OTHERS, _MOST = 5, 32


def test_a_body_has_room_for_what_may_be_asked_at_once():
    """A list of every other nation, or lookups of as many as a query may have envelopes for."""
    around = REQUEST_CAP - REQUEST_LENGTH[LARGEST]
    for count, size_class in ((_OTHERS, LARGEST), (_MOST, LARGEST_OF_LOOKUP)):
        text = b64encode(bytes(REQUEST_LENGTH[size_class] + around))
        body = QueryBody(envelopes=[text] * count, deadline_ms=10_000).model_dump_json()
        assert len(body) <= LIMITS.body_octets


def test_no_envelope_is_longer_than_the_largest_question():
    """One octet more is refused before it is looked at."""
    longest = b64encode(bytes(REQUEST_CAP))
    assert QueryBody(envelopes=[longest], deadline_ms=10_000).envelopes == [longest]
    with pytest.raises(ValidationError):
        QueryBody(envelopes=[longest + "AAAA" * 4], deadline_ms=10_000)
    with pytest.raises(EncodingError):
        read_query([b64encode(bytes(REQUEST_CAP + 1))], four_nations().federation, NOW_MS)
