"""Addresses of pages of this desk, to which a form sends its visitor back.

An address that a form brings may come from elsewhere: whoever signs in must not be sent to a page
of somebody else. Addresses of ours hold no identifier, only places, codes and random ids.
"""

import re
from typing import Final

from starlette.requests import Request

HOME: Final = "/desk/"
LONGEST: Final = 512
_PAGE: Final = re.compile(r"/desk/[a-z0-9/-]{0,200}(?:\?[A-Za-z0-9=&_-]{1,200})?")


def page_of_ours(address: str) -> str:
    """Give an address back if it is of a page of ours, and that of the first page otherwise."""
    return address if _PAGE.fullmatch(address) else HOME


def address_of(request: Request) -> str:
    """Give the address of the page that is asked for, with its parameters."""
    query = request.url.query
    return page_of_ours(f"{request.url.path}?{query}" if query else request.url.path)
