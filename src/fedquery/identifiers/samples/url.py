"""Pages at invented domains."""

from collections.abc import Iterator

from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.samples.domain import host
from fedquery.identifiers.samples.variants import Choose
from fedquery.identifiers.samples.words import dressed, full_width, word
from fedquery.identifiers.url import Url


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent pages, without end; some may repeat."""
    while True:
        path = "/".join(word(choose, 2) for _ in range(1 + choose(3)))
        query = f"?id={choose(1_000_000)}" if choose(2) else ""
        yield Url(f"//{host(nation, choose)}/{path}{query}")


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back."""
    authority, slash, path = canonical[2:].partition("/")
    forms = (
        canonical,
        f"https:{canonical}",
        f"HTTP://{authority.upper()}{slash}{path}#top",
        f"https://{authority}:443{slash}{path}",
        f"hxxps://{authority.replace('.', '[.]')}{slash}{path}",
        f"{authority}{slash}{path}",
        f"https://{authority}/x/..{slash}{path}",
        full_width(f"https://{authority}") + slash + path,
    )
    return dressed(forms[choose(len(forms))], choose)
