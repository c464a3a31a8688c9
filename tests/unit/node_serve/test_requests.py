"""Requests are kept for as long as their octets can be opened."""

from types import SimpleNamespace

import pytest
from fedquery_node import requests, schema
from fedquery_node.config import load_settings

from fedquery.transport.head import AnswerHead, Decision, Refusal

NODE_TOML = """
nation = "VN"
federation = "example"
listen = "127.0.0.1:0"
policies = "policies"
"""
HEAD = AnswerHead(decision=Decision(), refusal=Refusal("expired", "too old"))


@pytest.fixture
def connection(tmp_path):
    """Make an empty database of a node."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    schema.create(tmp_path, load_settings(tmp_path))
    opened = schema.connect(tmp_path)
    yield opened
    opened.close()


def test_a_request_is_known_until_no_key_opens_it(connection):
    """A replay of an old request finds the first one, so that it adds nothing to the log."""
    fields = SimpleNamespace(agency="TH/cyber-police", request_id=bytes(16), expires_ms=1_000)
    admitted = SimpleNamespace(
        asked=None,
        opened=SimpleNamespace(digest=b"\x01" * 32, header=SimpleNamespace(fields=fields)),
        opens_until_ms=90_000_000,
    )
    requests.keep(connection, admitted, HEAD, granted=False)
    # Long after it expired, and just before its key is destroyed.
    assert 0 == requests.forget_expired(connection, 89_999_999)
    kept = requests.find(connection, admitted)
    assert (b"\x01" * 32, HEAD) == (kept.digest, kept.head)
    assert 1 == requests.forget_expired(connection, 90_000_000)
    assert None is requests.find(connection, admitted)
