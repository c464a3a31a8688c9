"""Who vouches for a case: what a holder has verified of a card, and of nothing else.

A line by a key that the nation's roster does not have is passed over, as signed notes want it. A
line by a key that it has and that does not verify refuses the card: it was taken from another case,
another holder or another federation, or the card was changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from fedquery.cases.card import DAY_AHEAD_MS, CaseCard
from fedquery.cases.signed import CARD_CAP, SignedCard
from fedquery.errors import InputError, SignatureError
from fedquery.federation.members import Agency
from fedquery.federation.roster import RoleKey, Roster
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.tlog.note import VerifierKey, open_note

# Cards whose signatures were verified; a case asks again and again with one card.
_REMEMBERED: Final = 1_024


@dataclass(frozen=True, slots=True, eq=False)
class RosterKeys:
    """The keys of a roster by name; one value for as long as the roster is in force.

    Attributes:
        roster: the roster.
        by_name: its keys.
    """

    roster: Roster
    by_name: Mapping[str, RoleKey] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the keys by name."""
        by_name = {key.vkey.name: key for key in self.roster.keys}
        object.__setattr__(self, "by_name", MappingProxyType(by_name))


def require_addressed(card: CaseCard, *, federation: str, agency: str, holder: str) -> None:
    """Require that a card is the asking agency's own, for this holder.

    Args:
        card: the card.
        federation: the federation's name.
        agency: who has signed the envelope.
        holder: this nation.

    Raises:
        InputError: if it is for another holder, of another agency or another federation.
    """
    if (card.federation, card.agency, card.holder) != (federation, agency, holder):
        raise InputError("the case card is not this agency's for this holder")


def in_time(card: CaseCard, now_ms: int) -> bool:
    """Tell whether a card may be used now.

    A case that is opened later than now would never be too old for a policy.
    """
    latest_ms = now_ms + CLOCK_SLACK_MS
    begun = card.issued_ms <= latest_ms and card.opened_ms <= latest_ms + DAY_AHEAD_MS
    return begun and now_ms < card.ends_ms


def verified_roles(
    signed: SignedCard, agency: Agency, keys: RosterKeys | None, now_ms: int
) -> frozenset[str]:
    """Verify the lines below a card, and give the roles of who vouches for it now.

    Args:
        signed: the card, which `require_addressed` has taken.
        agency: the agency's entry in the member list.
        keys: the roster of the agency's nation, or None where there is none.
        now_ms: the time. A note does not say when it was signed, so a key must count now.

    Returns:
        Roles, each once, however many have signed in it.

    Raises:
        SignatureError: if the agency has not signed, or a line by a known key does not verify.
    """
    # Whatever the agency's key is called, it does not vouch for the agency's own card.
    signers = _signers(signed, VerifierKey(agency.name, agency.signing_public), keys)
    if keys is None or not keys.roster.in_force(now_ms):
        return frozenset()
    return frozenset(key.role for key in signers if key.counts_at(now_ms))


@lru_cache(maxsize=_REMEMBERED)
def _signers(
    signed: SignedCard, agency: VerifierKey, keys: RosterKeys | None
) -> tuple[RoleKey, ...]:
    """Verify the lines of a card; a function of its octets and of keys, so it is remembered."""
    known = list(_named(signed, agency, keys))
    opened = open_note(signed.note, [agency, *(key.vkey for key in known)], CARD_CAP)
    if agency.name not in opened.names:
        raise SignatureError("the agency has not signed its case card")
    return tuple(key for key in known if key.vkey.name in opened.names)


def _named(signed: SignedCard, agency: VerifierKey, keys: RosterKeys | None) -> Iterable[RoleKey]:
    if keys is None:
        return
    for name in dict.fromkeys(signed.signed_by):
        key = keys.by_name.get(name)
        if key is not None and key.vkey.public_key != agency.public_key:
            yield key
