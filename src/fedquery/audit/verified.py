"""What verifying a log has given, as the document that is printed and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fedquery.audit.result_fields import (
    digest,
    listed,
    members,
    number,
    number_or_none,
    pairs,
    text,
    word,
)
from fedquery.encoding.canonical_json import Json

SCHEMA: Final = "fedquery/audit-verify/v1"
VERIFIED: Final = "verified"
UNSIGNED: Final = "signature not verified"
FALSE: Final = "false"
_MOST: Final = 256
_LONGEST_PATH: Final = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """Who has cosigned the log.

    Attributes:
        cosigned: by the name of a witness, when, in seconds since 1970.
        missing: the names of those that have not.
        needed: how many are needed.
        of: how many there are.
        size: of how many entries the log was then.
    """

    cosigned: Mapping[str, int]
    missing: tuple[str, ...]
    needed: int
    of: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What is not wrong, and an auditor wants to know; as `audit.remarks.Remarks`."""

    clock_back_at: int | None
    clock_back_ms: int
    clock_backs: int
    without_outcome: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A log in which nothing is false.

    Attributes:
        is_signed: whether the signature of the log was verified.
        origin: the name of the log.
        size: how many entries it has.
        root: the root of its tree, in hexadecimal.
        witnesses: who has cosigned it; None where nobody asked.
        since: how many entries the older checkpoint has that it extends; None where none was given.
        entries: how many entries there are, by their types.
        unsigned: entries behind the checkpoint, which were not looked at.
        remarks: what an auditor may want to know.
        not_checked: what was not looked at, in words.
    """

    is_signed: bool
    origin: str
    size: int
    root: str
    witnesses: Witnessed | None
    since: int | None
    entries: Mapping[str, int]
    unsigned: int
    remarks: Noted
    not_checked: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """Write the document."""
        remarks = self.remarks
        not_checked: list[Json] = [*self.not_checked]
        return {
            "schema": SCHEMA,
            "verdict": VERIFIED if self.is_signed else UNSIGNED,
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "witnesses": None if self.witnesses is None else _witnesses(self.witnesses),
            "since": self.since,
            "entries": dict(self.entries),
            "unsigned": self.unsigned,
            "remarks": {
                "clock_back_at": remarks.clock_back_at,
                "clock_back_ms": remarks.clock_back_ms,
                "clock_backs": remarks.clock_backs,
                "without_outcome": remarks.without_outcome,
            },
            "not_checked": not_checked,
        }

    @staticmethod
    def from_json(value: Json) -> "Verified":
        """Read the document strictly.

        Raises:
            ValueError: if it is anything else, or contradicts itself.
        """
        keys = ("schema", "verdict", "origin", "size", "root", "witnesses", "since", "entries")
        more = ("unsigned", "remarks", "not_checked")
        schema, verdict, origin, size, root, witnesses, since, entries, *rest = members(
            value, *keys, *more
        )
        unsigned, remarks, not_checked = rest
        word(schema, SCHEMA)
        read = Verified(
            is_signed=word(verdict, VERIFIED, UNSIGNED) == VERIFIED,
            origin=text(origin),
            size=number(size),
            root=digest(root),
            witnesses=None if witnesses is None else _witnessed(witnesses),
            since=number_or_none(since),
            entries={name: number(one) for name, one in pairs(entries, _MOST)},
            unsigned=number(unsigned),
            remarks=_noted(remarks),
            not_checked=tuple(text(one) for one in listed(not_checked, _MOST)),
        )
        _require_consistent(read)
        return read


@dataclass(frozen=True, slots=True, kw_only=True)
class Faulty:
    """A log that is not what it claims to be.

    Attributes:
        file: the file of the log in which it is.
        index: the first entry that is not right, where there is one.
        what: what is wrong.
    """

    file: str
    index: int | None
    what: str

    def to_json(self) -> dict[str, Json]:
        """Write the document."""
        return {
            "schema": SCHEMA,
            "verdict": FALSE,
            "file": self.file,
            "index": self.index,
            "what": self.what,
        }

    @staticmethod
    def from_json(value: Json) -> "Faulty":
        """Read the document strictly.

        Raises:
            ValueError: if it is anything else.
        """
        schema, verdict, file, index, what = members(
            value, "schema", "verdict", "file", "index", "what"
        )
        word(schema, SCHEMA)
        word(verdict, FALSE)
        return Faulty(file=text(file, _LONGEST_PATH), index=number_or_none(index), what=text(what))


def _witnesses(one: Witnessed) -> Json:
    missing: list[Json] = [*one.missing]
    return {
        "cosigned": dict(one.cosigned),
        "missing": missing,
        "needed": one.needed,
        "of": one.of,
        "size": one.size,
    }


def _witnessed(value: Json) -> Witnessed:
    cosigned, missing, needed, of, size = members(
        value, "cosigned", "missing", "needed", "of", "size"
    )
    return Witnessed(
        cosigned={name: number(at_s) for name, at_s in pairs(cosigned, _MOST)},
        missing=tuple(text(one) for one in listed(missing, _MOST)),
        needed=number(needed),
        of=number(of),
        size=number(size),
    )


def _require_consistent(read: Verified) -> None:
    """Refuse what no verification can give: a log below its quorum is told as a false one."""
    if read.since is not None and read.since > read.size:
        raise ValueError("the older checkpoint has more entries")
    seen = read.witnesses
    if seen is None:
        return
    if not read.is_signed:
        raise ValueError("witnesses of a log whose signature was not verified")
    if len(seen.cosigned) < seen.needed:
        raise ValueError("fewer witnesses than are needed")
    if seen.of != len(seen.cosigned) + len(seen.missing) or seen.size > read.size:
        raise ValueError("witnesses of another number, or of a larger log")
    if len(set(seen.missing) - seen.cosigned.keys()) != len(seen.missing):
        raise ValueError("a witness twice, or one that has cosigned and has not")


def _noted(value: Json) -> Noted:
    clock_back_at, clock_back_ms, clock_backs, without_outcome = members(
        value, "clock_back_at", "clock_back_ms", "clock_backs", "without_outcome"
    )
    return Noted(
        clock_back_at=number_or_none(clock_back_at),
        clock_back_ms=number(clock_back_ms),
        clock_backs=number(clock_backs),
        without_outcome=number(without_outcome),
    )
