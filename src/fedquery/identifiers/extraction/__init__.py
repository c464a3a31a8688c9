"""Find identifiers in pasted text: where each stands, what it is, and how sure that is (ADR 0026).

Nothing is guessed. What the text itself says of a number, by a check digit, a form or a word beside
it, makes it certain or likely; everything else is doubtful and shown with what it may be.
"""

from fedquery.identifiers.extraction.finding import Certainty, Finding

__all__ = ["MAX_CHARACTERS", "MAX_FINDINGS", "Certainty", "Finding", "extract"]

MAX_CHARACTERS = 1_048_576
MAX_FINDINGS = 4_096


def extract(text: str, region: str | None = None) -> tuple[Finding, ...]:
    """Find all identifiers in a text of any language.

    Args:
        text: pasted text, up to 1,048,576 characters.
        region: the asker's nation, as `TH`, for spellings that leave it out.

    Returns:
        What was found, in the order of the text; findings never overlap, but for the payees of one
        payment code, which share its place.

    Raises:
        IdentifierError: if the text is too long, or holds more than 4,096 identifiers.
    """
    # The tables of words and the readers of all kinds load when something is pasted, and not when
    # `fedquery` starts.
    from fedquery.identifiers.extraction.sweep import sweep  # noqa: PLC0415 - said in the line above

    return sweep(text, region, characters=MAX_CHARACTERS, findings=MAX_FINDINGS)
