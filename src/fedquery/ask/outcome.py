"""What a lookup comes to: one outcome for each identifier, nation and dataset, in five words.

The words are never mixed up. "No hit" is said of a nation only if each of its datasets said so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, make_dataclass, replace
from operator import attrgetter
from typing import Any, Final, Literal, TypeAlias

Word: TypeAlias = Literal["hit", "no hit", "refused", "unavailable", "stale"]

# The publication was past its time (protocol.md 4).
OVERDUE: Final = "overdue"
# Forms of it could not be written by rules that both sides have (protocol.md 1).
RULES_DIFFER: Final = "rules-differ"

WORDS: Final[tuple[Word, ...]] = ("hit", "refused", "unavailable", "stale", "no hit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """How many witnesses have seen the log on which an outcome rests, as it was then.

    Attributes:
        cosigned: how many have.
        of: how many could have.
        needed: the fewest that are a quorum; 0 where none is asked for.
        newest: whether this is of the newest that the nation offers. Otherwise it offers something
            newer, which is not used before a quorum has seen it.
    """

    cosigned: int
    of: int
    needed: int
    newest: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one nation's dataset said of one identifier.

    Attributes:
        place: index into the identifiers that were asked, from 0.
        nation: the nation that was asked.
        dataset: the dataset; "" where the nation as a whole gave no answer.
        kind: the kind of the identifier.
        word: what it came to.
        why: a slug; "" for a plain hit or no hit.
        reasons: public texts of the nation's policy.
        policy_ids: the ids of the rules that decided.
        weak: a possible hit only: a less exact form was found, such as an account without its bank.
        overdue: a hit in a publication that is past its time.
        as_of_ms: when what was looked through was published.
        version: its version.
        receipt: the name of the receipt that was kept.
        false_receipt: of a hit beside an alarm, the name of the receipt of what is false.
        claim_id: for a hit, what `claim` takes.
        retry_after_s: seconds after which asking again can help, or 0.
        alarm: a proof, a signature or a key is false: stop, do not retry, keep the receipt. Of a
            hit, what is false is about another form of it, and the hit itself was verified.
        witnesses: who has seen the nation's log; None where nothing of it was looked at.
    """

    place: int
    nation: str
    dataset: str
    kind: str
    word: Word
    why: str = ""
    reasons: tuple[str, ...] = ()
    policy_ids: tuple[str, ...] = ()
    weak: bool = False
    overdue: bool = False
    as_of_ms: int | None = None
    version: int | None = None
    receipt: str = ""
    false_receipt: str = ""
    claim_id: str = ""
    retry_after_s: int = 0
    alarm: bool = False
    witnesses: Witnesses | None = None

    @property
    def receipts(self) -> tuple[str, ...]:
        """Name all receipts that it rests on."""
        return tuple(name for name in (self.receipt, self.false_receipt) if name)


# A frozen value sets each field through a call, and an outcome has eighteen of them, a list a
# million outcomes. This one has the same fields and is not frozen; it becomes an `Outcome` before
# anybody has it, so none that is had can be changed.
_NAMES: Final = tuple(one.name for one in fields(Outcome))
_Unfrozen: Final[Any] = make_dataclass("_Unfrozen", _NAMES, slots=True)
_CLAIM_ID: Final = _NAMES.index("claim_id")


def of_others(said: Outcome) -> Callable[[int, str], Outcome]:
    """Make what says the same of other identifiers, given the place and the claim id of each.

    Args:
        said: what was said of one of them.
    """
    _place, *rest = attrgetter(*_NAMES)(said)
    before, after = tuple(rest[: _CLAIM_ID - 1]), tuple(rest[_CLAIM_ID:])

    def of(place: int, claim_id: str) -> Outcome:
        made = _Unfrozen(place, *before, claim_id, *after)
        made.__class__ = Outcome
        outcome: Outcome = made
        return outcome

    return of


@dataclass(frozen=True, slots=True)
class NationOutcome:
    """What one nation said of one identifier, all of its datasets together.

    Attributes:
        place: index into the identifiers.
        nation: the nation.
        word: the word to show.
        outcomes: what each dataset said.
    """

    place: int
    nation: str
    word: Word
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A lookup that is finished.

    Attributes:
        lookup_id: its id, 16 hexadecimal digits.
        asked_ms: when it was asked.
        outcomes: everything that came of it, by place, nation and dataset.
        kept: whether it and the receipts of all answers are on the disk.
        receipts: the names of all receipts that were kept. An outcome names one, also where it
            rests on several forms; none of a lookup that was read again.
    """

    lookup_id: str
    asked_ms: int
    outcomes: tuple[Outcome, ...] = field(repr=False)
    kept: bool = True
    receipts: tuple[str, ...] = ()

    def nations(self) -> tuple[NationOutcome, ...]:
        """Fold the outcomes: one for each identifier and nation."""
        return fold(self.outcomes)


def rules_differ(about: Outcome) -> Outcome:
    """Say of the same identifier and dataset that it cannot be asked about by its rules."""
    return Outcome(
        place=about.place,
        nation=about.nation,
        dataset=about.dataset,
        kind=about.kind,
        word="stale",
        why=RULES_DIFFER,
    )


def merge(outcomes: Iterable[Outcome]) -> Outcome:
    """Merge what one dataset said of the forms of one identifier, which went in several questions.

    A hit of the exact form comes first, then a possible hit; else an alarm, and then the worst
    counts. A possible hit beside a form that was not answered says why, for that form may be the
    exact one.
    """
    found = list(outcomes)
    alarm = next((one for one in found if one.alarm), None)
    best = min(found, key=lambda one: (WORDS.index(one.word), one.weak))
    if alarm is None:
        others = [one for one in found if one.word not in {"hit", "no hit"}]
        return beside_unanswered(best, others[0]) if others and best.weak else best
    return beside_alarm(best, alarm) if best.word == "hit" else alarm


def beside_alarm(hit: Outcome, alarm: Outcome) -> Outcome:
    """Say of a hit that passed every check that something else which its nation showed is false.

    The hit stands, with its own receipt and claim; an alarm hides nothing that was verified.

    Args:
        hit: the hit.
        alarm: what was false, about another form of the same identifier.
    """
    # What shows that a nation has lied is named by no other outcome of this identifier.
    return replace(hit, why=alarm.why, alarm=True, false_receipt=alarm.receipt)


def beside_unanswered(possible: Outcome, other: Outcome) -> Outcome:
    """Say of a possible hit that another form, perhaps the exact one, was not answered.

    Args:
        possible: the possible hit, which stands; what is late of it says already that it may lack.
        other: what the other form came to: refused, unavailable or stale.
    """
    return replace(possible, why=possible.why or other.why)


def fold(outcomes: Iterable[Outcome]) -> tuple[NationOutcome, ...]:
    """Fold the outcomes of datasets into one for each identifier and nation.

    A hit in one dataset is a hit. Otherwise the worst counts, so that "no hit" stands only where
    every dataset said it.
    """
    gathered: dict[tuple[int, str], list[Outcome]] = {}
    for outcome in outcomes:
        gathered.setdefault((outcome.place, outcome.nation), []).append(outcome)
    return tuple(
        NationOutcome(
            place, nation, min((one.word for one in found), key=WORDS.index), tuple(found)
        )
        for (place, nation), found in sorted(gathered.items())
    )
