"""Mail addresses at invented domains and at Google's."""

from collections.abc import Iterator

from fedquery.identifiers.email import Email
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.samples.domain import host
from fedquery.identifiers.samples.variants import Choose
from fedquery.identifiers.samples.words import dressed, full_width, word


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent mail addresses, without end; some may repeat."""
    while True:
        local = f"{word(choose, 2)}.{word(choose, 2)}{choose(10_000):04}"
        tag = f"+{word(choose, 1)}" if choose(4) == 0 else ""
        domain = "gmail.com" if choose(3) == 0 else host(nation, choose)
        yield Email(f"{local}{tag}@{domain}")


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back."""
    forms = (
        canonical,
        canonical.upper(),
        canonical.title(),
        f"mailto:{canonical}?subject=1",
        f"<{canonical}>",
        canonical.replace("@", "[at]").replace(".", "[.]"),
        canonical.replace("@", " (at) "),
        full_width(canonical),
    )
    return dressed(forms[choose(len(forms))], choose)
