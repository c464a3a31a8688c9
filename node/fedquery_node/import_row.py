"""One row of a file as a record, or the word that says why it is refused.

A row names to whom it is released, or the dataset's default does; otherwise it is refused, because
a record that nobody decided about must not travel, not even as a tag.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache

from fedquery.encoding import canonical_json
from fedquery.errors import EncodingError, IdentifierError
from fedquery.identifiers import Identifier, decode, parse
from fedquery.identifiers.rules import Rules
from fedquery.tabular import Row, Typed
from fedquery_node.config import NodeSettings
from fedquery_node.views import ALL

HANDLING = ("open", "restricted", "source at risk")
REFERENCE_CAP = 64  # characters
CATEGORY_CAP = 40  # characters
SUMMARY_CAP = 160  # characters


@dataclass(frozen=True, slots=True)
class Record:
    """One row that is fit to be imported.

    Attributes:
        identifier: its encoded identifier.
        forms: the less exact and the former forms under which it is found as well, encoded.
        values: what the table `record` holds of it, from its reference to its release list.
    """

    identifier: bytes = field(repr=False)
    forms: tuple[bytes, ...] = field(repr=False)
    values: tuple[str | int, ...] = field(repr=False)

    @property
    def reference(self) -> str:
        """Give its reference."""
        return str(self.values[0])


class RowError(Exception):
    """A row is refused; the reason is one of a few words and never holds a value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows for one dataset.

    Attributes:
        settings: the node's settings.
        dataset: the name of the dataset, one of the settings'.
        nations: every other member nation.
        now_ms: the time that goes into `updated`.
        rules: the spelling rules of the dataset's kind.
    """

    settings: NodeSettings
    dataset: str
    nations: frozenset[str]
    now_ms: int
    rules: Rules

    def read(self, line: Row, warnings: Counter[str]) -> Record:
        """Read one row.

        Args:
            line: the row.
            warnings: counts what is to be looked at and refuses nothing.

        Raises:
            RowError: if it is refused.
        """
        if line.fields is None:
            raise RowError(line.complaint or "columns")
        fields, chosen = line.fields, self.settings.datasets[self.dataset]
        columns = chosen.columns
        if line.typed.get(columns.identifier) is Typed.DATE:
            raise RowError("identifier: date-cell")
        if columns.identifier in line.typed or columns.reference in line.typed:
            warnings["number-cell"] += 1
        region = chosen.region or self.settings.nation
        try:
            parsed = parse(chosen.kind, fields[columns.identifier], region)
        except IdentifierError as error:
            raise RowError(f"identifier: {error.reason}") from None
        for warning in parsed.warnings:
            warnings[str(warning)] += 1
        contact = fields.get(columns.contact, "").strip()
        if contact and contact not in self.settings.contacts:
            raise RowError("contact-unknown")
        first = _day_ms(fields.get(columns.first_seen, ""))
        last = _day_ms(fields.get(columns.last_seen, "")) or first
        if first > last:
            raise RowError("seen-backwards")
        values = (
            reference_of(fields.get(columns.reference, "")),
            _text(fields.get(columns.category, ""), CATEGORY_CAP, "category"),
            _handling(fields.get(columns.handling, "")),
            _text(fields.get(columns.summary, ""), SUMMARY_CAP, "summary"),
            contact,
            first,
            last,
            self.now_ms,
            _release(fields.get(columns.release_to, ""), chosen.release_to_default, self.nations),
        )
        exact, *forms = self._forms_of(parsed.identifier)
        return Record(exact, tuple(forms), values)

    def _forms_of(self, identifier: Identifier) -> tuple[bytes, ...]:
        """List the forms under which a record is kept, its own first."""
        forms = self.rules.kept_under(identifier)
        if self.rules.former:
            today = {form.encode() for form in identifier.kept_under()}
            if any(form not in today and _means_something(form) for form in forms):
                # protocol.md 1: whoever asks about that other identifier would be given this one.
                raise RowError("former-form")
        return forms


def _means_something(form: bytes) -> bool:
    try:
        decode(form)
    except EncodingError:
        return False
    return True


# Files name few lists of nations and few days, many times each.
@lru_cache(maxsize=1024)
def _release(text: str, default: tuple[str, ...], nations: frozenset[str]) -> str:
    said = text.strip()
    named = [part.strip() for part in said.split(";")] if said else default
    if not named:
        raise RowError("release-missing")
    if any(nation != ALL and nation not in nations for nation in named):
        raise RowError("release-unknown")
    return canonical_json.dump(sorted(set(named))).decode()


def reference_of(text: str) -> str:
    """Read a reference as it stands in a file: without blanks around it, on one line.

    Raises:
        RowError: if there is none, or it is overlong or cannot be printed.
    """
    return _text(text, REFERENCE_CAP, "reference", needed=True)


def _text(text: str, cap: int, what: str, *, needed: bool = False) -> str:
    text = text.strip()
    if len(text) > cap or not text.isprintable():
        raise RowError(f"{what}-form")
    if needed and not text:
        raise RowError(f"{what}-missing")
    return text


def _handling(text: str) -> str:
    # What nobody marked is not open: a missing code is the middle one.
    handling = text.strip() or "restricted"
    if handling not in HANDLING:
        raise RowError("handling-unknown")
    return handling


@lru_cache(maxsize=16_384)
def _day_ms(text: str) -> int:
    text = text.strip()
    if not text:
        return 0
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RowError("date-form") from None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
