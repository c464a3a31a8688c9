"""What an import has read: how many rows, and why some were refused, without a word of them."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from fedquery_node.normalise import Normalised

LINES_NAMED: Final = 20


@dataclass(slots=True)
class Counts:
    """What was read.

    Attributes:
        rows: how many rows.
        refused: for each reason, how many.
        lines: for each reason, the first lines.
        warnings: for each warning, how many rows.
    """

    rows: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[int]] = field(default_factory=dict)
    warnings: Counter[str] = field(default_factory=Counter)

    def refuse(self, line: int, reason: str) -> None:
        """Count a refused row."""
        self.refused[reason] += 1
        named = self.lines.setdefault(reason, [])
        if len(named) < LINES_NAMED:
            named.append(line)

    def add(self, batch: Normalised) -> None:
        """Count a batch."""
        self.rows += batch.rows
        self.warnings.update(batch.warnings)
        for line, reason in batch.refused:
            self.refuse(line, reason)

    def to_json(self) -> str:
        """Write them down."""
        return json.dumps([self.rows, self.refused, self.lines, self.warnings])

    @classmethod
    def from_json(cls, text: str) -> "Counts":
        """Read what `to_json` wrote."""
        rows, refused, lines, warnings = json.loads(text)
        return cls(rows, Counter(refused), lines, Counter(warnings))
