"""Who may read and act in which case: decided here, and nowhere else.

An officer reads and acts in the cases that they began or were added to. A supervisor reads every
case and adds officers, also themselves, to any; they ask and claim as members alone, so that it
stands in the case that they did. An auditor reads logs, and no case. Whatever is not said is denied
as if it were not there, so that nobody learns of a case by its address.
"""

from collections.abc import Collection
from typing import Protocol

from fedquery.desk.language import N_
from fedquery.desk.roles import Role
from fedquery.errors import InputError


class NotThereError(InputError):
    """There is nothing at this address, or nothing that this person may see.

    Args:
        what: one text for both, so that they look alike.
    """

    slug = "not-found"
    default_do = N_("Go back, or begin at the first page.")

    def __init__(self, what: str = N_("There is nothing here.")) -> None:
        super().__init__(what)


class Reader(Protocol):
    """Whoever looks at the desk."""

    @property
    def account_id(self) -> str:
        """Give the id of the account."""

    @property
    def role(self) -> Role:
        """Give the role of the account."""


def may_read(reader: Reader, members: Collection[str]) -> bool:
    """Decide whether somebody may read a case, with its questions, claims and notes.

    Args:
        reader: who wants to.
        members: the accounts that began the case or were added to it.
    """
    if reader.role == "supervisor":
        return True
    return may_act(reader, members)


def may_act(reader: Reader, members: Collection[str]) -> bool:
    """Decide whether somebody may ask, claim, write and close in a case."""
    return reader.role in {"officer", "supervisor"} and reader.account_id in members


def may_add(reader: Reader, owner: str) -> bool:
    """Decide whether somebody may add officers to a case, and take them out of it again."""
    if reader.role == "supervisor":
        return True
    return reader.role == "officer" and reader.account_id == owner


def may_supervise(reader: Reader) -> bool:
    """Decide whether somebody may look over the questions of all officers."""
    return reader.role == "supervisor"


def may_judge(reader: Reader, asker: str) -> bool:
    """Decide whether somebody may approve or review a question: a supervisor, never of their own.

    Args:
        reader: who wants to.
        asker: the account that asks or asked it.
    """
    return may_supervise(reader) and reader.account_id != asker
