"""The databases of fedquery: file, mark and schema of each, so that a command can tell them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Application:
    """One sort of database.

    Attributes:
        database: the name of the file in its data directory.
        application_id: the number that marks the file.
        user_version: the number of its schema.
    """

    database: str
    application_id: int
    user_version: int


NODE: Final = Application("node.db", 0x66716E64, 5)  # "fqnd"
ASKER: Final = Application("asker.db", 0x66716173, 3)  # "fqas"
# Beside an agency's own: who may use its desk, and what they keep there.
DESK: Final = Application("desk.db", 0x6671646B, 2)  # "fqdk"
# What an import has read so far; one for each dataset, in the directory `import` of a node.
STAGE: Final = Application("{dataset}.db", 0x66716E69, 1)  # "fqni"
