"""Applications: strict fields, problems without input, documentation without foreign hosts."""

import hashlib
import json
import re
from importlib import resources

import pytest

from fedquery.transport.http_app import make_app

CASES = {
    "extra_field": (b'{"nation":"TH","X":1}', "", "extra_forbidden"),
    "wrong_type": (b'{"nation":5}', "/nation", "string_type"),
    "bool_for_int": (b'{"nation":"TH","number":false}', "/number", "int_type"),
    "text_for_int": (b'{"nation":"TH","number":"X"}', "/number", "int_type"),
    "pattern": (b'{"nation":"X"}', "/nation", "string_pattern_mismatch"),
    "in_a_list": (b'{"nation":"TH","phones":["a",7]}', "/phones/1", "string_type"),
    "list_too_long": (b'{"nation":"TH","phones":["X","X","X","X","X"]}', "/phones", "too_long"),
    "missing": (b"{}", "/nation", "missing"),
}


@pytest.mark.parametrize("case", CASES)
async def test_an_invalid_field_is_pointed_to(server, canary, case):
    """The pointer is of our own names; the value, planted as a canary, is nowhere."""
    body, pointer, code = CASES[case]
    reply = await server.post(body.replace(b"X", canary.encode()))
    errors = json.loads(reply.body)["errors"]
    assert (422, "invalid-field") == (reply.status, reply.slug)
    assert [{"pointer": pointer, "code": code}] == errors
    assert canary.encode() not in reply.raw


MALFORMED = {
    "not_json": b'{"nation":',
    "doubled_key": b'{"nation":"TH","nation":"VN"}',
    "nan": b'{"nation":"TH","number":NaN}',
    "float": b'{"nation":"TH","number":1.0}',
    "deep": b"[" * 40 + b"]" * 40,
    "huge_number": b'{"nation":"TH","number":' + b"9" * 900 + b"}",
    "not_utf8": b'{"nation":"\xff"}',
    "bom": b'\xef\xbb\xbf{"nation":"TH"}',
    "trailing": b'{"nation":"TH"} X',
}


@pytest.mark.parametrize("case", MALFORMED)
async def test_malformed_json_is_400(server, canary, case):
    """JSON that two parsers could read in two ways is refused, unrepeated."""
    reply = await server.post(MALFORMED[case].replace(b"X", canary.encode()))
    assert (400, "malformed") == (reply.status, reply.slug)
    assert canary.encode() not in reply.raw


async def test_paths_and_methods(server, canary):
    """Unknown paths and methods are problems, and paths are not repeated or redirected to."""
    for reply, status, slug in (
        (await server.get(f"/{canary}"), 404, "not-found"),
        (await server.get("/hello/"), 404, "not-found"),
        (await server.get("/ask"), 405, "method-not-allowed"),
    ):
        assert (status, slug) == (reply.status, reply.slug)
        assert canary.encode() not in reply.raw


async def test_our_errors_are_mapped_once(server):
    """The class says the status, the slug travels, the advice is shown."""
    unclear, locked = await server.get("/unclear"), await server.get("/locked")
    assert (422, "identifier-unclear") == (unclear.status, unclear.slug)
    assert (503, "busy", "5") == (locked.status, locked.slug, locked.headers["retry-after"])
    assert "country code" in json.loads(unclear.body)["do"]


async def test_the_documentation_page_names_no_other_host(server):
    """The page, its starter and its policy stay on this server."""
    page, start = await server.get("/docs"), await server.get("/docs/start.js")
    for reply in (page, start):
        assert 200 == reply.status
        assert [] == re.findall(rb"https?:|//", reply.body)
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    assert b"validatorUrl: null" in start.body
    assert b"a &lt;test&gt;" in page.body
    for link in re.findall(rb'(?:src|href)="([^"]+)"', page.body):
        if not link.startswith(b"data:"):
            assert 200 == (await server.get(link.decode())).status


async def test_the_openapi_document_tells_problems(server):
    """Refusals are documented as what they are, and the page itself is not listed."""
    document = json.loads((await server.get("/openapi.json")).body)
    assert "/docs" not in document["paths"]
    refusal = document["paths"]["/ask"]["post"]["responses"]["422"]["content"]
    assert ["application/problem+json"] == list(refusal)
    assert "HTTPValidationError" not in json.dumps(document)


def test_the_assets_are_the_ones_that_were_vendored():
    """Their sums stand in the file beside them."""
    folder = resources.files("fedquery.transport").joinpath("swagger")
    readme = folder.joinpath("README.md").read_text(encoding="utf-8")
    sums = dict(re.findall(r"^\| (\S+) \| ([0-9a-f]{64}) \|$", readme, re.MULTILINE))
    assert {"swagger-ui-bundle.js", "swagger-ui.css"} == set(sums)
    for name, expected in sums.items():
        assert expected == hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest()
    assert folder.joinpath("LICENSE").is_file()


def test_documentation_can_be_switched_off():
    """Without it there is no page and no document."""
    paths = {getattr(route, "path", "") for route in make_app("x", docs=False).routes}
    assert set() == {path for path in paths if "docs" in path or "openapi" in path}
