"""Verify receipts that are on the disk, for the pages that show what was verified."""

import asyncio
from dataclasses import replace

from fedquery.ask import receipt, receipts
from fedquery.ask.client import Client
from fedquery.ask.home import AskHome
from fedquery.ask.place import proved_size
from fedquery.ask.receipt import Check, Shown
from fedquery.desk.proof import Checked
from fedquery.errors import (
    EncodingError,
    FormerKeyError,
    InputError,
    ProofError,
    SignatureError,
)
from fedquery.federation.trust import Trust

NO_ANSWER = Checked(missing="no-answer")


async def checked_of(client: Client, name: str) -> Checked:
    """Verify a receipt; other pages are served meanwhile.

    Args:
        client: the open client of the agency.
        name: the name of the file, as an outcome has it; "" where no answer came.
    """
    if not name:
        return NO_ANSWER
    return await asyncio.to_thread(check, client.home, client.session.trust, name)


def check(home: AskHome, trust: Trust, name: str) -> Checked:
    """Verify a receipt that was kept.

    Args:
        home: the home of the agency.
        trust: the members, and the policy in force.
        name: the name of the file.
    """
    passed: list[Check] = []
    try:
        shown = receipt.verify(receipts.read(home.receipts / name), trust, passed.append)
    except FormerKeyError:
        return Checked(missing="former-key")
    except (ProofError, EncodingError, InputError):
        return Checked(tuple(passed))
    except OSError:
        return Checked(missing="gone")
    return _with_place(home, trust, name, Checked(tuple(passed), shown), shown)


def _with_place(home: AskHome, trust: Trust, name: str, found: Checked, shown: Shown) -> Checked:
    """Say besides what became of the place in the log that the answer promises."""
    try:
        size = proved_size(home.receipts, name, shown, trust.federation.nodes[shown.nation])
    except SignatureError:
        # Of another log than the nation has by now; nothing is wrong with the answer.
        return replace(found, place="of another log")
    except (ProofError, EncodingError):
        return replace(found, place="false")
    except OSError:
        return found
    return replace(found, shown=replace(shown, proved_size=size), place="proved") if size else found
