"""Import rows of a test as the command does: into a stage, and from there into the records."""

from pathlib import Path

from fedquery_node import difference, generations
from fedquery_node.import_source import START
from fedquery_node.pacing import Pace
from fedquery_node.stage import staged


class Listed:
    """A source of rows that are there."""

    identity = b"rows of a test"
    lasting = False
    marked = False

    def __init__(self, lines):
        self.lines = lines

    def rows(self, after):
        """Give the rows behind a position."""
        return ((line, "") for line in self.lines if line.number > after.line)


def home_of(connection):
    """Say in which directory a database lies."""
    return Path(connection.execute("PRAGMA database_list").fetchone()[2]).parent


def run(importer, connection, lines, progress=lambda _rows: None, *, dry_run=False):
    """Import rows, and give the report."""
    source = lines if hasattr(lines, "rows") else Listed(lines)
    identity = importer.identity(source, START)
    with staged(home_of(connection), importer.dataset, identity, anew=True) as stage:
        stage.forget()
        importer.read(source, stage, START, progress)
        generations.take_back(connection, Pace(sleep=lambda _s: None))
        difference.attach(connection, stage.path)
        try:
            report = importer.compare(connection, stage)
            if report.accepted and not dry_run:
                importer.take_over(connection, source, stage)
        finally:
            difference.detach(connection)
    return report
