"""What is read of a database: an operator's SELECT, by its cursor and in the cursor's order."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field

from fedquery.encoding.octets import lp
from fedquery.tabular import FileError
from fedquery_node.config import Columns, SourceSettings
from fedquery_node.import_source import Marked, Position
from fedquery_node.query_values import Cursor, cursor_of, earlier, line_of, mark_of


@dataclass(frozen=True, slots=True)
class Query:
    """One query.

    Attributes:
        source: as node.toml has it.
        columns: the names of the columns.
    """

    source: SourceSettings = field(repr=False)
    columns: Columns = field(repr=False)

    @property
    def cursor(self) -> str:
        """Give the name of the cursor's column, or ""."""
        return self.source.cursor

    def identity(self, place: str) -> bytes:
        """Give a digest of the query of a database at a place."""
        parts = (place, self.source.query, self.source.cursor)
        return hashlib.sha256(b"".join(lp(part.encode()) for part in parts)).digest()

    def after(self, position: Position, placeholder: str) -> tuple[str, tuple[Cursor, ...]]:
        """Write the statement for the rows behind a position, and its values.

        Args:
            position: up to where it was read.
            placeholder: how the database writes the place of a value.

        Raises:
            FileError: if node.toml has no query.
        """
        query = self.source.query.strip().rstrip(";")
        if not query:
            raise FileError("there is no query", do="Write it into node.toml, as `source.query`.")
        if not self.cursor:
            return query, ()
        column = '"' + self.cursor.replace('"', '""') + '"'
        # On lines of its own: a comment at the end of the query must not reach further.
        whole = f"SELECT * FROM (\n{query}\n) AS source"  # noqa: S608 -- the operator's own statement, in their own database
        if not position.mark:
            return f"{whole} ORDER BY {column}", ()
        if placeholder.startswith("%"):
            whole, column = whole.replace("%", "%%"), column.replace("%", "%%")
        cursor = cursor_of(position.mark)
        greater = ">=" if position.again else ">"
        if position.again:
            cursor = earlier(cursor, self.source.overlap_s)
        # A row without a cursor is behind none: it is read, and refused, at each import.
        behind = f"({column} {greater} {placeholder} OR {column} IS NULL)"
        return f"{whole} WHERE {behind} ORDER BY {column}", (cursor,)

    def columned(self, names: Sequence[str]) -> "Columned":
        """Have a result have the columns that are needed, and none that nobody reads.

        Raises:
            FileError: if it does not.
        """
        known = {*astuple(self.columns), *([self.cursor] if self.cursor else [])}
        wanted = (self.columns.identifier, self.columns.reference, self.cursor)
        missing = [name for name in wanted if name and name not in names]
        if missing:
            # These are the names of our own settings.
            raise FileError(
                f"the query gives no column {missing[0]}",
                do="Name it in the query, as in SELECT number AS identifier.",
            )
        unknown = [at for at, name in enumerate(names, 1) if name not in known]
        if unknown or len(set(names)) != len(names):
            raise FileError(
                f"column {unknown[0]} of the query is none that is read"
                if unknown
                else "the query gives a column twice",
                do=f"Name only these: {', '.join(sorted(known))}.",
            )
        at = names.index(self.cursor) if self.cursor else None
        return Columned(tuple(names), at)


@dataclass(frozen=True, slots=True)
class Columned:
    """The columns of a result.

    Attributes:
        names: their names.
        cursor_at: the place of the cursor among them.
    """

    names: tuple[str, ...]
    cursor_at: int | None

    def row(self, number: int, values: Sequence[object]) -> Marked:
        """Read one row and its cursor.

        Raises:
            FileError: if it has no cursor and should have one.
        """
        mark = "" if self.cursor_at is None else mark_of(values[self.cursor_at], number)
        return line_of(number, self.names, values), mark
