"""The page on which a question is written, from its draft: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fedquery.desk import doubts
from fedquery.desk.case_form import AIM_NAMES, PURPOSE_NAMES, ROLE_NAMES, CaseFields
from fedquery.desk.drafts import Draft
from fedquery.desk.kept_case import KeptCase
from fedquery.desk.kind_names import kind_name
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.reading import MOST_ASKED, Chip, asked, plan_of
from fedquery.desk.voice import Voice

# For the choice of a case: one that is yet to begin.
NEW: Final = ""
_SURENESS: Final[Mapping[str, str]] = {
    "certain": N_("certain"),
    "likely": N_("likely"),
    "doubtful": N_("doubtful"),
    "unread": N_("not read"),
}
_CHOOSE: Final = N_("Choose what it is")
_TIMES: Final = N_("It stood there %(count)s times and is asked once.")
_MERGED: Final = N_("Two of them are the same: it is asked once.")
_NEW_CASE: Final = N_("A case that is new here")
_NOTHING_TICKED: Final = N_("Tick at least one.")
_TOO_MANY: Final = N_("%(count)s are ticked, and a question has 64 at most. Untick some.")
_LIST: Final = N_("For more there are lists.")
NO_NATION: Final = N_("Tick at least one nation.")


@dataclass(frozen=True, slots=True)
class ChipView:
    """One chip as it is shown.

    Attributes:
        place: its number, from 0.
        text: its text, which can be edited.
        kind: what it is taken for, in words; "" while nobody knows.
        nation: of which nation's plan or register it is; "" where that says nothing.
        read: as what it is asked about; "" where that is its text. A bank may stand elsewhere in
            what was pasted, and nobody can agree to what is not shown.
        sureness: the name of its sureness, for its looks.
        sure: its sureness in words.
        is_ticked: whether it is asked about.
        readings: value and words of what it can be; none where there is nothing to choose.
        chosen: the value that is chosen.
        doubts: why it is to be looked at.
        fault: why it cannot be asked about as it stands.
    """

    place: int
    text: str = field(repr=False)
    kind: str
    nation: str
    read: str = field(repr=False)
    sureness: str
    sure: str
    is_ticked: bool
    readings: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    chosen: str = ""
    doubts: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage:
    """The page.

    Attributes:
        draft_id: the draft.
        chips: what may be asked about.
        nations: code, name, and whether it is ticked.
        cases: id and words of the cases that can be chosen.
        case_id: the one that is chosen.
        is_long: whether more are ticked than a question has.
        is_known: whether the facts of the chosen case are kept, so that none are to be typed.
        fields: the facts of a new case.
        purposes: value and words, as are roles and aims.
    """

    draft_id: str
    chips: tuple[ChipView, ...] = field(repr=False)
    nations: tuple[tuple[str, str, bool], ...]
    cases: tuple[tuple[str, str], ...] = field(repr=False)
    case_id: str
    is_long: bool
    is_known: bool
    fields: CaseFields
    purposes: tuple[tuple[str, str], ...]
    roles: tuple[tuple[str, str], ...]
    aims: tuple[tuple[str, str], ...]


def ask_page(
    draft: Draft, others: Sequence[str], cases: Iterable[KeptCase], voice: Voice
) -> AskPage:
    """Lay out the page of a draft.

    Args:
        draft: the draft.
        others: the nations that can be asked.
        cases: those in which the visitor acts.
        voice: of the visitor.
    """
    kept = list(cases)
    say = voice.say
    ticked = set(others if draft.nations is None else draft.nations)
    facts = {one.case_id: one.facts for one in kept}
    return AskPage(
        draft_id=draft.draft_id,
        chips=tuple(chip_view(place, chip, voice) for place, chip in enumerate(draft.chips)),
        nations=tuple((code, nation_name(code, say), code in ticked) for code in others),
        cases=((NEW, say(_NEW_CASE)), *((one.case_id, _named(one)) for one in kept)),
        case_id=draft.case_id,
        is_long=len(asked(draft.chips)) > MOST_ASKED,
        is_known=facts.get(draft.case_id) is not None,
        fields=draft.fields,
        purposes=_named_all(PURPOSE_NAMES, voice),
        roles=_named_all(ROLE_NAMES, voice),
        aims=_named_all(AIM_NAMES, voice),
    )


def chip_view(place: int, chip: Chip, voice: Voice) -> ChipView:
    """Show one chip."""
    say, identifier = voice.say, chip.identifier
    several = len(chip.readings) > 1
    nation = plan_of(identifier) if identifier is not None else ""
    return ChipView(
        place=place,
        text=chip.text,
        kind=kind_name(identifier.kind, say) if identifier is not None else "",
        nation=nation_name(nation, say) if nation else "",
        read=_read(chip),
        sureness=chip.sureness,
        sure=say(_SURENESS[chip.sureness]),
        is_ticked=chip.is_ticked,
        readings=_readings(chip, voice) if several else (),
        chosen="" if chip.chosen is None else str(chip.chosen),
        doubts=tuple(_doubts(chip, voice)),
        fault=say(doubts.of_reason(chip.fault)) if chip.sureness == "unread" else "",
    )


def faults_of(chips: Sequence[Chip], nations: Sequence[str] | None, voice: Voice) -> dict[str, str]:
    """Say what keeps the chips and nations from being asked, by field.

    Args:
        chips: as they stand.
        nations: those that are ticked; None where none were to be ticked yet.
        voice: of the visitor.
    """
    say, faults = voice.say, {}
    for place, chip in enumerate(chips):
        if chip.is_ticked and chip.identifier is None:
            unread = chip.sureness == "unread"
            faults[f"chip-{place}"] = say(
                doubts.of_reason(chip.fault) if unread else doubts.SEVERAL
            )
    count = len(asked(chips))
    if not count and not faults:
        faults["chips"] = say(_NOTHING_TICKED)
    if count > MOST_ASKED:
        faults["chips"] = f"{say(_TOO_MANY, count=voice.number(count))} {say(_LIST)}"
    if nations is not None and not nations:
        faults["nations"] = say(NO_NATION)
    return faults


def merged_remark(chips: Sequence[Chip], voice: Voice) -> str:
    """Say that chips which were edited mean the same; "" where none do."""
    ticked = [chip for chip in chips if chip.is_ticked and chip.identifier is not None]
    return voice.say(_MERGED) if len(asked(chips)) < len(ticked) else ""


def _read(chip: Chip) -> str:
    read = "" if chip.identifier is None else chip.identifier.canonical
    return "" if read == chip.text else read


def _readings(chip: Chip, voice: Voice) -> tuple[tuple[str, str], ...]:
    choices = [] if chip.chosen is not None and chip.sureness != "doubtful" else [_CHOOSE]
    return (
        *(("", voice.say(text)) for text in choices),
        *(
            (
                str(number),
                f"{kind_name(one.identifier.kind, voice.say)}: {one.identifier.canonical}",
            )
            for number, one in enumerate(chip.readings)
        ),
    )


def _doubts(chip: Chip, voice: Voice) -> Iterable[str]:
    if chip.times > 1:
        yield voice.say(_TIMES, count=voice.number(chip.times))
    if chip.sureness == "doubtful":
        yield voice.say(doubts.SEVERAL if len(chip.readings) > 1 else doubts.NOT_CERTAIN)
    if chip.chosen is not None:
        yield from dict.fromkeys(
            voice.say(doubts.of_notice(one)) for one in chip.readings[chip.chosen].warnings
        )


def _named(kept: KeptCase) -> str:
    return f"{kept.number} · {kept.title}" if kept.title else kept.number


def _named_all(names: Mapping[str, str], voice: Voice) -> tuple[tuple[str, str], ...]:
    return tuple((value, voice.say(text)) for value, text in names.items())
