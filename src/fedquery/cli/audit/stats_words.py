"""The words of statistics, in one place: a page in another language is another such file."""

from collections.abc import Mapping
from typing import Final

POPULATIONS: Final[Mapping[str, str]] = {
    "questions": "Questions",
    "claims": "Claims",
    "faults": "Faults",
    "break-glass": "Break-glass answers",
    "grants": "Grants above the quota",
    "granted": "Elements of grants",
    "relays": "Relays",
}
ABOUT: Final[Mapping[tuple[str, str], str]] = {
    ("node", "questions"): (
        "What agencies of other nations asked, and the level that the holder's policy granted. A "
        "holder cannot know whether an answer was a hit."
    ),
    ("node", "claims"): "What was asked for after a hit, and the level that was granted.",
    ("node", "faults"): "What failed after it was counted above.",
    ("node", "break-glass"): (
        "Answers and claims under the purpose “threat to life”, and whether a supervisor has "
        "signed them off by the checkpoint."
    ),
    ("node", "grants"): (
        "What operators proposed to let an agency ask above the ordinary quota, and what became of "
        "it by the checkpoint. What was asked by it stands among the questions."
    ),
    ("node", "granted"): "How many elements these grants are of, whether they were asked or not.",
    ("coordinator", "relays"): (
        "What was passed on, who asked whom, and what came of it. A coordinator cannot read it."
    ),
    ("agency", "questions"): "What was asked of other nations, and what came of it.",
    ("agency", "claims"): "What was asked for after a hit, and what came of it.",
}
TABLES: Final[Mapping[str, str]] = {
    "outcome": "By outcome",
    "asker": "By asking nation and agency",
    "holder": "By nation asked",
    "purpose": "By purpose",
    "dataset": "By dataset",
    "size": "By size class",
    "reason": "Why refused",
    "reason unavailable": "Why unavailable",
    "rule": "Rules that refused",
    "review": "Reviews",
}
NOTES: Final[Mapping[str, str]] = {
    "rule": "Several rules may refuse one.",
    "size": "Elements of each, padded: 4 stands for one to four identifiers.",
}
OUTCOMES: Final[Mapping[tuple[str, str], str]] = {
    ("node", "hit"): "up to a hit",
    ("node", "reference"): "up to a reference",
    ("node", "summary"): "up to a summary",
}
# In this order, and then all others by name.
ORDER: Final = (
    "hit",
    "no hit",
    "reference",
    "summary",
    "released",
    "contact us",
    "answered",
    "refused",
    "unavailable",
    "approved",
    "revoked",
    "proposed",
    "not concluded",
    "no word",
)
KINDS: Final[Mapping[str, str]] = {
    "node": "Node of",
    "coordinator": "Coordinator",
    "agency": "Agency",
}
TIMES: Final[Mapping[str, str]] = {
    "median": "Half of all answers came within",
    "p95": "19 of 20 came within",
}
BEHIND: Final = "The log behind these figures"
PARTY: Final = "Whose"
LOG: Final = "Log"
ENTRIES: Final = "Entries"
ROOT: Final = "Root"
LEGEND: Final = "How to read this"
UTC: Final = (
    "Months begin and end in UTC. What was asked counts in the month in which it was asked."
)
WHOLE: Final = "all of the log"
TOGETHER: Final = "the others together"
EMPTY: Final = "no number"
OTHERS: Final = "other"
TOTAL: Final = "All"
NUMBER: Final = "total"
NOT_TOLD: Final = "not told"
TO: Final = " to "
NOT_APART: Final = "Not told apart: there are too few to hide small numbers among."
NOT_INSIDE: Final = "What each came to is not told: there are too few to hide small numbers among."
HIDDEN_TOTAL: Final = (
    "How many is not told: it would say of hidden numbers above how large they are."
)
SIGNS: Final = (
    ("<5", "from 1 to 4"),
    ("5+", "5 or more, hidden so that no sum gives a smaller number away"),
    (
        EMPTY,
        "told in the row of its nation, or of the others together: alone it would be given away",
    ),
)
RANGES: Final = (
    ("8 to 11", "the sum is from 8 to 11, because numbers in it are hidden"),
    ("8+", "the sum is 8 or more"),
)
TITLE: Final = "Statistics"
TITLE_JOINT: Final = "Joint statistics"
LEDE: Final = (
    "Counted from the entries of the log that is named with them; each was verified against the "
    "checkpoint. Numbers from 1 to 4 are not printed, nor what they could be computed from."
)
LEDE_JOINT: Final = (
    "The sum of what each party named below has signed of its own log. Where a number is hidden "
    "there, the sum is a range."
)
MISSING: Final = "Not in these figures, for no statistics of the month were given"
