"""Questions and claims, in the asker's own network: the SDK.

    async with Client.open(Path("~/.config/fedquery").expanduser()) as client:
        lookup = await client.lookup([parse("phone", text).identifier], case)

Names are imported when they are used, so that a program that only needs one does not wait for all.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fedquery.ask.case import Case
    from fedquery.ask.claiming import ClaimOutcome
    from fedquery.ask.client import Client
    from fedquery.ask.doctor import Check
    from fedquery.ask.outcome import Lookup, NationOutcome, Outcome, Witnesses, fold
    from fedquery.ask.sync import SyncClient

_HOME = {
    "Case": "case",
    "Check": "doctor",
    "ClaimOutcome": "claiming",
    "Client": "client",
    "Lookup": "outcome",
    "NationOutcome": "outcome",
    "Outcome": "outcome",
    "SyncClient": "sync",
    "Witnesses": "outcome",
    "fold": "outcome",
}

__all__ = [
    "Case",
    "Check",
    "ClaimOutcome",
    "Client",
    "Lookup",
    "NationOutcome",
    "Outcome",
    "SyncClient",
    "Witnesses",
    "fold",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- as the language has it (PEP 562)
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"fedquery.ask.{_HOME[name]}"), name)
