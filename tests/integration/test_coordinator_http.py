"""What a coordinator answers to strange requests: one clear problem, nothing of what was sent."""

import contextlib
import json
import secrets
import ssl

import httpx2
import pytest
import pytest_asyncio
from integration.conftest import PHONES
from support.raw_asker import RawAsker, now_ms

from fedquery.encoding.base64 import b64encode
from fedquery.seal.header import RequestFields
from fedquery.seal.kem import KemPublicKey
from fedquery.seal.request import seal_request
from fedquery.seal.signing import SigningKey
from fedquery.transport.http_signature import sign_get


@pytest.fixture
def http(federation):
    """Open a client that trusts the coordinator's authority."""
    context = ssl.create_default_context(cafile=federation.coordinator / "tls" / "ca.crt")
    url = RawAsker(federation).members.coordinators[0].url
    with httpx2.Client(base_url=url, verify=context, timeout=20, trust_env=False) as client:
        yield client


@pytest_asyncio.fixture
async def asker(federation):
    """Make an asker by hand that knows the manifests."""
    made = RawAsker(federation)
    for nation in ("VN", "MM"):
        link = made.link(nation)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(link.close)
            await made.learn(nation, link)
    return made


def post(http, *envelopes, deadline_ms=5000, **headers):
    """Post a query."""
    body = {"envelopes": [b64encode(one) for one in envelopes], "deadline_ms": deadline_ms}
    return http.post("/v1/queries", json=body, headers=headers)


def slug(answer):
    """Give status and slug of a problem."""
    assert "application/problem+json" == answer.headers["content-type"]
    return answer.status_code, answer.json()["type"].removeprefix("urn:fedquery:error:")


def sealed(asker, nation="VN", *, key=None, agency=None, age_ms=0, request_id=None):
    """Seal something to a node; nobody looks into it here."""
    created_ms = now_ms() - age_ms
    fields = RequestFields(
        request_id or secrets.token_bytes(16),
        agency or asker.federation.agency,
        nation,
        1,
        created_ms,
        created_ms + 60_000,
    )
    kem = KemPublicKey.decode(asker.manifests["VN"].kem_keys[0].public)
    salt, secret = secrets.token_bytes(32), secrets.token_bytes(32)
    return seal_request(fields, b"x", kem, key or asker.key, salt=salt, secret=secret)[0]


async def test_a_query_is_answered_as_one_object(http, asker):
    """Without the accept header the answers come together."""
    sent = asker.ask("VN", [PHONES[0]])
    answer = post(http, sent.envelope)
    assert 200 == answer.status_code
    (line,) = answer.json()["answers"]
    assert ("VN", "answered", True) == (line["nation"], line["outcome"], line["last"])


async def test_the_same_id_with_other_octets_is_refused(http, asker):
    """The same octets are passed on again."""
    request_id = secrets.token_bytes(16)
    first = sealed(asker, request_id=request_id)
    assert 200 == post(http, first).status_code == post(http, first).status_code
    assert (409, "id-reused") == slug(post(http, sealed(asker, request_id=request_id)))


async def test_an_envelope_that_is_not_the_agencys_is_refused(http, asker):
    """By a stranger's key, in a stranger's name, or changed on its way."""
    good = sealed(asker)
    for bad in (
        sealed(asker, key=SigningKey(bytes(32))),
        sealed(asker, agency="TH/somebody"),
        good[:-1] + bytes([good[-1] ^ 1]),
    ):
        assert (401, "signature-invalid") == slug(post(http, bad))


@pytest.mark.parametrize("age_ms", [61_000, -130_000])
async def test_an_envelope_of_another_time_is_refused(http, asker, age_ms):
    """Expired, or from the future by more than clocks differ."""
    assert (422, "expired") == slug(post(http, sealed(asker, age_ms=age_ms)))


async def test_targets(http, asker):
    """Not one's own nation, not one twice, not one that has no node."""
    for bad in (
        [sealed(asker, "TH")],
        [sealed(asker), sealed(asker)],
        [sealed(asker), sealed(asker, "XX")],
    ):
        assert (422, "target") == slug(post(http, *bad))


BODIES = {
    "not JSON": (b"{", 400, "malformed"),
    "a doubled key": (b'{"envelopes":["AA=="],"deadline_ms":5000,"deadline_ms":1}', 400, None),
    "NaN": (b'{"envelopes":["AA=="],"deadline_ms":NaN}', 400, None),
    "a field more": (b'{"envelopes":["AA=="],"deadline_ms":5000,"x":1}', 422, "invalid-field"),
    "a bool": (b'{"envelopes":["AA=="],"deadline_ms":true}', 422, "invalid-field"),
    "no envelope": (b'{"envelopes":[],"deadline_ms":5000}', 422, "invalid-field"),
    "no base64": (b'{"envelopes":["?"],"deadline_ms":5000}', 400, None),
    "no envelope in it": (b'{"envelopes":["AAAA"],"deadline_ms":5000}', 400, None),
    "a deadline too long": (b'{"envelopes":["AA=="],"deadline_ms":30001}', 422, "invalid-field"),
    "too large": (b" " * 1_200_001, 413, "too-large"),
}


@pytest.mark.parametrize("what", BODIES)
def test_bodies(http, what):
    """One clear problem, and nothing of the body in it."""
    content, status, name = BODIES[what]
    answer = http.post("/v1/queries", content=content, headers={"content-type": "application/json"})
    assert status == slug(answer)[0]
    assert name in {None, slug(answer)[1]}
    assert "AA==" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"content-type": "text/plain"}, 415), ({"content-encoding": "gzip"}, 415)],
)
def test_media_types(http, headers, status):
    """Plain JSON only; nothing is decompressed."""
    given = {"content-type": "application/json", **headers}
    assert status == http.post("/v1/queries", content=b"{}", headers=given).status_code


READS = ["/v1/federation", "/v1/manifests", "/v1/nodes", "/v1/log/checkpoint", "/v1/log/tile/0/000"]


@pytest.mark.parametrize("path", READS)
def test_reads_are_signed(http, asker_key, path):
    """By an enrolled agency, for this path, now."""
    agency, key = asker_key
    url = str(http.base_url).rstrip("/") + path
    assert (401, "signature-invalid") == slug(http.get(path))
    for wrong in (
        sign_get(url, agency=agency, key=SigningKey(bytes(32)), now_ms=now_ms()),
        sign_get(url, agency=agency, key=key, now_ms=now_ms() - 130_000),
        sign_get(url + "x", agency=agency, key=key, now_ms=now_ms()),
    ):
        assert (401, "signature-invalid") == slug(http.get(path, headers=wrong))
    good = sign_get(url, agency=agency, key=key, now_ms=now_ms())
    # The tile is not full yet, so it is not there; whoever asks is known.
    assert http.get(path, headers=good).status_code in {200, 404}


@pytest.fixture
def asker_key(federation):
    """Give name and key of the agency."""
    return federation.agency, RawAsker(federation).key


def test_health_needs_no_signature_and_names_no_agency(http, federation):
    """It is for the operator's own network."""
    assert {"status": "ok"} == http.get("/healthz").json()
    assert {"status": "ready"} == http.get("/readyz").json()
    metrics = http.get("/metrics").text
    assert "# TYPE fedquery_relayed_total counter" in metrics
    assert federation.agency not in metrics


def test_the_api_page_comes_from_here(http):
    """It names every route, and fetches nothing from elsewhere."""
    described = http.get("/openapi.json").json()
    assert "/v1/queries" in described["paths"]
    assert "://" not in json.dumps(http.get("/docs").text).replace("http://www.w3.org", "")


def test_unknown_paths_and_methods(http):
    """Are problems too."""
    assert (404, "not-found") == slug(http.get("/v1/nothing"))
    assert (405, "method-not-allowed") == slug(http.get("/v1/queries"))
