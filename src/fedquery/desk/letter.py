"""A formal request for a record that was found, in the officer's language and in English.

It names no identifier and no number of the agency's own: the holder finds the record by its own
reference, by the entry of its own log, and by the name that it knows the case by.
"""

from dataclasses import dataclass, field
from typing import Final

from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.voice import Voice

_SUBJECT: Final = N_("Request about a record that you hold")
_TO: Final = N_("To")
_FROM: Final = N_("From")
_DATE: Final = N_("Date")
_REFERENCE: Final = N_("Your reference")
_CASE: Final = N_("The case, as your node knows it")
_DATASET: Final = N_("Your dataset and its version")
_ENTRY: Final = N_("Entry of your log")
_RECEIPT: Final = N_("Our receipt")
_ASKED: Final = N_("Asked on")
_TOLD: Final = N_("Your node answered our question with a hit. A hit is a lead, not evidence.")
_PLEASE: Final = N_(
    "Please confirm this record, and tell us what of it may be used, by the way that the law gives."
)
_NAMELESS: Final = N_(
    "This letter names no identifier. You find the record by your reference or by the entry."
)
_UNCLAIMED: Final = N_("not claimed yet")
_SIGNED: Final = (N_("Name"), N_("Office"), N_("Signature and seal"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is asked for.

    Attributes:
        nation: the holder.
        agency: the agency that asks.
        contact: how the holder's contact is reached; "" where it was not told.
        reference: the holder's file reference; "" before a claim.
        pseudonym: the name by which the holder knows the case.
        dataset: the dataset.
        version: the version in which it was found.
        entry: the entry of the holder's log; None where it names none.
        receipt: the name of the receipt.
        asked_ms: when it was asked.
    """

    nation: str
    agency: str
    contact: str = ""
    reference: str = field(default="", repr=False)
    pseudonym: str = field(repr=False)
    dataset: str
    version: int | None
    entry: int | None
    receipt: str
    asked_ms: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in one language.

    Attributes:
        subject: what it is about.
        head: who writes to whom, and when: labels and values.
        facts: by what the record is found: labels and values.
        sentences: what is asked.
        signed: the lines to be signed on.
    """

    subject: str
    head: tuple[tuple[str, str], ...] = field(repr=False)
    facts: tuple[tuple[str, str], ...] = field(repr=False)
    sentences: tuple[str, ...]
    signed: tuple[str, ...]


def letter_of(found: Found, written: str, voice: Voice) -> Letter:
    """Write the letter in one language.

    Args:
        found: what is asked for.
        written: the day of the letter, as the language writes it.
        voice: of the language.
    """
    say = voice.say
    nation = nation_name(found.nation, say)
    to = f"{nation}: {found.contact}" if found.contact else nation
    version = "" if found.version is None else f", {voice.number(found.version)}"
    facts = [
        (say(_REFERENCE), found.reference or say(_UNCLAIMED)),
        (say(_CASE), found.pseudonym),
        (say(_DATASET), f"{found.dataset}{version}"),
        (say(_ENTRY), "" if found.entry is None else voice.number(found.entry)),
        (say(_RECEIPT), found.receipt),
        (say(_ASKED), voice.moment(found.asked_ms)),
    ]
    return Letter(
        subject=say(_SUBJECT),
        head=(
            (say(_TO), to),
            (say(_FROM), found.agency),
            (say(_DATE), written),
        ),
        facts=tuple((label, value) for label, value in facts if value),
        sentences=(say(_TOLD), say(_PLEASE), say(_NAMELESS)),
        signed=tuple(map(say, _SIGNED)),
    )
