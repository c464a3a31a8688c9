"""The release notes of the spelling rules name the rules that this release has."""

import re
from pathlib import Path

from fedquery.identifiers import kinds

PAGE = (Path(__file__).parents[2] / "docs" / "identifiers.md").read_text(encoding="utf-8")


def noted(page):
    """List kind, digest and former digests of each row of the release notes."""
    notes = page.partition("## Release notes of the rules\n")[2].partition("\n## ")[0]
    rows = re.findall(
        r"^\| `([a-z-]+)` \| [^|]+ \| `([0-9a-f]{64})` \| ([^|]+) \|$", notes, re.MULTILINE
    )
    return [(kind, digest, re.findall(r"[0-9a-f]{64}", former)) for kind, digest, former in rows]


def in_force():
    """List the same of this release."""
    return [
        (name, kind.vectors_digest.hex(), [one.digest.hex() for one in kind.rules.former])
        for name, kind in kinds().items()
    ]


def test_the_digests_are_those_of_this_release():
    """A changed vector file without a note is found here: write what changed, and for whom."""
    assert in_force() == noted(PAGE)


def test_each_kind_has_its_rules_in_short():
    """In the order of the registry, with a source."""
    table = PAGE.partition("## The kinds")[2].partition("\n## ")[0]
    assert list(kinds()) == re.findall(
        r"^\| `([a-z-]+)` \| [^|]+ \| [^|]+ \|$", table, re.MULTILINE
    )


def test_a_note_of_other_rules_is_found():
    """The check sees a digit that differs, and a former digest that is not noted."""
    digest = kinds()["phone"].vectors_digest.hex()
    wrong = PAGE.replace(digest, digest[:-1] + ("0" if digest[-1] != "0" else "1"))
    assert in_force() != noted(wrong)
    assert in_force() != noted(PAGE.replace(f"`{digest}` | none", f"`{digest}` | `{digest}`"))
