"""Who may use the desk for what."""

from typing import Final, Literal

Role = Literal["officer", "supervisor", "auditor"]
ROLES: Final[tuple[Role, ...]] = ("officer", "supervisor", "auditor")

ANYBODY: Final = frozenset[Role](ROLES)
ASKERS: Final = frozenset[Role]({"officer", "supervisor"})
SUPERVISORS: Final = frozenset[Role]({"supervisor"})
AUDITORS: Final = frozenset[Role]({"auditor", "supervisor"})


def role_of(text: str) -> Role:
    """Read a role that was kept.

    Raises:
        ValueError: if there is none of this name.
    """
    for role in ROLES:
        if role == text:
            return role
    raise ValueError("there is no such role")
