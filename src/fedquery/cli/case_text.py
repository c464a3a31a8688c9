"""A case on a terminal and as JSON: the facts that a signer reads, and who has signed."""

from typing import Final

from fedquery.cases.case_file import CaseFile
from fedquery.cases.moment import render_moment
from fedquery.cases.signed import CARD_CAP, SignedCard
from fedquery.encoding.canonical_json import Json
from fedquery.errors import SignatureError
from fedquery.federation.roster import Roster
from fedquery.tlog.note import open_note

_LIFE: Final = 99


def case_state(file: CaseFile, now_ms: int) -> str:
    """Say in one word what a case is: open, closed or ended."""
    return "ended" if file.state == "open" and now_ms >= file.facts.ends_ms else file.state


def case_line(file: CaseFile, now_ms: int) -> str:
    """Write one line of a list of cases."""
    signed = ", ".join(file.cards[0].signed_by[1:]) or "the agency alone"
    ends = render_moment(file.facts.ends_ms)[:10]
    return f"{file.number:<20} {case_state(file, now_ms):<7} until {ends}  signed by {signed}"


def case_text(file: CaseFile, now_ms: int, roster: Roster | None = None) -> str:
    """Write the facts of a case as a signer reads them.

    Args:
        file: the case.
        now_ms: the time.
        roster: the roster to verify signatures by, or None to name them only.
    """
    card = file.facts
    years = card.maximum_penalty_years
    lines = [
        f"case          {file.number} ({case_state(file, now_ms)})",
        f"agency        {card.agency} in {card.federation}",
        f"offence       {card.offence or 'not said'}",
        f"penalty       {'life' if years == _LIFE else f'up to {years} years'}",
        f"transnational {'yes' if card.transnational else 'no'}",
        f"opened        {render_moment(card.opened_ms)[:10]}",
        f"person        {card.person_role}",
        f"cards         made {render_moment(card.issued_ms)}, end {render_moment(card.ends_ms)}",
        f"for           {', '.join(one.card.holder for one in file.cards)}",
    ]
    lines += [f"signed        {name}: {word}" for name, word in _signatures(file, roster).items()]
    return "\n".join(lines)


def case_json(file: CaseFile, now_ms: int, roster: Roster | None = None) -> dict[str, Json]:
    """Write a case as JSON; see `case_text`."""
    card = file.facts
    return {
        "number": file.number,
        "state": case_state(file, now_ms),
        "purpose": file.purpose,
        "sensitive": file.sensitive,
        "offence": card.offence,
        "maximum_penalty_years": card.maximum_penalty_years,
        "transnational": card.transnational,
        "opened_ms": card.opened_ms,
        "person_role": card.person_role,
        "issued_ms": card.issued_ms,
        "ends_ms": card.ends_ms,
        "pseudonyms": {one.card.holder: one.card.pseudonym for one in file.cards},
        "signatures": dict(_signatures(file, roster)),
    }


def _signatures(file: CaseFile, roster: Roster | None) -> dict[str, str]:
    """Say of each name that stands below a card what it is worth here."""
    names = dict.fromkeys(name for one in file.cards for name in one.signed_by)
    return {name: _word(file, name, roster) for name in names}


def _word(file: CaseFile, name: str, roster: Roster | None) -> str:
    if not all(name in one.signed_by for one in file.cards):
        return "not on every card"
    if name == file.facts.agency:
        return "the agency"
    if roster is None:
        return "not verified here"
    vkey = next((key.vkey for key in roster.keys if key.vkey.name == name), None)
    if vkey is None:
        return "not in the roster"
    try:
        for one in file.cards:
            _require_signed(one, name, open_note(one.note, [vkey], CARD_CAP).names)
    except SignatureError:
        return "FALSE: holders will refuse these cards"
    return "verified"


def _require_signed(signed: SignedCard, name: str, by: frozenset[str]) -> None:
    if name not in by:
        raise SignatureError(f"a card for {signed.card.holder} is not signed")
