"""What is in something that was pasted: a text, or a picture of QR codes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask import qr_picture
from fedquery.identifiers.extraction import Finding, extract
from fedquery.identifiers.identifier import Parsed

SCHEMA: Final = "fedquery/extract/v1"


@dataclass(frozen=True, slots=True)
class Found:
    """One identifier in what was pasted.

    Attributes:
        code: of a picture, the number of the QR code that holds it, from 0; None in a text.
        line: the line of the text or code on which it begins, from 1.
        text: it as it stands there.
        finding: what it is taken for.
    """

    code: int | None
    line: int
    text: str = field(repr=False)
    finding: Finding

    def readings(self) -> tuple[Parsed, ...]:
        """List all that it may be, best first."""
        return (self.finding.parsed, *self.finding.alternatives)


def in_text(text: str, region: str | None) -> tuple[Found, ...]:
    """Find the identifiers of a text.

    Args:
        text: the text.
        region: the asker's nation.

    Raises:
        IdentifierError: if it is too long, or holds too many.
    """
    return _found(text, region, None)


def in_picture(octets: bytes, region: str | None) -> tuple[Found, ...]:
    """Find the identifiers in the QR codes of a picture.

    Args:
        octets: the file.
        region: the asker's nation.

    Raises:
        PictureError: if it is no picture that can be read.
    """
    codes = qr_picture.texts(octets)
    return tuple(one for number, text in enumerate(codes) for one in _found(text, region, number))


def _found(text: str, region: str | None, code: int | None) -> tuple[Found, ...]:
    found, line, at = [], 1, 0
    for finding in extract(text, region):
        line += text.count("\n", at, finding.start)
        at = finding.start
        found.append(Found(code, line, text[finding.start : finding.end], finding))
    return tuple(found)


def document(found: Sequence[Found], *, show: bool) -> dict[str, object]:
    """Write what was found for programs.

    Args:
        found: what was found.
        show: whether identifiers are written in full, so that they can be asked about.
    """
    return {"schema": SCHEMA, "findings": [_finding(one, show=show) for one in found]}


def _finding(one: Found, *, show: bool) -> dict[str, object]:
    finding = one.finding
    return {
        "code": one.code,
        "line": one.line,
        "start": finding.start,
        "end": finding.end,
        "certainty": finding.certainty.value,
        "scheme": finding.scheme,
        **_reading(finding.parsed, show=show),
        "alternatives": [_reading(parsed, show=show) for parsed in finding.alternatives],
    }


def _reading(parsed: Parsed, *, show: bool) -> dict[str, object]:
    identifier = parsed.identifier
    return {
        "kind": identifier.kind,
        "masked": identifier.masked(),
        "warnings": list(parsed.warnings),
        **({"text": identifier.canonical} if show else {}),
    }
