"""Every row of the table of former rules is held to the vectors of those rules.

They are kept as tests/vectors/identifiers/KIND-DIGEST.json, by the first 16 digits of the digest.
"""

import hashlib
import json
from pathlib import Path

import pytest
from unit.identifiers import pretended

from fedquery.errors import IdentifierError
from fedquery.identifiers import kinds, parse
from fedquery.identifiers.former import FORMER

VECTORS = Path(__file__).parents[2] / "vectors" / "identifiers"


def faults(vectors, kind, read, spelling):
    """List what is wrong with a former spelling, by the vectors of the rules that it is of.

    Args:
        vectors: the entries of the former vector file.
        kind: the name of the kind.
        read: reads a text and region by today's rules; None where they refuse it.
        spelling: what is said of the former rules.
    """
    found = []
    for entry in vectors:
        if "canonical" not in entry:
            continue
        today = read(entry["input"], entry.get("region"))
        if today is None:
            found.append(f"refused today: {entry['note']}")
            continue
        forms = [one for form in (today, *today.weaker()) for one in spelling(form)]
        written = {one.octets.decode() for one in forms}
        expected = {f"{kind}:v1:{entry['canonical']}", *entry.get("weaker", ())}
        # A form of another kind has former rules of its own.
        if missing := {one for one in expected if one.startswith(f"{kind}:")} - written:
            found.append(f"{len(missing)} forms are forgotten: {entry['note']}")
        for one in written:
            other = read(one.split(":", 2)[2], None)
            if other is not None and other.encode().decode() == one != today.encode().decode():
                found.append(f"is another identifier today: {entry['note']}")
    return found


def read_kind(kind):
    """Give what reads a text of a kind."""

    def read(text, region):
        try:
            return parse(kind, text, region).identifier
        except IdentifierError:
            return None

    return read


def test_former_rules_write_what_their_vectors_say():
    """For each row: the vectors are those of its digest, and no form is forgotten or another's."""
    for kind, rows in FORMER.items():
        assert kind in kinds()
        for former in rows:
            octets = (VECTORS / f"{kind}-{former.digest.hex()[:16]}.json").read_bytes()
            assert former.digest == hashlib.sha256(octets).digest()
            assert [] == faults(json.loads(octets), kind, read_kind(kind), former.spelling)


BADGES = [
    {"input": "A-0012", "canonical": "A0012", "note": "hyphen"},
    {"input": "m000012/x", "canonical": "M000012", "note": "slash"},
    {"input": "Z0012", "error": "refused", "note": "letter"},
]


def badge_faults(spelling):
    """Hold a spelling of badges to the vectors of their first rules."""
    return faults(BADGES, "badge", lambda text, _region: pretended.read_new(text), spelling)


def test_the_pretended_change_passes():
    """It is right, and the check does not refuse what is right."""
    assert [] == badge_faults(pretended.before)


def swapped(_badge):
    """Give a form that is another badge today."""
    return (pretended.Spelled(b"badge:v1:A-99", exact=True),)


@pytest.mark.parametrize(
    ("spelling", "fault"),
    [(pretended.before_forgetting, "forgotten"), (swapped, "is another identifier today")],
)
def test_a_wrong_change_is_found(spelling, fault):
    """A spelling that forgets a form, and one that gives what is another's now."""
    assert any(fault in one for one in badge_faults(spelling))


def test_a_change_that_refuses_what_was_read_is_found():
    """An old asker would read no hit where the holder's import had refused the row."""
    found = faults(BADGES, "badge", lambda _text, _region: None, pretended.before)
    assert ["refused today: hyphen", "refused today: slash"] == found
