"""Lists by the gateway: what they cost, how far they are, what they came to, and their end."""

import json
import sqlite3
import time

import httpx2
import pytest
from integration.conftest import ABSENT, PHONES
from integration.test_gateway import CASE, fits, http, other, supervisor, token, unresolved, url

from fedquery.ask.screening.files import DIRECTORY

assert [http, other, supervisor, token, url]  # fixtures of the gateway's own tests

MISSES = [f"+8485551{n:04}" for n in range(30)]


def listed(*texts, **more):
    """Write the body of a screening of VN, in a case that nothing else is asked in."""
    case = {**CASE, "number": f"list-{time.time_ns()}"}
    values = {"lists": [{"kind": "phone", "texts": list(texts)}], "case": case, "nations": ["VN"]}
    return values | more


def finished(http, screening_id, tries=200):
    """Look until a screening does not run any more."""
    for _ in range(tries):
        found = http.get(f"/v1/screenings/{screening_id}").json()
        if not found["running"]:
            return found
        time.sleep(0.05)
    raise AssertionError("the screening did not end")


def lines(http, screening_id, query=""):
    """Read the results of a screening."""
    answer = http.get(f"/v1/screenings/{screening_id}/results{query}")
    assert ("application/x-ndjson", 200) == (answer.headers["content-type"], answer.status_code)
    return [json.loads(line) for line in answer.text.splitlines()]


def slug(answer):
    """Name what a problem says."""
    return answer.json()["type"].rpartition(":")[2]


def test_a_list_is_asked_while_nobody_waits(http, url):
    """Its cost comes at once, its progress and results when they are asked for."""
    begun = http.post("/v1/screenings", json=listed(PHONES[0], *MISSES, PHONES[0], PHONES[7]))
    assert 201 == begun.status_code
    found = begun.json()
    (cost,) = found["cost"]
    assert (33, 32, 32) == (found["identifiers"], found["distinct"], cost["elements"])
    assert {"hour", "day", "year", "case"} == {one["name"] for one in cost["windows"]}
    screening_id = found["screening_id"]
    ended = finished(http, screening_id)
    assert ("finished", None) == (ended["state"], ended["error"])
    assert [(32, 32, 2)] == [
        (one["forms"], one["answered"], one["hits"]) for one in ended["progress"]
    ]
    *rows, end = lines(http, screening_id)
    assert {"type": "end", "state": "finished", "identifiers": 33} == end
    assert list(range(33)) == [row["place"] for row in rows]
    hits = [row["place"] for row in rows if "hit" == row["outcomes"][0]["word"]]
    assert [0, 31, 32] == hits
    # Read on from a place, or hits alone.
    assert rows[30:] == lines(http, screening_id, "?from=30")[:-1]
    assert hits == [row["place"] for row in lines(http, screening_id, "?only=hits")[:-1]]
    claim = {"claim_id": rows[32]["outcomes"][0]["claim_id"]}
    assert "released" == http.post("/v1/claims", json=claim).json()["word"]
    document = httpx2.get(f"{url}/openapi.json", trust_env=False).json()
    assert not unresolved(document)
    responses = document["paths"]["/v1/screenings"]["post"]["responses"]
    responses["200"] = responses["201"]
    fits(document, "/v1/screenings", "post", found)
    fits(document, "/v1/screenings/{screening_id}", "get", ended)
    for line in (rows[0], end):
        path = "/v1/screenings/{screening_id}/results"
        fits(document, path, "get", line, "application/x-ndjson")


def test_a_list_waits_where_that_is_wanted(http, federation):
    """Nothing is asked before it is run; then it is, and once more changes nothing."""
    found = http.post("/v1/screenings", json=listed(*MISSES[:4], begin=False)).json()
    path = f"/v1/screenings/{found['screening_id']}"
    assert ("ready", False) == (found["state"], found["running"])
    rows = lines(http, found["screening_id"])[:-1]
    assert {"not-asked"} == {row["outcomes"][0]["why"] for row in rows}
    assert 202 == http.post(f"{path}/run", json={}).status_code
    first = finished(http, found["screening_id"])
    assert "finished" == first["state"]
    assert 202 == http.post(f"{path}/run", json={}).status_code
    again = finished(http, found["screening_id"])
    assert 0 == again["cost"][0]["elements"]


def test_a_list_without_room_is_refused_with_the_numbers(http, federation):
    """Before its first question: nothing is asked, and nothing of it is kept."""
    before = sorted((federation.asker / DIRECTORY).glob("*"))
    texts = [f"+84855{n:06}" for n in range(6000)]
    answer = http.post("/v1/screenings", json=listed(*texts))
    assert (429, "list-exceeds-quota") == (answer.status_code, slug(answer))
    assert "VN: 6000 elements, " in answer.json()["detail"]
    assert "of the hour" in answer.json()["detail"]
    assert before == sorted((federation.asker / DIRECTORY).glob("*"))
    # It can be kept to be run in parts, and is refused again when it is run.
    kept = http.post("/v1/screenings", json=listed(*texts, begin=False)).json()
    assert kept["cost"][0]["exceeded"]
    path = f"/v1/screenings/{kept['screening_id']}"
    assert 429 == http.post(f"{path}/run", json={}).status_code
    assert "ready" == http.get(path).json()["state"]
    assert 204 == http.delete(path).status_code


def test_a_screening_is_erased(http, federation):
    """Also one that runs; then there is none of its id, and nothing of it on the disk."""
    screening_id = http.post("/v1/screenings", json=listed(*MISSES[:9])).json()["screening_id"]
    path = f"/v1/screenings/{screening_id}"
    assert 204 == http.delete(path).status_code
    assert [] == list((federation.asker / DIRECTORY).glob(f"{screening_id}*"))
    for answer in (
        http.get(path),
        http.delete(path),
        http.get(f"{path}/results"),
        http.post(f"{path}/run", json={}),
    ):
        assert (404, "not-found") == (answer.status_code, slug(answer))


def test_another_officer_sees_erases_and_claims_nothing(http, federation, other, supervisor, url):
    """One answer for what is not theirs and what is not there; a supervisor sees all of it."""
    begun = http.post("/v1/screenings", json=listed(PHONES[3], MISSES[0])).json()
    finished(http, begun["screening_id"])
    (hit,) = lines(http, begun["screening_id"], "?only=hits")[:-1]
    claim = {"claim_id": hit["outcomes"][0]["claim_id"]}

    def answers(client, screening_id, claim):
        path = f"/v1/screenings/{screening_id}"
        return [
            client.get(path),
            client.get(f"{path}/results"),
            client.post(f"{path}/run", json={}),
            client.post("/v1/claims", json=claim),
            client.delete(path),
        ]

    document = httpx2.get(f"{url}/openapi.json", trust_env=False).json()
    path = document["paths"]["/v1/screenings/{screening_id}"]
    assert all(
        "another officer's" in one["responses"]["404"]["description"] for one in path.values()
    )
    hidden = answers(other, begun["screening_id"], claim)
    absent = answers(other, "0123456789abcdef", {"claim_id": "0123456789abcdef-1-0"})
    assert [404] * 5 == [one.status_code for one in hidden]
    assert [one.content for one in absent] == [one.content for one in hidden]
    assert [200, 200, 422, 200, 204] == [
        one.status_code for one in answers(supervisor, begun["screening_id"], claim)
    ]
    assert [] == list((federation.asker / DIRECTORY).glob(f"{begun['screening_id']}*"))


def test_the_same_key_after_an_erasure_is_gone(http):
    """A request that comes late does not ask again what was erased; another key does."""
    headers, sent = {"idempotency-key": "s-2"}, listed(MISSES[0])
    first = http.post("/v1/screenings", json=sent, headers=headers).json()
    assert 204 == http.delete(f"/v1/screenings/{first['screening_id']}").status_code
    again = http.post("/v1/screenings", json=sent, headers=headers)
    assert (410, "erased") == (again.status_code, slug(again))
    headers = {"idempotency-key": "s-3"}
    assert 201 == http.post("/v1/screenings", json=sent, headers=headers).status_code


def test_the_same_key_and_body_is_one_screening(http):
    """And the same key with another body is refused."""
    headers, sent = {"idempotency-key": "s-1"}, listed(MISSES[0])
    first = http.post("/v1/screenings", json=sent, headers=headers).json()
    again = http.post("/v1/screenings", json=sent, headers=headers).json()
    assert first["screening_id"] == again["screening_id"]
    other = http.post("/v1/screenings", json=listed(MISSES[1]), headers=headers)
    assert (409, "id-reused") == (other.status_code, slug(other))


def test_what_cannot_be_read_is_named_by_its_place(http):
    """The first sixteen; no value is repeated, and nothing is asked."""
    sent = listed(PHONES[0], "85550-19-92x", *["12x"] * 20)
    sent["lists"].append({"kind": "domain", "texts": ["example.com", "no domain"]})
    answer = http.post("/v1/screenings", json=sent)
    assert (422, "identifier-unclear") == (answer.status_code, slug(answer))
    pointers = [fault["pointer"] for fault in answer.json()["errors"]]
    assert [f"/lists/0/texts/{n}" for n in range(1, 17)] == pointers
    assert "85550" not in answer.text


@pytest.mark.parametrize(
    "change",
    [
        {"lists": []},
        {"lists": [{"kind": "phone", "texts": []}]},
        {"lists": [{"kind": "phone", "texts": ["1"] * 60_000}] * 2},
        {"lists": [{"kind": "nothing", "texts": ["1"]}]},
        {"officer": "somebody else"},
        {"begin": 1},
        {"nations": ["TH"]},
    ],
    ids=["none", "empty", "many", "kind", "extra", "number", "own"],
)
def test_bodies_are_strict(http, change):
    """And the agency's own nation is not asked."""
    assert 422 == http.post("/v1/screenings", json={**listed(ABSENT), **change}).status_code


def test_every_request_needs_a_token(url):
    """Whatever it would do."""
    with httpx2.Client(base_url=url, trust_env=False) as nobody:
        path = "/v1/screenings/0123456789abcdef"
        for answer in (
            nobody.post("/v1/screenings", json=listed(ABSENT)),
            nobody.get(path),
            nobody.get(f"{path}/results"),
            nobody.post(f"{path}/run", json={}),
            nobody.delete(path),
        ):
            assert 401 == answer.status_code


@pytest.mark.parametrize("query", ["?from=-1", "?from=x", "?from=100001", "?only=misses"])
def test_what_is_read_is_asked_for_strictly(http, query):
    """A place is a number of the list."""
    path = "/v1/screenings/0123456789abcdef/results"
    assert 422 == http.get(f"{path}{query}").status_code


def test_identifiers_stand_in_no_file_in_the_clear(http, federation):
    """A screening that is kept is sealed."""
    found = http.post("/v1/screenings", json=listed(MISSES[7], begin=False)).json()
    path = federation.asker / DIRECTORY / f"{found['screening_id']}.db"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        dumped = "\n".join(connection.iterdump())
    assert MISSES[7] not in dumped
    assert MISSES[7].encode().hex().upper() not in dumped


def test_a_long_list_waits_for_a_second_person(http, supervisor, other, url):
    """A question of that length is refused; a supervisor approves the list, and it is asked."""
    long = [f"+8485552{n:04}" for n in range(33)]
    identifiers = [{"kind": "phone", "text": text} for text in long]
    refused = http.post(
        "/v1/lookups", json={"identifiers": identifiers, "case": CASE, "nations": ["VN"]}
    )
    assert (403, "approval-needed") == (refused.status_code, slug(refused))
    begun = http.post("/v1/screenings", json=listed(*long))
    found = begun.json()
    assert (201, "waiting-approval", False) == (
        begun.status_code,
        found["state"],
        found["running"],
    )
    path = f"/v1/screenings/{found['screening_id']}"
    assert "waiting-approval" == http.post(f"{path}/run", json={}).json()["state"]
    assert "waiting-approval" == supervisor.get(path).json()["state"]
    yes = {"decision": "approve", "reason": "one ring"}
    assert 404 == other.post(f"{path}/approval", json=yes).status_code
    own = http.post(f"{path}/approval", json=yes)
    assert (409, "approval") == (own.status_code, slug(own))
    assert 422 == supervisor.post(f"{path}/approval", json={**yes, "reason": " "}).status_code
    listing = supervisor.get("/v1/screenings?only=waiting").json()
    assert found["screening_id"] in {one["screening_id"] for one in listing["screenings"]}
    assert [] == other.get("/v1/screenings?only=waiting").json()["screenings"]
    reviews = supervisor.get("/v1/reviews").json()
    assert [] == reviews["reviews"]
    approved = supervisor.post(f"{path}/approval", json=yes)
    assert 200 == approved.status_code
    ended = finished(http, found["screening_id"])
    assert ("finished", "approved") == (ended["state"], ended["approval"]["state"])
    assert [33] == [one["answered"] for one in ended["progress"]]
    document = httpx2.get(f"{url}/openapi.json", trust_env=False).json()
    fits(document, "/v1/screenings/{screening_id}/approval", "post", approved.json())
    fits(document, "/v1/screenings", "get", listing)
    fits(document, "/v1/reviews", "get", reviews)
    assert 409 == supervisor.post(f"{path}/approval", json=yes).status_code
