"""What is counted in a node's log: questions, claims, faults, reviews, and grants.

What a grant has paid is not told: it is made of the very questions whose small numbers are hidden.
A holder cannot know hits, so there are levels here and no hits; those stand in the asker's log.
"""

import json
from typing import Final

from fedquery.audit.counting import REFUSED, asker_of, within
from fedquery.audit.grants import GrantEntry, GrantingEntry
from fedquery.audit.month import Month
from fedquery.audit.node import QuestionEntry, ReviewEntry
from fedquery.audit.reading import AnyEntry
from fedquery.audit.suppression import Hidden
from fedquery.audit.tabulation import one_way
from fedquery.audit.tally import OUTCOME, Population, Tally
from fedquery.encoding.canonical_json import Json

NOT_LOOKED_AT: Final = "not looked at"
"""The purpose of what the node refused before it asked its policy."""
NO_RULE: Final = "no rule"
SIGNED_OFF: Final = "signed off"
OPEN: Final = "open"

PROPOSED: Final = "proposed"

_OF_GRANTS: Final = ("asker", "dataset")
_WAYS: Final = ("asker", "purpose", "dataset")
_OF_REFUSALS: Final = (("reason", REFUSED), ("rule", REFUSED))


class NodeFigures:
    """Count the entries of a node's log, one after the other.

    Args:
        month: the month that is counted, or None for all of the log.
        break_glass: the purpose whose answers wait for a review.
    """

    def __init__(self, month: Month | None, break_glass: str) -> None:
        self._month = month
        self._break_glass = break_glass
        self._questions = Tally("questions", _WAYS, (("size", ""), *_OF_REFUSALS))
        self._claims = Tally("claims", _WAYS, _OF_REFUSALS)
        self._faults = Tally("faults", ("asker", "dataset"))
        # The places of grants, and what became of each.
        self._grants: dict[int, tuple[GrantEntry, str]] = {}
        # The places of break-glass answers, and whether each was signed off.
        self._reviewed: dict[int, bool] = {}

    def add(self, index: int, entry: AnyEntry) -> None:
        """Count an entry, if it is one of those that are counted.

        Args:
            index: its place in the log.
            entry: the entry.
        """
        if isinstance(entry, QuestionEntry) and within(self._month, entry.received_ms):
            self._add_question(index, entry)
        # An answer stands before its review, so it is known by now whether it is of this month.
        elif isinstance(entry, ReviewEntry) and entry.index in self._reviewed:
            self._reviewed[entry.index] = True
        elif isinstance(entry, GrantEntry) and within(self._month, entry.at_ms):
            self._grants[index] = (entry, PROPOSED)
        elif isinstance(entry, GrantingEntry) and entry.index in self._grants:
            self._grants[entry.index] = (self._grants[entry.index][0], entry.act)

    def _add_question(self, index: int, entry: QuestionEntry) -> None:
        ways = {"asker": asker_of(entry.agency), "dataset": (entry.dataset, "")}
        if entry.type == "fault":
            # It stands beside the first entry of its question, which is counted already.
            self._faults.add(entry.reason, ways, {})
            return
        purpose = _purpose_of(entry)
        ways["purpose"] = (purpose, "")
        parts = {
            "size": (f"{entry.size_class}",),
            "reason": (entry.reason,),
            "rule": entry.policies or (NO_RULE,),
        }
        tally = self._claims if entry.type == "claim" else self._questions
        tally.add(entry.granted_level or REFUSED, ways, parts)
        if purpose == self._break_glass and entry.granted_level:
            self._reviewed[index] = False

    def populations(self) -> tuple[Population, ...]:
        """Write what may be printed of the entries that were added."""
        questions, claims = self._questions.tabulated(), self._claims.tabulated()
        reviews = self._reviews(questions, claims)
        return (questions, claims, self._faults.tabulated(), reviews, *self._granted())

    def _granted(self) -> tuple[Population, Population]:
        """Count the grants that were proposed, and the elements that they are of."""
        tally = Tally("grants", _OF_GRANTS)
        for entry, became in self._grants.values():
            tally.add(became, {"asker": asker_of(entry.agency), "dataset": (entry.dataset, "")}, {})
        grants = tally.tabulated()
        # By whom elements may be asked would say in how many places there is a grant at least, and
        # of a few grants that there are not fewer.
        elements = None
        if not isinstance(grants.total, Hidden):
            elements = sum(entry.elements for entry, _ in self._grants.values())
        return grants, Population("granted", elements)

    def _reviews(self, *granted: Population) -> Population:
        # Their number is one of other printed numbers, or it would give away hidden ones.
        if any(_granted_in(one, self._break_glass) is None for one in granted):
            return Population("break-glass", None)
        counts = {
            SIGNED_OFF: sum(self._reviewed.values()),
            OPEN: sum(not signed for signed in self._reviewed.values()),
        }
        told = one_way("review", {name: count for name, count in counts.items() if count})
        return Population("break-glass", len(self._reviewed), (told,) if self._reviewed else ())


def _purpose_of(entry: QuestionEntry) -> str:
    """Read the purpose out of what the policy decided from."""
    if not entry.situation:
        return NOT_LOOKED_AT
    # The entry was read strictly, and the situation with it.
    value: Json = json.loads(entry.situation)
    name = _member(_member(_member(value, "context"), "purpose"), "id")
    return name if isinstance(name, str) else NOT_LOOKED_AT


def _member(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def _granted_in(population: Population, purpose: str) -> int | None:
    """Say how many of a purpose were granted, by the printed numbers alone; None if they do not."""
    if population.total == 0:
        return 0
    table, outcomes = population.table("purpose"), population.table(OUTCOME)
    if table is None or outcomes is None or not (table.rows and outcomes.rows):
        return None
    row = next((row for row in table.rows if row.name == purpose), None)
    if row is None:
        return 0
    total, named = row.total, {outcome.name for outcome in outcomes.rows}
    refused = 0 if REFUSED not in named else total if named == {REFUSED} else None
    if row.cells and REFUSED in table.columns:
        refused = row.cells[table.columns.index(REFUSED)]
    if not isinstance(total, int) or not isinstance(refused, int):
        return None
    return total - refused
