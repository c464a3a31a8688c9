"""When nobody asks alone: one rule for the desk's pages and for the gateway's API.

It holds people and programs that ask through one of them. Whoever has the agency's home has its
keys, and can ask without either.
"""

from typing import Final

from fedquery.policy.vocabulary import BREAK_GLASS

# What was right when it was approved may not be so any more.
LASTS_MS: Final = 86_400_000
MOST_REASON: Final = 1_000


def is_needed(count: int, purpose: str, approve_above: int) -> bool:
    """Tell whether a question or list needs a second person before it is asked.

    Where a life is in danger nobody waits for one: it is reviewed afterwards.

    Args:
        count: how many different identifiers it has.
        purpose: what it is for.
        approve_above: the most identifiers that one person asks about alone.
    """
    return count > approve_above and purpose != BREAK_GLASS
