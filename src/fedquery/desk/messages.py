"""`make messages`: find the texts of the desk, and write its catalogues anew.

    python -m fedquery.desk.messages            write locale/*/LC_MESSAGES/desk.po
    python -m fedquery.desk.messages --check    only say whether they are up to date

Texts are the literal arguments of `_`, `N_`, `gettext` and `ngettext` in the code, and those and
`{% trans %}` in the templates. A text that is new waits for its translation with `reviewed: no`,
and a text that is gone is taken out: its translation stays in the history. Nothing is guessed from
similar texts. This is a program for those who change the desk; the desk does not load it.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from fedquery.desk.catalogue import (
    DOMAIN,
    UNREVIEWED,
    is_reviewed,
    messages_of,
    read_catalog,
)
from fedquery.desk.language import ENGLISH, LANGUAGES, Language

PACKAGE: Final = Path(__file__).parent
_KEYWORDS: Final = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
_METHODS: Final = {".py": "python", ".html": "jinja2.ext:babel_extract"}
# As the environment of the pages is made: without these the extractor skips what it cannot read.
_OPTIONS: Final = {"silent": "false", "trimmed": "true", "newstyle_gettext": "true"}


@dataclass(frozen=True, slots=True)
class Found:
    """A text that is translated.

    Attributes:
        text: the English text, or the pair for one and for more.
        path: the file in which it stands, from the package.
    """

    text: str | tuple[str, ...]
    path: str


def texts_of(octets: bytes, path: str) -> list[Found]:
    """List the texts of one file, in its order.

    Args:
        octets: the file.
        path: its name from the package; the ending says what it is.
    """
    method = _METHODS[Path(path).suffix]
    found = extract(method, BytesIO(octets), keywords=_KEYWORDS, options=_OPTIONS)
    return [Found(text, path) for _, text, _, _ in found]


def updated(octets: bytes, language: Language, found: Iterable[Found]) -> bytes:
    """Bring the catalogue of a language up to date.

    Args:
        octets: what there is; b"" for a new language.
        language: the language.
        found: the texts of the desk.

    Returns:
        The file: each text once, sorted, with the translation that it had.
    """
    kept = read_catalog(octets, language)
    template = Catalog()
    for one in found:
        template.add(one.text, locations=[(one.path, 1)])
    kept.update(template, no_fuzzy_matching=True, update_creation_date=False)
    for message in messages_of(kept):
        if not is_reviewed(message):
            message.user_comments = [UNREVIEWED]
        # The order in which files are read must not show.
        message.locations.sort()
    written = BytesIO()
    write_po(
        written,
        kept,
        omit_header=True,
        ignore_obsolete=True,
        include_lineno=False,
        sort_output=True,
    )
    return written.getvalue().strip() + b"\n"


def sources() -> list[Found]:
    """List the texts of the whole desk."""
    paths = sorted(path for path in PACKAGE.rglob("*") if path.suffix in _METHODS)
    return [
        found
        for path in paths
        for found in texts_of(path.read_bytes(), path.relative_to(PACKAGE).as_posix())
    ]


def file_of(language: Language) -> Path:
    """Give the place of a catalogue."""
    return PACKAGE / "locale" / language.tag / "LC_MESSAGES" / f"{DOMAIN}.po"


def main(arguments: list[str]) -> int:
    """Write the catalogues, or with --check say which of them are not up to date."""
    found = sources()
    behind = 0
    for language in LANGUAGES.values():
        if language.tag == ENGLISH:
            continue
        path = file_of(language)
        before = path.read_bytes() if path.exists() else b""
        after = updated(before, language, found)
        if after == before:
            continue
        behind += 1
        if arguments != ["--check"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(after)
        else:
            sys.stderr.write(
                f"error: the catalogue of {language.tag} is not up to date\n"
                "  do: run `make messages`, translate what is new, and commit the result\n"
            )
    return 1 if behind and arguments == ["--check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
