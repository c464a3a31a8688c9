"""Message catalogues: every text of the desk in every language of its officers.

The English sentence is the key, as gettext has it. The catalogues are `locale/*/LC_MESSAGES/
desk.po`, read as they are when the desk starts, so that what is reviewed is what is shown. Each
entry says whether it was reviewed, in a comment for translators:

    # reviewed: no
    msgid "refused"
    msgstr "ຖືກປະຕິເສດ"

Not done here: finding the texts in the code and the templates (messages.py).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from io import BytesIO
from types import MappingProxyType
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po
from markupsafe import Markup

from fedquery.desk.language import ENGLISH, LANGUAGES, Language
from fedquery.errors import ConfigError

DOMAIN: Final = "desk"
UNREVIEWED: Final = "reviewed: no"
# Until a reviewer writes the day there, a text is what a translator proposes.
_REVIEWED: Final = re.compile(r"reviewed: [0-9]{4}-[0-9]{2}-[0-9]{2}")


def source_text(text: str, **values: object) -> str:
    """Give an English text as it stands in the code, with its values.

    Args:
        text: the text; `%(name)s` stands for a value.
        **values: the values; without any the text is not touched.
    """
    return text % values if values else text


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language.

    Attributes:
        language: the language.
        texts: what each English text is in it. What is missing is shown in English.
        plurals: what each pair of English texts, for one and for more, is in it: none of these
            languages but English has a form of its own for one.
        reviewed: whether every text was reviewed.
    """

    language: Language
    texts: Mapping[str, str] = field(repr=False)
    plurals: Mapping[tuple[str, str], str] = field(repr=False)
    reviewed: bool

    def gettext(self, text: str, **values: object) -> str:
        """Say a text in this language.

        Args:
            text: the English text.
            **values: what stands for `%(name)s`.
        """
        return source_text(self.texts.get(text, text), **values)

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """Say a text about a number of things.

        Args:
            one: the English text for one.
            many: the English text for any other number.
            number: how many there are; `%(num)s` stands for it.
            **values: what stands for `%(name)s`.
        """
        text = self.plurals.get((one, many)) or (one if number == 1 else many)
        return source_text(text, num=number, **values)

    def for_templates(self) -> dict[str, Callable[..., Markup]]:
        """Give the functions that templates call, by their names there.

        Texts are those of the code and of reviewed files, in which a test refuses HTML; values are
        whatever people typed, and `Markup` escapes them.
        """

        def gettext(text: str, **values: object) -> Markup:
            said = Markup(self.texts.get(text, text))  # noqa: S704 -- no value is in it yet
            return said % values if values else said

        def ngettext(one: str, many: str, number: int, **values: object) -> Markup:
            text = self.plurals.get((one, many)) or (one if number == 1 else many)
            return Markup(text) % {"num": number, **values}  # noqa: S704 -- no value is in it yet

        return {"_": gettext, "gettext": gettext, "ngettext": ngettext}


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The catalogues of all languages of the desk."""

    by_tag: Mapping[str, Catalogue]

    @classmethod
    def read(cls) -> "Catalogues":
        """Read the catalogues that were installed.

        Raises:
            ConfigError: if a file is missing or cannot be read.
        """
        found = {ENGLISH: Catalogue(LANGUAGES[ENGLISH], {}, {}, reviewed=True)}
        for language in LANGUAGES.values():
            if language.tag != ENGLISH:
                found[language.tag] = parse(_installed(language.tag), language)
        return cls(MappingProxyType(found))

    def __getitem__(self, tag: str) -> Catalogue:
        """Give the catalogue of a language, or the English one for a tag that is none of ours."""
        return self.by_tag.get(tag, self.by_tag[ENGLISH])


def parse(octets: bytes, language: Language) -> Catalogue:
    """Read the file of one language.

    Args:
        octets: the file, in gettext's PO format and UTF-8.
        language: its language.

    Raises:
        ConfigError: if it is not such a file.
    """
    texts: dict[str, str] = {}
    plurals: dict[tuple[str, str], str] = {}
    reviewed = True
    for message in messages_of(read_catalog(octets, language)):
        said = said_of(message)
        reviewed = reviewed and is_reviewed(message)
        if not said or message.fuzzy:
            continue
        if isinstance(message.id, str):
            texts[message.id] = said
        else:
            plurals[message.id[0], message.id[1]] = said
    return Catalogue(language, MappingProxyType(texts), MappingProxyType(plurals), reviewed)


def read_catalog(octets: bytes, language: Language) -> Catalog:
    """Read a PO file as the library's value, with comments.

    Raises:
        ConfigError: if it is not such a file.
    """
    try:
        return read_po(BytesIO(octets), locale=language.locale, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError):
        raise ConfigError(
            f"the catalogue of {language.tag} cannot be read",
            do="Install fedquery anew; in its source, look at what was edited last.",
        ) from None


def messages_of(catalog: Catalog) -> list[Message]:
    """List the messages of a file, without its header."""
    return [message for message in catalog if message.id]


def said_of(message: Message) -> str:
    """Give the translation of a message, or "" where there is none."""
    said = message.string or ""
    return said if isinstance(said, str) else said[0]


def is_reviewed(message: Message) -> bool:
    """Say whether somebody who may has reviewed a translation."""
    return any(_REVIEWED.fullmatch(comment) for comment in message.user_comments)


def _installed(tag: str) -> bytes:
    place = resources.files("fedquery.desk") / "locale" / tag / "LC_MESSAGES" / f"{DOMAIN}.po"
    try:
        return place.read_bytes()
    except OSError:
        raise ConfigError(
            f"the catalogue of {tag} is not installed", do="Install fedquery anew."
        ) from None
