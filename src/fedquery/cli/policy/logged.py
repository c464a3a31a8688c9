"""What a log entry says of the decision it is about, as replaying takes it."""

from typing import Final

from fedquery.audit.detail import join_situation
from fedquery.audit.node import QuestionEntry
from fedquery.policy.replay import Logged

# Reasons of a refusal that are the policy's own; any other was given by something else.
_OWN: Final = frozenset({"", "policy-denied", "policy-unavailable"})
_ERASED: Final = "-"


def logged_of(entry: QuestionEntry) -> Logged:
    """Take from an entry what its decision came from and what came of it.

    Args:
        entry: one that has a situation.

    Raises:
        InputError: if its situation is not one without a pseudonym.
    """
    return Logged(
        asked=entry.asked_level,
        granted=entry.granted_level,
        by_policy=entry.reason in _OWN,
        policies=entry.policies,
        policy_digest=entry.policy_digest,
        situation=join_situation(entry.situation, _ERASED),
    )
