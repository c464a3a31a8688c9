"""Whether somebody may still follow what comes line by line: asked anew at each line."""

from fedquery.desk import cases
from fedquery.desk.access import NotThereError
from fedquery.desk.service import Desk
from fedquery.desk.sessions import Visitor


def may_follow(desk: Desk, visitor: Visitor, case_id: str) -> bool:
    """Say whether somebody may still read what comes: signed in, and in the case.

    Args:
        desk: the desk.
        visitor: who follows.
        case_id: the case of what they follow.
    """
    if not desk.is_here(visitor):
        return False
    try:
        cases.read(desk.store, visitor, case_id)
    except NotThereError:
        return False
    return True
