"""Why a reading is doubtful, and how to write what could not be read: in few sentences.

The library names each cause apart, for programs and the command line. An officer needs to know what
to look at; and each sentence here is translated into six languages.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fedquery.desk.language import N_
from fedquery.identifiers.reasons import Notice, Reason

_NOT_LISTED: Final = N_("It is in no list that is known here. Look at it again.")
_NO_CHECK: Final = N_("It has no check digit: a mistyped one is another one.")
_POSSIBLE: Final = N_("It is not exact: a match is a possible hit only.")
_BROUGHT: Final = N_("It was written in an old or short way, and was completed.")
_LEFT_OUT: Final = N_("A part that does not count was left out.")

NOTICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Notice.NOT_IN_PLAN: N_("No numbering plan that is known here has it. Look at it again."),
        Notice.RENUMBERED: _BROUGHT,
        Notice.RIVAL_READING: N_("With another international prefix it is another number."),
        Notice.NO_BANK: N_("No bank is named: a match is a possible hit only."),
        Notice.BANK_NOT_LISTED: _NOT_LISTED,
        Notice.ISSUER_ASSUMED: N_("Its issuer was taken from the nationality."),
        Notice.TOWNSHIP_NOT_LISTED: _NOT_LISTED,
        Notice.UNCHECKED: _NO_CHECK,
        Notice.NO_CHECKSUM: _NO_CHECK,
        Notice.ENDING_NOT_LISTED: _NOT_LISTED,
        Notice.BELOW: _POSSIBLE,
        Notice.ANY_TAG: _POSSIBLE,
        Notice.ANY_AT_SIGN: _POSSIBLE,
        Notice.ANY_PAGE: _POSSIBLE,
        Notice.USER_LEFT_OUT: _LEFT_OUT,
        Notice.BARE_ADDRESS: N_("Without its time it is many people's: a possible hit only."),
        Notice.NO_PORT: N_("Without the port it is many people's: a possible hit only."),
        Notice.DAY_BY_UTC: N_("The day was taken by UTC: a match is a possible hit only."),
        Notice.PORT_LEFT_OUT: _LEFT_OUT,
        Notice.TIME_NOT_NEEDED: _LEFT_OUT,
        Notice.SITE: _POSSIBLE,
    }
)

_FORM: Final = N_("It is no identifier of this kind. Copy it again from its source.")
_NATION: Final = N_(
    "Write a phone number with its country code, as +856 20 …, and all else with its nation."
)
_SEVERAL: Final = N_("It can be read in more than one way. Choose one.")
_TYPED: Final = N_("A digit or letter is wrong. Copy it again from its source.")
_WHOLE: Final = N_("A part of it is missing or masked. The whole is needed.")
_CHARACTERS: Final = N_("It holds letters or signs that do not belong there.")
_OTHER: Final = N_("It is something else. Choose another kind.")
_NOT_OURS: Final = N_("It is of a kind that nobody can be asked about here.")
_LONG: Final = N_("This is too much at once. Paste it in parts.")
_WHEN: Final = N_("Write the time with its zone, as 2026-11-25T20:15+07:00.")

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Reason.UNKNOWN_KIND: _OTHER,
        Reason.UNKNOWN_NATION: _NATION,
        Reason.NO_NATION: _NATION,
        Reason.UNRECOGNISED: _NATION,
        Reason.AMBIGUOUS: _SEVERAL,
        Reason.EMPTY: _WHOLE,
        Reason.TOO_LONG: _FORM,
        Reason.TEXT_TOO_LONG: _LONG,
        Reason.TOO_MANY: _LONG,
        Reason.CHARACTERS: _CHARACTERS,
        Reason.MIXED_DIGITS: _CHARACTERS,
        Reason.MASKED: _WHOLE,
        Reason.DECIMAL: N_("A spreadsheet has changed it. Export the column as text."),
        Reason.EXTENSION: N_("Leave the extension out."),
        Reason.SHORT_CODE: _WHOLE,
        Reason.NO_PLUS: _NATION,
        Reason.NOT_POSSIBLE: _NATION,
        Reason.ISSUER: _TYPED,
        Reason.DOCUMENT: _OTHER,
        Reason.PLACE: _TYPED,
        Reason.DATE: _TYPED,
        Reason.BANK: _TYPED,
        Reason.OTHER_NATION: _TYPED,
        Reason.LENGTH: _WHOLE,
        Reason.CHECKSUM: _TYPED,
        Reason.ADDRESS_FORM: _FORM,
        Reason.OTHER_COIN: _NOT_OURS,
        Reason.OTHER_NETWORK: _NOT_OURS,
        Reason.PAYMENT_REQUEST: _NOT_OURS,
        Reason.NO_HOST: _WHOLE,
        Reason.NOT_PUBLIC: _NOT_OURS,
        Reason.NOT_REGISTERED: _WHOLE,
        Reason.PAGE: _OTHER,
        Reason.DOMAIN: _OTHER,
        Reason.SCHEME: _FORM,
        Reason.MESSENGER: _OTHER,
        Reason.IP_FORM: _FORM,
        Reason.RANGE: N_("Ask about single addresses."),
        Reason.PORT: _TYPED,
        Reason.TIME: _WHEN,
        Reason.NO_ZONE: _WHEN,
        Reason.NO_SERVICE: N_("Write the service before it, as telegram:name."),
        Reason.HANDLE_FORM: _FORM,
        Reason.NO_NAME_IN_LINK: _OTHER,
        Reason.PAYMENT_CODE: _FORM,
        Reason.NO_PAYEE: _WHOLE,
        Reason.BANKS_NAME: N_("It names a bank, and all of its customers have it."),
        Reason.PHONE: _OTHER,
        Reason.OTHER_KIND: _OTHER,
    }
)
NOT_CERTAIN: Final = N_("It may be this, something else or nothing. Tick it if it is meant.")
SEVERAL: Final = _SEVERAL


def of_notice(notice: str) -> str:
    """Give the sentence of a notice; one without a sentence is told as it is."""
    return NOTICES.get(notice, notice)


def of_reason(reason: str) -> str:
    """Give the sentence of a reason; one without a sentence is told as it is."""
    return REASONS.get(reason, reason)
