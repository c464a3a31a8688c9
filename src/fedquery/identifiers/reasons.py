"""Say why a text was refused, or taken with a doubt, in words that never hold the text."""

from enum import StrEnum

from fedquery.errors import IdentifierError


class Reason(StrEnum):
    """Why a text is no identifier: a closed set, so that no refused value can slip into it."""

    UNKNOWN_KIND = "there is no such kind"
    UNKNOWN_NATION = "its nation is unknown"
    NO_NATION = "it does not say of which nation it is"
    UNRECOGNISED = "it is of no known kind"
    AMBIGUOUS = "it can be read in more than one way"
    EMPTY = "nothing is left of it without spaces"
    TOO_LONG = "it is too long"
    TEXT_TOO_LONG = "the text is too long"
    TOO_MANY = "it holds more identifiers than are taken at once"
    CHARACTERS = "it holds characters that do not belong there"
    MIXED_DIGITS = "it mixes the digits of several scripts"
    MASKED = "a part of it is masked"
    DECIMAL = "it is written as a decimal fraction, as spreadsheets write numbers"
    EXTENSION = "it holds an extension"
    SHORT_CODE = "it is a short code, not a subscriber's number"
    NO_PLUS = "it is no number of its nation, and would be one of another with a plus before it"
    NOT_POSSIBLE = "no numbering plan has numbers like it"
    ISSUER = "no issuer has numbers like it"
    DOCUMENT = "it is another document than a passport"
    PLACE = "its place or township is in no list"
    DATE = "its date of birth is no date"
    BANK = "its bank is no bank code of its nation"
    OTHER_NATION = "its bank is in another nation than it says"
    LENGTH = "it is too short or too long"
    CHECKSUM = "its checksum is wrong, so a character is wrong"
    ADDRESS_FORM = "it is no address of a known form"
    OTHER_COIN = "it is an address of a coin that is not supported"
    OTHER_NETWORK = "it is an address of a test network"
    PAYMENT_REQUEST = "it asks for a contract call, and the payee is not its address"
    NO_HOST = "it has no name of a host with its domain"
    NOT_PUBLIC = "it is an address or name that is not of the public Internet"
    NOT_REGISTERED = "everybody can register a name below it"
    PAGE = "it is the address of a page, not a domain"
    DOMAIN = "it is a domain, not the address of a page"
    SCHEME = "it is no address of a web page"
    MESSENGER = "it names an account of a messenger"
    IP_FORM = "it is no address of the Internet protocol"
    RANGE = "it is a range of addresses"
    PORT = "its port is none, or is given twice"
    TIME = "its time is none that is known"
    NO_ZONE = "its time does not say in which zone it is"
    NO_SERVICE = "it does not say of which service it is"
    HANDLE_FORM = "it is no name of its service"
    NO_NAME_IN_LINK = "its link names nobody"
    PAYMENT_CODE = "it is no payment code"
    NO_PAYEE = "it names nobody who is paid"
    BANKS_NAME = "it names a bank, and all of its customers have it"
    PHONE = "it is a phone number"
    OTHER_KIND = "it is an identifier of another kind"


class Notice(StrEnum):
    """What to know about an identifier that was taken: a closed set as well."""

    NOT_IN_PLAN = "possible, but not in the known numbering plan"
    RENUMBERED = "an old or short spelling was brought to today's numbering"
    RIVAL_READING = "a rarer international prefix would give another number"
    NO_BANK = "no bank is named, so a match is a possible hit only"
    BANK_NOT_LISTED = "the bank is not in the table, so its other codes do not match"
    ISSUER_ASSUMED = "its issuer was taken from the holder's nationality"
    TOWNSHIP_NOT_LISTED = "the township is not in the table, so its Latin spellings do not match"
    UNCHECKED = "it has no check digit, so a mistyped one is another one"
    NO_CHECKSUM = "addresses of this form have no checksum, so a mistyped one is not noticed"
    ENDING_NOT_LISTED = "its ending is in no list of top-level domains"
    BELOW = "some host below a domain, so a match is a possible hit only"
    ANY_TAG = "with whatever tag, so a match is a possible hit only"
    ANY_AT_SIGN = "with or without an at sign, so a match is a possible hit only"
    ANY_PAGE = "some page of a host, so a match is a possible hit only"
    USER_LEFT_OUT = "a user name before the host was left out"
    BARE_ADDRESS = "an IPv4 address without its time is many people's: a possible hit only"
    NO_PORT = "without the port an IPv4 address is many people's: a possible hit only"
    DAY_BY_UTC = "a day was taken as a day of UTC, and a match is a possible hit only"
    PORT_LEFT_OUT = "a port without its hour says nothing, and was left out"
    TIME_NOT_NEEDED = "time and port of an IPv6 address are not needed, and were left out"
    SITE = "a network of 64 bits is a household's or more, so a match is a possible hit only"


_ADVICE = {
    Reason.UNKNOWN_KIND: "Choose one of the kinds that this installation knows.",
    Reason.AMBIGUOUS: "Write a phone with its +country code, an account as NATION:BANK:NUMBER, a"
    " township of Myanmar in Burmese letters.",
    Reason.NO_NATION: "Write a phone with its +country code, all else with its nation before it:"
    " THA:AA1234567, VN:001099012345.",
    Reason.ISSUER: "Look whether it is of this kind, and whether all of it is there.",
    Reason.TEXT_TOO_LONG: "Paste it in parts, of 1,048,576 characters at most.",
    Reason.TOO_MANY: "Paste it in parts.",
    Reason.PLACE: "Look at its first digits again; write a township in Burmese letters.",
    Reason.NO_PLUS: "Write the plus before the country code, if that is what it begins with.",
    Reason.EXTENSION: "Leave the extension out and ask about the main number.",
    Reason.MASKED: "Ask for the whole value; a masked one cannot be matched.",
    Reason.DECIMAL: "Export the column as text: a spreadsheet drops leading zeros and rounds.",
    Reason.CHECKSUM: "Copy it again from its source; do not type it.",
    Reason.ADDRESS_FORM: "Copy the whole address again from its source.",
    Reason.OTHER_COIN: "Ask about an address on Bitcoin, an EVM chain, TRON, Solana or TON.",
    Reason.OTHER_NETWORK: "Ask about the address on the main network; test coins have no value.",
    Reason.PAYMENT_REQUEST: "Open the request in a wallet and copy the payee's address.",
    Reason.NO_HOST: "Write the whole name, as login.example.com.",
    Reason.NOT_PUBLIC: "Ask about the public address or name that was used.",
    Reason.NOT_REGISTERED: "Write the name that was registered, as example.co.th.",
    Reason.PAGE: "Ask about it as a url, or about its host alone.",
    Reason.DOMAIN: "Ask about it as a domain, or write the slash that ends it.",
    Reason.MESSENGER: "Ask about it as a handle, or where it has a number as a phone.",
    Reason.RANGE: "Ask about single addresses, or an IPv6 network of 64 bits.",
    Reason.TIME: "Write the time as 2026-11-25T20:15+07:00.",
    Reason.NO_ZONE: "Write Z behind a time of UTC, or +07:00 behind one of Thailand.",
    Reason.NO_SERVICE: "Write the service before it, as telegram:name or promptpay:digits.",
    Reason.NO_NAME_IN_LINK: "Ask about the link as a url.",
    Reason.BANKS_NAME: "Ask about the account that the payment code names beside it.",
    Reason.PHONE: "Ask about it as a phone.",
    Reason.OTHER_KIND: "Ask about it as the kind that it is.",
}


def refuse(reason: Reason) -> IdentifierError:
    """Make the error of one reason, with its advice where there is better than the usual one."""
    return IdentifierError(reason.value, do=_ADVICE.get(reason, ""))
