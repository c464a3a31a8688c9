"""The names of kinds of identifiers on the pages; a test holds them equal to the table of kinds."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fedquery.desk.language import N_
from fedquery.desk.voice import Say

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "phone": N_("phone number"),
        "account": N_("bank account"),
        "wallet": N_("wallet address"),
        "payment-card": N_("payment card"),
        "national-id": N_("national identity number"),
        "passport": N_("passport"),
        "imei": N_("mobile device (IMEI)"),
        "imsi": N_("subscription (IMSI)"),
        "iccid": N_("SIM card (ICCID)"),
        "email": N_("e-mail address"),
        "domain": N_("domain"),
        "url": N_("web page"),
        "ip": N_("IP address"),
        "handle": N_("messenger name"),
        "e-wallet": N_("electronic wallet"),
    }
)


def kind_name(kind: str, say: Say) -> str:
    """Name a kind of identifiers; one that is not known here as the wire writes it.

    Args:
        kind: its name on the wire.
        say: the language of the visitor.
    """
    name = NAMES.get(kind)
    return kind if name is None else say(name)
