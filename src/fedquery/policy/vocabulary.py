"""The closed words of a case card, as policies/schema.cedarschema declares them.

They stand here a second time because an asker needs them where no policy engine is installed. A
test compares the two.
"""

import enum

PURPOSES = frozenset(
    {"fraud", "trafficking", "money laundering", "missing person", "threat to life"}
)
BREAK_GLASS = "threat to life"
"""The purpose for which rules may make exceptions; each use is for a supervisor to look at."""
PERSON_ROLES = frozenset({"suspect", "convicted", "victim", "missing", "remains", "none"})
AIMS = frozenset({"identify", "known"})
SIGNERS = frozenset({"officer", "supervisor", "prosecutor", "judge"})
SORTS = frozenset({"police", "fiu", "prosecution", "regulator"})
HANDLINGS = frozenset({"open", "restricted", "source at risk"})
BESIDE_THE_LADDER = frozenset({"alert", "follow up", "snapshot", "watch"})
"""Actions that are no rung: a rule names each by itself."""


class Level(enum.IntEnum):
    """The disclosure ladder: each rung includes the ones below it."""

    HIT = 1
    REFERENCE = 2
    SUMMARY = 3

    @property
    def word(self) -> str:
        """Name the rung as policies and messages do."""
        return self.name.lower()
