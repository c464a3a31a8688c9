"""The gateway as a program of an agency uses it: over HTTP, with an officer's token."""

import base64
import contextlib
import io
import json
import time

import httpx2
import jsonschema
import pytest
import zxingcpp
from fedquery_node import schema
from integration.conftest import ABSENT, PHONES, REFERENCE
from PIL import Image

from fedquery.cli.demo.processes import Service

PROMPTPAY = "00020101021129370016A0000006770101110113006681234567853037645802TH6304823E"

CASE = {
    "number": "2026/118",
    "purpose": "fraud",
    "maximum_penalty_years": 10,
    "opened": time.strftime("%Y-%m-%d"),
}


@pytest.fixture(scope="module")
def token(federation):
    """Make the token of an officer."""
    ended = federation.run_asker("gateway", "token", "add", "officer 7")
    assert 0 == ended.code
    return ended.out.split()[-1]


@pytest.fixture(scope="module")
def url(federation, token):
    """Start a gateway."""
    arguments = ("--home", str(federation.asker), "gateway", "serve", "--port", "0")
    service = Service("gateway", "fedquery.cli", arguments, federation.root / "logs" / "gateway")
    port = service.start()
    yield f"http://127.0.0.1:{port}"
    assert 0 == service.stop()


def shows(url, token):
    """Make a client that shows a token."""
    headers = {"authorization": f"Bearer {token}"}
    return httpx2.Client(base_url=url, headers=headers, timeout=20, trust_env=False)


@pytest.fixture
def http(url, token):
    """Open a client of the officer."""
    with shows(url, token) as client:
        yield client


@pytest.fixture
def other(federation, url):
    """Open a client of another officer."""
    ended = federation.run_asker("gateway", "token", "add", "officer 10")
    with shows(url, ended.out.split()[-1]) as client:
        yield client


@pytest.fixture
def supervisor(federation, url):
    """Open a client of a supervisor."""
    ended = federation.run_asker("gateway", "token", "add", "officer 9", "--supervisor")
    with shows(url, ended.out.split()[-1]) as client:
        yield client


def body(*texts, **more):
    """Write the body of a lookup."""
    return {
        "identifiers": [{"kind": "phone", "text": text} for text in texts],
        "case": CASE,
        **more,
    }


def test_outcomes_come_as_lines(http):
    """One line for each outcome, and a last one for the lookup."""
    answer = http.post(
        "/v1/lookups", json=body(PHONES[0], ABSENT), headers={"accept": "application/x-ndjson"}
    )
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert 200 == answer.status_code
    assert ["outcome"] * 4 + ["lookup"] == [line["type"] for line in lines]
    words = {(one["place"], one["nation"]): one["word"] for one in lines[-1]["nations"]}
    assert {(0, "VN"): "hit", (1, "VN"): "no hit", (0, "MM"): "refused"}.items() <= words.items()


def test_a_hit_is_claimed_and_its_receipt_verifies(http):
    """All of it as JSON objects."""
    found = http.post("/v1/lookups", json=body(PHONES[2], nations=["VN"])).json()
    (outcome,) = found["outcomes"]
    claimed = http.post("/v1/claims", json={"claim_id": outcome["claim_id"]}).json()
    assert ("released", REFERENCE.format(2)) == (claimed["word"], claimed["reference"])
    assert {"cosigned": 2, "of": 2, "needed": 2, "newest": True} == outcome["witnesses"]
    shown = http.post("/v1/receipts", json={"receipt": outcome["receipt"]}).json()
    assert (2, 2) == (shown["witnesses"], shown["witnesses_of"])
    assert ("VN", "hit") == (shown["nation"], shown["granted"])
    again = http.get(f"/v1/lookups/{found['lookup_id']}").json()
    assert again["nations"] == found["nations"]


def test_answers_are_what_the_openapi_document_says(http, url):
    """Each answer fits the schema of its path, names nothing beyond it, and refs lead somewhere."""
    document = httpx2.get(f"{url}/openapi.json", trust_env=False).json()
    assert not unresolved(document)
    lookup = http.post("/v1/lookups", json=body(PHONES[2], nations=["VN"])).json()
    fits(document, "/v1/lookups", "post", lookup)
    stream = http.post(
        "/v1/lookups", json=body(PHONES[2]), headers={"accept": "application/x-ndjson"}
    )
    for line in stream.text.splitlines():
        fits(document, "/v1/lookups", "post", json.loads(line), "application/x-ndjson")
    again = http.get(f"/v1/lookups/{lookup['lookup_id']}").json()
    fits(document, "/v1/lookups/{lookup_id}", "get", again)
    claim = {"claim_id": lookup["outcomes"][0]["claim_id"], "level": "summary"}
    fits(document, "/v1/claims", "post", http.post("/v1/claims", json=claim).json())
    receipt = {"receipt": lookup["outcomes"][0]["receipt"]}
    fits(document, "/v1/receipts", "post", http.post("/v1/receipts", json=receipt).json())
    fits(document, "/healthz", "get", http.get("/healthz").json())
    with pytest.raises(jsonschema.ValidationError):
        fits(document, "/v1/lookups", "post", {**lookup, "more": 1})
    with pytest.raises(jsonschema.ValidationError):
        fits(document, "/v1/lookups", "post", {**lookup, "asked_ms": "1"})


def test_the_openapi_document_says_which_requests_need_a_token(url):
    """All but the question whether the process answers."""
    document = httpx2.get(f"{url}/openapi.json", trust_env=False).json()
    (scheme,) = document["components"]["securitySchemes"].values()
    assert ("http", "bearer") == (scheme["type"], scheme["scheme"])
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert path.startswith("/v1/") is bool(operation.get("security"))
            names = [one["name"] for one in operation.get("parameters", [])]
            assert "authorization" not in names


def unresolved(document):
    """List the references of a document that lead nowhere."""
    refs = {part.split('"')[0] for part in json.dumps(document).split('"$ref": "')[1:]}
    return [ref for ref in refs if ref.rsplit("/", 1)[1] not in document["components"]["schemas"]]


def fits(document, path, method, answer, media_type="application/json"):
    """Check an answer against the schema of its path, with no field more."""
    answers = document["paths"][path][method]["responses"]["200"]["content"]
    schema = answers[media_type]["schema"]
    whole = {**schema, "components": document["components"]}
    for part in (*whole["components"]["schemas"].values(), *schema.get("anyOf", [])):
        if part.get("type") == "object":
            part.setdefault("additionalProperties", False)
    jsonschema.validate(answer, whole)


def test_the_same_key_and_body_is_one_lookup(http):
    """And the same key with another body is refused."""
    headers = {"idempotency-key": "k-1"}
    first = http.post("/v1/lookups", json=body(PHONES[4], nations=["VN"]), headers=headers)
    again = http.post("/v1/lookups", json=body(PHONES[4], nations=["VN"]), headers=headers)
    assert first.json()["lookup_id"] == again.json()["lookup_id"]
    other = http.post("/v1/lookups", json=body(PHONES[5], nations=["VN"]), headers=headers)
    assert (409, "urn:fedquery:error:id-reused") == (other.status_code, other.json()["type"])


def test_what_cannot_be_read_is_named_by_its_place(http):
    """The value is not repeated."""
    answer = http.post("/v1/lookups", json=body(PHONES[0], "85550-19-92x"))
    assert 422 == answer.status_code
    assert ["/identifiers/1/text"] == [fault["pointer"] for fault in answer.json()["errors"]]
    assert "85550" not in answer.text


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer fq_00000000_x", "Basic abc"])
def test_without_a_token_nothing_is_asked(url, shown):
    """Whatever is wrong with it, the answer is one."""
    headers = {"authorization": shown} if shown else {}
    answer = httpx2.post(f"{url}/v1/lookups", json=body(ABSENT), headers=headers, trust_env=False)
    problem = answer.json()
    assert (401, "urn:fedquery:error:unauthenticated") == (answer.status_code, problem["type"])
    assert 'Bearer realm="fedquery gateway"' == answer.headers["www-authenticate"]


def test_a_token_that_was_taken_back_is_refused_at_once(federation, url):
    """No restart is needed."""
    shown = federation.run_asker("gateway", "token", "add", "officer 8").out.split()[-1]
    headers = {"authorization": f"Bearer {shown}"}
    path = f"{url}/v1/lookups/0000000000000000"
    assert 404 == httpx2.get(path, headers=headers, trust_env=False).status_code
    token_id = shown.split("_")[1]
    assert 0 == federation.run_asker("gateway", "token", "revoke", token_id).code
    assert 401 == httpx2.get(path, headers=headers, trust_env=False).status_code


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"origin": "http://evil.example"}], ids=["host", "origin"]
)
def test_a_page_of_a_browser_gets_nothing(http, headers):
    """Neither by another name of this address nor from another origin."""
    answer = http.post("/v1/lookups", json=body(ABSENT), headers=headers)
    assert (403, "urn:fedquery:error:host") == (answer.status_code, answer.json()["type"])


@pytest.mark.parametrize(
    "change",
    [
        {"officer": "somebody else"},
        {"identifiers": []},
        {"deadline_ms": True},
        {"nations": ["vn"]},
    ],
    ids=["extra", "none", "bool", "nation"],
)
def test_bodies_are_strict(http, change):
    """An officer cannot be chosen, and no type is bent."""
    answer = http.post("/v1/lookups", json={**body(ABSENT), **change})
    assert 422 == answer.status_code


def test_doubled_keys_are_refused(http):
    """Two readers of one body must not read two things."""
    text = json.dumps(body(ABSENT))[:-1] + ', "case": {}}'
    answer = http.post("/v1/lookups", content=text, headers={"content-type": "application/json"})
    assert 400 == answer.status_code


def test_another_address_needs_tls(federation):
    """Identifiers do not cross a network in the clear."""
    ended = federation.run_asker("gateway", "serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 -- to be refused
    assert 78 == ended.code


def test_the_one_who_claims_stands_in_the_holders_log(http, supervisor, federation):
    """Not the one who looked it up: their marks differ, and neither's name is there."""
    found = http.post("/v1/lookups", json=body(PHONES[1], nations=["VN"])).json()
    claim_id = found["outcomes"][0]["claim_id"]
    for client in (http, supervisor):
        claimed = client.post("/v1/claims", json={"claim_id": claim_id})
        assert "released" == claimed.json()["word"]
    with contextlib.closing(schema.connect(federation.node("VN"))) as connection:
        marks = [
            mark.decode()
            for (mark,) in connection.execute(
                "SELECT octets FROM detail WHERE field = 'officer' ORDER BY log_index DESC LIMIT 2"
            )
        ]
    assert 2 == len(set(marks))
    assert "officer" not in "".join(marks)


def test_lookups_and_hits_are_those_of_their_officer(http, other, supervisor):
    """Another officer is not told whether there is one; a supervisor reads it."""
    found = http.post("/v1/lookups", json=body(PHONES[1], nations=["VN"])).json()
    paths = [f"/v1/lookups/{one}" for one in (found["lookup_id"], "0" * 16)]
    claims = [{"claim_id": one} for one in (found["outcomes"][0]["claim_id"], "0" * 16)]
    for answers in (
        [other.get(path) for path in paths],
        [other.post("/v1/claims", json=claim) for claim in claims],
    ):
        assert [404, 404] == [one.status_code for one in answers]
        assert answers[0].content == answers[1].content
    assert found["nations"] == supervisor.get(paths[0]).json()["nations"]
    assert found["nations"] == http.get(paths[0]).json()["nations"]


def test_tokens_say_whose_they_are(federation, supervisor):
    """A supervisor's is told from others, as text and as JSON."""
    listed = federation.run_asker("gateway", "token", "list").out
    assert any(" supervisor " in line and "officer 9" in line for line in listed.splitlines())
    tokens = json.loads(federation.run_asker("gateway", "token", "list", "--json").out)
    assert {one["officer"] for one in tokens if one["supervisor"]} == {"officer 9"}


def test_what_was_pasted_is_found_and_can_be_asked(http, url):
    """A text's findings are what a lookup takes; the answer fits the OpenAPI document."""
    text = f"ໂທ {PHONES[0]} ຫຼື https://example.com/x"
    found = http.post("/v1/extract", json={"text": text})
    document = httpx2.get(f"{url}/openapi.json", trust_env=False).json()
    fits(document, "/v1/extract", "post", found.json())
    phone, page = found.json()["findings"]
    assert ("phone", PHONES[0], "certain") == (phone["kind"], phone["text"], phone["certainty"])
    assert "//example.com/x" == page["text"]
    asked = body(nations=["VN"]) | {
        "identifiers": [{name: phone[name] for name in ("kind", "text")}]
    }
    assert "hit" == http.post("/v1/lookups", json=asked).json()["outcomes"][0]["word"]


def test_a_picture_is_read_where_it_was_sent(http):
    """Its payment code gives who is paid; what is no picture is refused in words of ours."""
    drawn = zxingcpp.create_barcode(PROMPTPAY, zxingcpp.BarcodeFormat.QRCode)
    file = io.BytesIO()
    Image.fromarray(drawn.to_image(scale=4)).save(file, "PNG")
    sent = {"picture": base64.b64encode(file.getvalue()).decode()}
    (found,) = http.post("/v1/extract", json=sent).json()["findings"]
    assert ("+66812345678", "PromptPay", 0) == (found["text"], found["scheme"], found["code"])
    refused = http.post("/v1/extract", json={"picture": base64.b64encode(b"x" * 99).decode()})
    assert (422, "urn:fedquery:error:picture") == (refused.status_code, refused.json()["type"])


def test_pasting_needs_a_token_and_one_of_two(http, url):
    """As every other request; a text and a picture at once are refused."""
    with httpx2.Client(base_url=url, trust_env=False) as nobody:
        assert 401 == nobody.post("/v1/extract", json={"text": PHONES[0]}).status_code
    for sent in ({}, {"text": "x", "picture": "eA=="}, {"text": "x", "more": 1}):
        assert 422 == http.post("/v1/extract", json=sent).status_code
