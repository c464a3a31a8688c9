"""Whatever is done to a good file, examining it ends: with complaints at places, or with none."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedquery.policy.examine import examine
from fedquery.policy.explain import explain
from fedquery.policy.source import read_source, unsafe
from fedquery.policy.try_out import try_out

POLICIES = Path(__file__).parents[3] / "policies"
NATIONS = ("CN", "KH", "LA", "MM", "TH", "VN")
WORDS = st.sampled_from(
    [
        *("permit", "forbid", "when", "unless", "{", "}", "(", ")", "[", "]", ";", ",", "@", "::"),
        *(".", "==", "in", "has", "is", "like", "if", "then", "else", "&&", "||", "!", "+", "-"),
        *("1", '"x"', "principal", "action", "resource", "context", "?principal", "Nation"),
        *("true", "record", "//"),
    ]
)


@pytest.fixture(scope="module")
def schema(schema_text):
    """Read the schema."""
    return read_source(schema_text, "schema")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_file_with_words_changed_is_examined_to_its_end(data, schema):
    """Words are taken out, doubled, swapped and put in; each complaint stands within the file."""
    nation = data.draw(st.sampled_from(NATIONS))
    source = read_source((POLICIES / f"{nation}.cedar").read_bytes(), "file")
    pieces = [token.text for token in source.tokens]
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(pieces) - 1))
        put = data.draw(st.lists(st.one_of(WORDS, st.sampled_from(pieces)), max_size=2))
        pieces[place : place + data.draw(st.integers(0, 2))] = put
    text = "\n".join(pieces)
    changed = read_source(text.encode(), "file")
    if list(unsafe(changed)):
        return
    examined = examine(changed, schema, nation)
    lines = text.split("\n")
    for complaint in examined.complaints:
        assert 1 <= complaint.line <= len(lines)
        assert 1 <= complaint.column <= len(lines[complaint.line - 1]) + 1
        assert complaint.what.isprintable()
    if not examined.complaints:
        assert len(explain(changed, examined)) == len(examined.policies)
        try_out(changed, schema, examined)
