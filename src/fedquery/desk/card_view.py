"""What is shown of the cards of a case: the facts that go to holders, and who has signed them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from fedquery.cases.case_file import CaseFile
from fedquery.desk.case_form import ROLE_NAMES
from fedquery.desk.facts import Facts
from fedquery.desk.facts_words import old_on_cards
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.voice import Voice

_STATE: Final = N_("State")
_OPEN: Final = N_("open")
_CLOSED: Final = N_("closed")
_ENDED: Final = N_("ended")
_OFFENCE: Final = N_("Offence")
_PENALTY: Final = N_("Highest penalty in years")
_LIFE: Final = N_("for life")
_OPENED: Final = N_("Opened")
_CROSSES: Final = N_("Crosses a border")
_PERSON: Final = N_("Whom identifiers may belong to")
_ENDS: Final = N_("The cards end")
_HOLDERS: Final = N_("Cards for")
_SIGNED: Final = N_("Signed by")
_YES: Final = N_("yes")
_NO: Final = N_("no")
_FOR_LIFE: Final = 99


@dataclass(frozen=True, slots=True)
class CardView:
    """The cards of a case.

    Attributes:
        usable: whether questions can go out with them.
        facts: what they say: labels and values.
        signed_by: the names on the signatures; none of them is verified here, a holder does.
        old: what they say otherwise than the case does by now.
    """

    usable: bool
    facts: tuple[tuple[str, str], ...] = field(repr=False)
    signed_by: tuple[str, ...]
    old: tuple[str, ...] = ()


def card_view(
    file: CaseFile, facts: Facts | None, now_ms: int, voice: Voice, day: Callable[[date], str]
) -> CardView:
    """Tell the cards of a case.

    Args:
        file: the file of the opened case.
        facts: what the case says by now; None where nothing is kept.
        now_ms: the time.
        voice: of the visitor.
        day: writes a day as the visitor does.
    """
    say, card = voice.say, file.facts
    ended = now_ms >= card.ends_ms
    usable = file.state == "open" and not ended
    state = _CLOSED if file.state == "closed" else _ENDED if ended else _OPEN
    years = card.maximum_penalty_years
    signed_by = file.cards[0].signed_by
    found = (
        (_STATE, say(state)),
        (_OFFENCE, card.offence),
        (_PENALTY, say(_LIFE) if years == _FOR_LIFE else voice.number(years)),
        # A card says a day as its midnight in UTC, whatever the clock of whoever reads it.
        (_OPENED, day(datetime.fromtimestamp(card.opened_ms / 1000, UTC).date())),
        (_CROSSES, say(_YES if card.transnational else _NO)),
        (_PERSON, say(ROLE_NAMES.get(card.person_role, card.person_role))),
        (_ENDS, voice.moment(card.ends_ms)),
        (_HOLDERS, ", ".join(nation_name(one.card.holder, say) for one in file.cards)),
        (_SIGNED, ", ".join(signed_by)),
    )
    return CardView(
        usable=usable,
        facts=tuple((say(label), value) for label, value in found if value),
        signed_by=signed_by,
        old=old_on_cards(facts, file, voice) if usable else (),
    )
