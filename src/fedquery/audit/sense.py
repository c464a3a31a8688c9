"""Whether the entries of a log make sense: each by itself, and beside those before it.

What no honest party writes is a fault, such as an answer by a policy that was never activated. What
honest parties may write and an auditor wants to know of is a remark, such as a clock set back.
"""

from collections import Counter
from collections.abc import Callable
from typing import ClassVar, Final, TypeAlias

from fedquery.audit.acts import AuditorEntry, ErasureEntry
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.following import Following
from fedquery.audit.grants import Granted, GrantEntry, GrantingEntry
from fedquery.audit.node import (
    KeyEntry,
    MemberEntry,
    PolicyEntry,
    QuestionEntry,
    ReviewEntry,
    RosterEntry,
    TeamEntry,
)
from fedquery.audit.question_outcome import wrong_with
from fedquery.audit.reading import AnyEntry
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.audit.remarks import Remarks, SenselessError

NODE: Final = "node"
COORDINATOR: Final = "coordinator"
AGENCY: Final = "agency"
_ANOTHERS: Final = "it is of another party than the log"

LeafHash: TypeAlias = Callable[[int], bytes]
"""Give the hash of an earlier leaf."""


class Sense:
    """Look at the entries of one log, in order.

    Args:
        kind: "node", "coordinator" or "agency", by the log's origin.
        owner: the nation of a node, or the agency; not looked at for a coordinator.
        leaf_hash: gives the hash of an earlier leaf.

    Attributes:
        remarks: what was found so far.
        counts: entries by their types.
    """

    def __init__(self, kind: str, owner: str, leaf_hash: LeafHash) -> None:
        self.remarks = Remarks()
        self.counts: Counter[str] = Counter()
        self._kind = kind
        self._owner = owner
        self._leaf_hash = leaf_hash
        self._proposed: set[tuple[bytes, bytes]] = set()
        self._activated: set[tuple[bytes, bytes]] = set()
        self._numbers: dict[tuple[str, ...], int] = {}
        self._following = Following()
        self._granted = Granted()

    def publication(self, index: int, nation: str, dataset: str, version: int) -> None:
        """Look at a publication.

        Raises:
            SenselessError: if it does not belong here, or its version does not go up.
        """
        self.counts["publication"] += 1
        self._require(self._kind == NODE, "an entry of this type is not of this log", index)
        self._require_owner(nation, index)
        self._require_greater(("publication", dataset), version, index)

    def entry(self, index: int, entry: AnyEntry) -> None:
        """Look at any other entry.

        Raises:
            SenselessError: if no honest party writes it where it stands.
        """
        self.counts[entry.type] += 1
        look = self._looks.get(type(entry))
        kinds = _KINDS[type(entry)]
        self._require(self._kind in kinds, "an entry of this type is not of this log", index)
        if look is not None:
            look(self, index, entry)

    def end(self) -> Remarks:
        """Look at what shows at the end alone.

        Raises:
            SenselessError: for the first fault or claim that follows no question.
        """
        self._following.require_questions("fault" if self._kind == NODE else "claim")
        self.remarks.without_outcome = self._following.without_outcome()
        return self.remarks

    def _question(self, index: int, entry: QuestionEntry) -> None:
        self._require_owner(entry.nation, index)
        self.remarks.clock_at(index, entry.decided_ms)
        wrong = wrong_with(entry)
        if wrong:
            raise SenselessError(wrong, index)
        if entry.type == "fault":
            self._following.follows(index, entry.request_digest)
        else:
            self._following.question(index, entry.request_digest)
        rules = (entry.policy_digest, entry.schema_digest)
        if entry.policy_digest and rules not in self._activated:
            raise SenselessError("its policy was never activated", index)
        newest = self._numbers.get(("publication", entry.dataset), 0)
        if entry.granted_level and not 1 <= entry.version <= newest:
            raise SenselessError("its version was never published", index)
        if entry.grant is not None:
            wrong = self._granted.charge(entry, entry.grant)
            self._require(not wrong, wrong, index)

    def _grant(self, index: int, entry: GrantEntry) -> None:
        self._require_owner(entry.nation, index)
        self.remarks.clock_after(entry.at_ms)
        self._granted.propose(index, entry)

    def _granting(self, index: int, entry: GrantingEntry) -> None:
        self._require_owner(entry.nation, index)
        self.remarks.clock_after(entry.at_ms)
        self._require_leaf(index, entry.index, entry.leaf_hash)
        wrong = self._granted.act(entry)
        self._require(not wrong, wrong, index)

    def _policy(self, index: int, entry: PolicyEntry) -> None:
        self._require_owner(entry.nation, index)
        # Questions that are dated before the policy that they were decided by are told.
        self.remarks.clock_after(entry.at_ms)
        rules = (entry.policy_digest, entry.schema_digest)
        if entry.act == "proposed":
            self._proposed.add(rules)
            return
        self._require(rules in self._proposed, "it was activated and never proposed", index)
        self._activated.add(rules)

    def _key(self, index: int, entry: KeyEntry) -> None:
        # A node's key is its nation's, and an agency's auditor is its nation's too.
        nation = self._owner.partition("/")[0]
        self._require(entry.nation == nation, _ANOTHERS, index)

    def _review(self, index: int, entry: ReviewEntry) -> None:
        self._require_owner(entry.nation, index)
        self._require_leaf(index, entry.index, entry.leaf_hash)

    def _member(self, index: int, entry: MemberEntry) -> None:
        self._require_greater(("member", entry.federation), entry.number, index)

    def _roster(self, index: int, entry: RosterEntry) -> None:
        named = ("roster", entry.federation, entry.nation)
        self._require_greater(named, entry.number, index)

    def _team(self, index: int, entry: TeamEntry) -> None:
        self._require_greater(("team", entry.federation, entry.team), entry.number, index)

    def _relay(self, index: int, entry: RelayEntry) -> None:
        self.remarks.clock_at(index, entry.received_ms)
        self._following.sent(entry.request_digest)

    def _relayed(self, index: int, entry: RelayedEntry) -> None:
        self.remarks.clock_at(index, entry.replied_ms)
        self._following.outcome(index, entry.request_digest)

    def _asked_of(self, index: int, entry: AskedEntry) -> None:
        self._require_owner(entry.agency, index)
        self.remarks.clock_at(index, entry.asked_ms)
        claims = entry.asking == "claim"
        self._require(claims == bool(entry.follows), "only a claim follows a question", index)
        if claims:
            self._following.follows(index, entry.follows)
        else:
            self._following.question(index, entry.request_digest)
        self._following.sent(entry.request_digest)

    def _concluded(self, index: int, entry: ConcludedEntry) -> None:
        self.remarks.clock_at(index, entry.replied_ms)
        self._following.outcome(index, entry.request_digest)

    def _auditor(self, index: int, entry: AuditorEntry) -> None:
        self._require_leaf(index, entry.index, entry.leaf_hash)

    _looks: ClassVar[dict[type, Callable[..., None]]] = {
        QuestionEntry: _question,
        KeyEntry: _key,
        PolicyEntry: _policy,
        ReviewEntry: _review,
        GrantEntry: _grant,
        GrantingEntry: _granting,
        MemberEntry: _member,
        RosterEntry: _roster,
        TeamEntry: _team,
        RelayEntry: _relay,
        RelayedEntry: _relayed,
        AskedEntry: _asked_of,
        ConcludedEntry: _concluded,
        AuditorEntry: _auditor,
    }

    def _require_leaf(self, index: int, of: int, leaf_hash: bytes) -> None:
        self._require(
            of < index and self._leaf_hash(of) == leaf_hash,
            "the earlier entry that it names is another one",
            index,
        )

    def _require_owner(self, owner: str, index: int) -> None:
        self._require(owner == self._owner, _ANOTHERS, index)

    def _require_greater(self, named: tuple[str, ...], number: int, index: int) -> None:
        before = self._numbers.get(named, 0)
        self._require(number > before, "its number is not above the one before", index)
        self._numbers[named] = number

    def _require(self, holds: bool, otherwise: str, index: int) -> None:  # noqa: FBT001  the condition is the subject
        if not holds:
            raise SenselessError(otherwise, index)


_KINDS: Final[dict[type, frozenset[str]]] = {
    RelayEntry: frozenset({COORDINATOR}),
    RelayedEntry: frozenset({COORDINATOR}),
    QuestionEntry: frozenset({NODE}),
    KeyEntry: frozenset({NODE, AGENCY}),
    PolicyEntry: frozenset({NODE}),
    ReviewEntry: frozenset({NODE}),
    GrantEntry: frozenset({NODE}),
    GrantingEntry: frozenset({NODE}),
    MemberEntry: frozenset({NODE, AGENCY, COORDINATOR}),
    RosterEntry: frozenset({NODE}),
    TeamEntry: frozenset({NODE}),
    AskedEntry: frozenset({AGENCY}),
    ConcludedEntry: frozenset({AGENCY}),
    AuditorEntry: frozenset({NODE, AGENCY}),
    ErasureEntry: frozenset({NODE, AGENCY}),
}
