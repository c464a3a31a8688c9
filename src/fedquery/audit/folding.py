"""Which rows of a table have cells of their own, and which are told together.

A row whose small numbers cannot be hidden among others is told together with more rows of its
group, and a group that is alone so with more groups. In the end all rows may be told together,
which says nothing but the sums.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, TypeAlias

TOGETHER: Final = ""
"""The name of what is not told apart."""

Member: TypeAlias = tuple[str, str]
"""Group and name of what is counted; the name is "" in a group that has no members."""

RowKey: TypeAlias = tuple[str, str]
"""A row: a member; the rest of a group, (group, `TOGETHER`); a group, ("", group); the rest of all
groups, ("", `TOGETHER`)."""

_REST: Final[RowKey] = ("", TOGETHER)
# One of so many unsafe rows of a group is folded at a time, and one at least.
_STEP: Final = 4


class Folding:
    """The rows with cells of one table.

    Args:
        totals: the number of each member.
        shown: the members that begin with a row of their own. Those of a group of which none is
            named begin together, and groups that are not named begin in the rest of all.
    """

    def __init__(self, totals: Mapping[Member, int], shown: Mapping[str, Collection[str]]) -> None:
        self._totals = totals
        self._groups: dict[str, dict[str, set[Member]]] = {}
        self._rest: set[Member] = set()
        for group, name in sorted(totals):
            if group in shown:
                row = name if name in shown[group] else TOGETHER
                self._groups.setdefault(group, {}).setdefault(row, set()).add((group, name))
            else:
                self._rest.add((group, name))

    @property
    def says_nothing(self) -> bool:
        """Tell whether all rows are told together."""
        return not self._groups

    def groups(self) -> dict[RowKey, dict[RowKey, frozenset[Member]]]:
        """List the rows of groups, the rest of all among them, and in each those of its members.

        A group of a single row has the one of the group.
        """
        found: dict[RowKey, dict[RowKey, frozenset[Member]]] = {}
        for group, rows in self._groups.items():
            key = ("", group)
            if len(rows) == 1:
                found[key] = {key: frozenset(*rows.values())}
            else:
                found[key] = {(group, name): frozenset(rows[name]) for name in rows}
        if self._rest:
            found[_REST] = {_REST: frozenset(self._rest)}
        return found

    def fold_some(self, rows: Collection[RowKey]) -> None:
        """Tell some of the rows that are not safe together with others.

        A group is often unsafe only for the sake of a member, and a row for that of a smaller one;
        so the smallest members of each group come first, and groups when no member is left.

        Args:
            rows: rows of `groups`, one at least.
        """
        members = [row for row in rows if row[0]]
        for group in {row[0] for row in members or rows}:
            listed = sorted((row for row in rows if row[0] == group), key=self._size)
            for row in listed[: 1 + len(listed) // _STEP]:
                self.fold(row)

    def fold(self, row: RowKey) -> None:
        """Tell a row together with others.

        Args:
            row: a row of `groups`; one that is gone meanwhile changes nothing.
        """
        group, name = row
        if group and name in self._groups.get(group, {}):
            self._fold_member(self._groups[group], name)
        elif row == _REST or (not group and name in self._groups):
            self._fold_group(name)

    def _size(self, row: RowKey) -> tuple[int, RowKey]:
        group, name = row
        rows = self._groups.get(group or name, {})
        members = (rows.get(name, set()) if group else _all(rows)) or self._rest
        return sum(self._totals[member] for member in members), row

    def _fold_member(self, rows: dict[str, set[Member]], name: str) -> None:
        alone = name == TOGETHER or TOGETHER not in rows
        rest = rows.setdefault(TOGETHER, set())
        if name != TOGETHER:
            rest |= rows.pop(name)
        # One row by itself is not told together with anything.
        if alone and len(rows) > 1:
            rest |= rows.pop(self._smallest({one: rows[one] for one in rows if one != TOGETHER}))

    def _fold_group(self, name: str) -> None:
        alone = name == TOGETHER or not self._rest
        if name != TOGETHER:
            self._rest |= _all(self._groups.pop(name))
        if alone and self._groups:
            totals = {group: _all(rows) for group, rows in self._groups.items()}
            self._rest |= _all(self._groups.pop(self._smallest(totals)))

    def _smallest(self, rows: Mapping[str, Iterable[Member]]) -> str:
        return min(rows, key=lambda name: (sum(self._totals[one] for one in rows[name]), name))


def _all(rows: Mapping[str, set[Member]]) -> set[Member]:
    return {member for members in rows.values() for member in members}
