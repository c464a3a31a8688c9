"""Why a nation gave no answer or refused: each slug in words for an officer, with what to do.

The command line names its commands there; an officer has none. What is wrong at a node or with a
certificate is for the desk's operator, and says so.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fedquery.desk.language import N_

_LATER: Final = N_("Ask again later.")
_OPERATOR: Final = N_("Tell the operator of this desk.")
_CLOCK: Final = N_("Its clock and the clock of this desk differ.")
_BUSY: Final = N_("Ask again in a minute.")
_FORMAL: Final = N_("Ask it by a formal request.")

_NONE: Final = N_("It gave no answer.")
WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "node-down": (N_("Its node does not answer."), _LATER),
        "timeout": (N_("Its node did not answer in time."), _LATER),
        "coordinator-down": (N_("No coordinator carried the question."), _OPERATOR),
        "no-such-dataset": (N_("It offers nothing of this kind."), _FORMAL),
        "not-ready": (N_("It has published nothing yet."), _LATER),
        "busy": (N_("Its node has no room now."), _BUSY),
        "tls": (N_("Its certificate is not the one of the member list."), _OPERATOR),
        "clock": (_CLOCK, _OPERATOR),
        "expired": (_CLOCK, _OPERATOR),
        "stale": (N_("What it offers has expired."), _OPERATOR),
        "not-witnessed": (N_("Too few witnesses have seen what it offers."), _BUSY),
        "manifest-unavailable": (N_("What it offers could not be fetched."), _LATER),
        "members-expired": (N_("The member list of its node has expired."), _OPERATOR),
        "audit-unavailable": (N_("Its node cannot log questions now."), _LATER),
        "epoch-unknown": (N_("It published anew while it was asked."), _BUSY),
        "disk-full": (
            N_("The disk of this desk is full."),
            N_("Tell the operator of this desk. Ask again when there is room."),
        ),
        "outcome-unknown": (
            N_("The question was under way when the desk stopped. What came of it is not known."),
            N_("Ask again. It may be counted twice."),
        ),
        "quota": (
            N_("Its quota for this agency is spent."),
            N_("Wait until it renews, or ask it for a grant."),
        ),
        "policy-denied": (
            N_("Its policy does not permit it."),
            N_("Read the reason. Another purpose, or a signature on the case, may be needed."),
        ),
        "policy-unavailable": (N_("A rule of its policy could not be read."), _LATER),
        "agency-blocked": (N_("It has blocked this agency."), _OPERATOR),
        "suspended": (N_("It has suspended these data."), _LATER),
        "team-ended": (N_("This agency has left a joint team."), _LATER),
        "case-card-invalid": (
            N_("It does not accept the card of this case."),
            N_("Have the case signed anew."),
        ),
        "case-card-expired": (
            N_("The card of this case has ended."),
            N_("Open the case again, and have it signed."),
        ),
        "too-many-buckets": (N_("It has too many data for a sensitive case."), _FORMAL),
    }
)


def why_and_what_to_do(slug: str) -> tuple[str, str]:
    """Give the sentences of a slug: why, and what to do; both are still to be translated."""
    return WORDS.get(slug, (_NONE, _OPERATOR))
