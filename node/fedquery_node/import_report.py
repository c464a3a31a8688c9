"""What came of an import: how many rows of each sort, and which lines were refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fedquery_node.counts import Counts
from fedquery_node.difference import Difference


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an import, or would come of it.

    Attributes:
        rows: the rows that were read.
        accepted: whether they may be taken over: no more were refused than may be.
        imported: the rows that are in the database now, or would be.
        added: those whose reference is new.
        changed: those that differ from the record that their reference had.
        withdrawn: the records that a row withdraws, or that no row names where they are the whole
            dataset.
        before: the records that the dataset had.
        refused: for each reason, how many rows.
        lines: for each reason, the first lines.
        warnings: for each warning, how many rows.
    """

    rows: int
    accepted: bool
    imported: int
    added: int
    changed: int
    withdrawn: int
    before: int
    refused: Mapping[str, int]
    lines: Mapping[str, Sequence[int]]
    warnings: Mapping[str, int]

    @classmethod
    def of(cls, counts: Counts, found: Difference, *, accepted: bool) -> "Report":
        """Put together what was read and how it differs; a refused import changes nothing."""
        return cls(
            rows=counts.rows,
            accepted=accepted,
            imported=found.fit if accepted else 0,
            added=found.added if accepted else 0,
            changed=found.changed if accepted else 0,
            withdrawn=found.withdrawn if accepted else 0,
            before=found.before,
            refused=counts.refused,
            lines=counts.lines,
            warnings=counts.warnings,
        )

    @property
    def withdraws_most(self) -> bool:
        """Say whether more than half of the dataset goes: perhaps it is the wrong file."""
        return 2 * self.withdrawn > self.before
