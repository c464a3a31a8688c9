"""The page of a list, from what is kept of it: what state it is in, and what can be done; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fedquery.desk.access import Reader, may_judge
from fedquery.desk.kept_case import KeptCase
from fedquery.desk.kept_list import (
    BY_OFFICER,
    CASE_CLOSED,
    INTERRUPTED,
    UNASKED,
    KeptList,
    State,
    Verdict,
)
from fedquery.desk.language import N_
from fedquery.desk.voice import Voice
from fedquery.desk.why_words import why_and_what_to_do

STATES: Final[Mapping[State, str]] = MappingProxyType(
    {
        "ready": N_("not asked yet"),
        "waiting": N_("waits for approval"),
        "approved": N_("approved, not asked yet"),
        "declined": N_("declined"),
        "asking": N_("being asked"),
        "stopped": N_("stopped"),
        "ended": N_("ended"),
    }
)
_NOTICES: Final[Mapping[State, str]] = MappingProxyType(
    {
        "waiting": N_("It waits for a supervisor who did not make it. Nothing was asked."),
        "approved": N_("It was approved. Its officer can ask it for a day."),
        "declined": N_("It was declined. Nothing was asked."),
    }
)
_STOPPED: Final[Mapping[str, str]] = MappingProxyType(
    {
        INTERRUPTED: N_("It was interrupted when the desk stopped. Nothing was lost."),
        BY_OFFICER: N_("It was stopped."),
        CASE_CLOSED: N_("It stopped: its case is closed, or its officer no longer acts in it."),
        "fault": N_("It stopped by a fault. Tell the operator of this desk."),
        "list-exceeds-quota": N_("A quota has no room for what is left."),
    }
)
_GO_ON: Final = N_("What was answered is kept, and is not asked or counted again.")
_OVER: Final = N_("The approval is older than a day.")
_LAPSED: Final = N_("The approval is older than a day. Make the list again.")


def word_of(kept: KeptList) -> str:
    """Name the state of a list; where something of it was asked, no word says that nothing was."""
    if kept.state == "approved" and kept.asked_ms:
        return STATES["stopped"]
    return STATES[kept.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """What the page of a list shows and offers.

    Attributes:
        state: how far it is.
        word: the same in words.
        notices: what is to be known first.
        was_asked: whether something of it may have been sent.
        may_ask: whether this person can ask it, or go on with it.
        needs_approval: whether it has to be approved before.
        may_stop: whether they can stop it.
        may_discard: whether they can erase it, for nothing of it was asked.
        may_approve: whether they decide on it.
        may_review: whether they review it.
    """

    state: State
    word: str
    notices: tuple[str, ...]
    was_asked: bool
    may_ask: bool
    needs_approval: bool
    may_stop: bool
    may_discard: bool
    may_approve: bool
    may_review: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What second persons found of a list, and what is wanted of them.

    Attributes:
        approval: what was decided; None before.
        review: what was found afterwards; None before.
        is_long: whether one person alone may not ask it.
        has_lapsed: whether its approval is too old to be used.
    """

    approval: Verdict | None
    review: Verdict | None
    is_long: bool
    has_lapsed: bool = False


def list_view(
    kept: KeptList, kept_case: KeptCase, reader: Reader, found: Found, voice: Voice
) -> ListView:
    """Lay out the page of a list.

    Args:
        kept: the list.
        kept_case: its case.
        reader: who looks at it.
        found: what second persons found.
        voice: of the visitor.
    """
    is_own = kept.account_id == reader.account_id
    acts = is_own and kept_case.state == "open" and reader.account_id in kept_case.members
    lapsed = found.has_lapsed
    approved = found.approval is not None and found.approval.finding == "approved" and not lapsed
    can_begin = kept.state in {"ready", "approved", "stopped", "ended"}
    return ListView(
        state=kept.state,
        word=voice.say(word_of(kept)),
        notices=tuple(map(voice.say, _notices(kept, lapsed=lapsed))),
        was_asked=kept.asked_ms > 0,
        may_ask=acts
        and can_begin
        and (approved or not found.is_long or kept.state == "ready" or kept.asked_ms > 0),
        needs_approval=found.is_long and not approved,
        may_stop=acts and kept.state == "asking",
        may_discard=is_own and kept.is_unasked,
        may_approve=kept.state == "waiting" and may_judge(reader, kept.account_id),
        may_review=(
            kept.new.is_urgent
            and kept.asked_ms > 0
            and found.review is None
            and may_judge(reader, kept.account_id)
        ),
    )


def _notices(kept: KeptList, *, lapsed: bool) -> list[str]:
    if kept.state == "stopped":
        stopped = _STOPPED.get(kept.why)
        over = [_OVER] if lapsed else []
        return [*([stopped] if stopped else why_and_what_to_do(kept.why)), _GO_ON, *over]
    if kept.asked_ms and kept.state in UNASKED:
        # Something of it was asked by an approval that has ended: nothing says that nothing was.
        return [*_of_rest(kept, lapsed=lapsed), _GO_ON]
    if lapsed and kept.state == "approved":
        return [_LAPSED]
    return [_NOTICES[kept.state]] if kept.state in _NOTICES else []


def _of_rest(kept: KeptList, *, lapsed: bool) -> list[str]:
    if kept.state != "approved":
        return []
    return [_OVER if lapsed else _NOTICES["approved"]]
