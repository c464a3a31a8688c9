"""Hostile files: whatever is in one, the trial ends in time, says something, and harms nobody."""

import time

import pytest

from fedquery.errors import ConfigError
from fedquery.policy import trial
from fedquery.policy.source import MAX_BYTES
from fedquery.policy.trial import TIMEOUT_S, try_file

RULE = (
    '@id("TH-01")\n@title("title")\n@law("EXAMPLE, Art. 1")\n'
    'permit (principal, action in Action::"up to hit", resource in Nation::"TH")'
)
DEEP = f"{RULE} when {{ {'(' * 40}true{')' * 40} }};"


def filled(piece):
    """Repeat a piece up to the most that a file may have."""
    return (piece * (MAX_BYTES // len(piece))).encode()


HOSTILE = {
    "nesting": (DEEP.encode(), "nested more than 20 deep"),
    "brackets only": (b"(" * MAX_BYTES, "nested more than 20 deep"),
    "brackets behind a lone CR": (b"// quiet\r" + b"[" * 50_000, "nested more than 20 deep"),
    "a rule behind a lone CR": (b"// quiet\rpermit (principal, action, resource);", "needs @id"),
    "chained ifs": (
        f"{RULE} when {{ {'if true then true else ' * 9000} true }};".encode()[:MAX_BYTES],
        "more than 20 `if`",
    ),
    "a chain of operators": (f"{RULE} when {{ {'!' * 9000}true }};".encode(), "operators"),
    "too large": (b" " * (MAX_BYTES + 1), f"larger than {MAX_BYTES} bytes"),
    "bidirectional": (RULE.replace("title", "ti\u202etle").encode() + b";", "cannot be seen"),
    "bidirectional comment": ("// \u2066\n".encode() + RULE.encode() + b";", "only ASCII"),
    "zero width in a word": (RULE.replace("action in", "act\u200bion in").encode(), "only ASCII"),
    "an escape that turns text around": (
        RULE.replace('"title"', '"\\u{202e}title"').encode() + b";",
        "printable",
    ),
    "look-alike letters": (RULE.replace("permit", "p\u0435rmit").encode() + b";", "only ASCII"),
    "not UTF-8": (RULE.encode() + b"; // \xff", "not UTF-8"),
    "UTF-16": (RULE.encode("utf-16"), "not UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf" + RULE.encode() + b";", "only ASCII"),
    "zeroes": (b"\0" * 1000, "only ASCII"),
    "an open string": (RULE.encode() + b' when { "', "not closed"),
    "five thousand bare rules": (filled("permit(principal,action,resource);"), "needs @id"),
    "thousands of broken rules": (filled("permit(principal action);"), "unexpected token"),
    "one broken rule of the whole length": (filled("permit "), "unexpected token"),
    "thousands of wrong words": (filled("x.elementsTodai "), "elementsToday"),
    "one very long word": (b"a" * MAX_BYTES, "unexpected"),
    "thousands of annotations": (filled('@a("b")\n'), "unexpected end of input"),
}


@pytest.mark.parametrize("attack", sorted(HOSTILE))
def test_a_hostile_file_is_refused_in_time(attack, schema_text):
    """Each is a complaint with a place, long before the trial's time is over."""
    octets, words = HOSTILE[attack]
    began = time.monotonic()
    tried = try_file(octets, schema_text, "TH", thorough=True)
    assert time.monotonic() - began < TIMEOUT_S / 2
    assert any(words in one.text for one in tried.complaints), tried.complaints[:3]


def test_a_file_of_the_greatest_length_is_tried_out_in_time(schema_text):
    """As many rules as fit, each of which tells apart as much as it can."""
    clause = " && ".join(
        f"context.used.{name} > {number}"
        for number, name in enumerate(
            ("elementsToday", "elementsThisYear", "elementsThisCase"), 900
        )
    )
    rules = [
        RULE.replace("TH-01", f"TH-{number:04}") + f" when {{ {clause} }};"
        for number in range(MAX_BYTES // 400)
    ]
    began = time.monotonic()
    tried = try_file("\n".join(rules).encode(), schema_text, "TH", thorough=True)
    assert time.monotonic() - began < TIMEOUT_S / 2
    assert () == tried.complaints
    assert len(rules) == tried.policies


def test_a_crash_is_a_complaint_and_no_crash(schema_text, monkeypatch):
    """Known-bad twin: where the file is not measured, it kills the child and nobody else."""
    unmeasured = (
        "import sys; from fedquery.policy import trial_child;"
        "trial_child.unsafe = lambda source: (); sys.exit(trial_child.main())"
    )
    monkeypatch.setattr(trial, "_PROGRAM", ("-c", unmeasured))
    deep = f"{RULE} when {{ {'(' * 5000}true{')' * 5000} }};"
    with pytest.raises(ConfigError, match="crashes the policy engine"):
        try_file(deep.encode(), schema_text, "TH", thorough=True)


def test_a_broken_schema_is_not_the_file_s_fault(schema_text):
    """It is an error of its own, whatever the file."""
    with pytest.raises(ConfigError, match="schema"):
        try_file(b"", b"entity {", "TH", thorough=True)


def test_a_schema_that_is_too_large_is_not_the_file_s_fault():
    """It is named, and not the policy file beside it."""
    with pytest.raises(ConfigError, match=r"^schema\.cedarschema: larger than"):
        try_file(b"", b" " * (MAX_BYTES + 1), "TH", thorough=True)


def test_an_empty_file_is_good(schema_text):
    """A nation without rules answers nothing, and that is no mistake."""
    tried = try_file(b"", schema_text, "TH", thorough=True)
    assert ((), 0, ()) == (tried.complaints, tried.policies, tried.undecided)
