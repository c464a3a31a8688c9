"""What the commands of auditors found, in words that are translated; other words stay as they are.

The texts on the left are those that the commands print and keep.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fedquery.desk.language import N_
from fedquery.desk.voice import Say

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {"node": N_("node"), "coordinator": N_("coordinator"), "agency": N_("agency")}
)
QUESTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "paired": N_("stand in each log that must have them"),
        "unanswered": N_("got no answer, and need not stand in every log"),
        "too new": N_("are newer than one of the logs: too new to tell"),
        "alone": N_("concern no other of these logs"),
    }
)
_FOUND: Final = frozenset(
    {
        N_("its agency has no entry of having asked it"),
        N_("no coordinator has an entry of it"),
        N_("it was answered, and the node has no entry of it"),
        N_("they disagree on its agency"),
        N_("they disagree on its nation"),
        N_("they disagree on its size class"),
        N_("they disagree on its asking"),
        N_("they disagree on its dataset"),
        N_("they disagree on its version"),
        N_("they disagree on its level"),
        N_("they disagree on when it was asked"),
        N_("the node answered it twice"),
        N_("its asker has an answer that no coordinator passed on"),
        N_("its asker has an answer, and the node says that it refused"),
        N_("its asker was refused, and the node says that it answered"),
        N_("the receipt that the node gave names another entry than the node has of it"),
    }
)
_NOT_LOOKED: Final = frozenset(
    {
        N_("details beside the log (fedquery audit open)"),
        N_("whether each decision follows from its policy (fedquery audit replay)"),
        N_("whether each question stands in the other parties' logs (fedquery audit reconcile)"),
    }
)
SIGNERS: Final = N_("who signed these logs, and which witnesses saw them (fedquery audit verify)")


def found_words(what: str, say: Say) -> str:
    """Say what was found; a text of a later release as it is.

    Args:
        what: the text of the command.
        say: the language of the visitor.
    """
    return say(what) if what in _FOUND else what


def not_looked_words(what: str, say: Say) -> str:
    """Say what was not looked at; a text of a later release as it is.

    Args:
        what: the text of the command.
        say: the language of the visitor.
    """
    return say(what) if what in _NOT_LOOKED else what
