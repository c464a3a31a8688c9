"""The lines of a trust policy, and how they have to fit each other (c2sp.org/tlog-policy).

Names are octets to the specification, not characters: two names are one if their octets are. Here
they are texts, whose octets that are not UTF-8 are kept as lone surrogates (PEP 383), so that the
same octets give the same text and are written again as they came.
"""

from dataclasses import dataclass, field
from typing import Final

from fedquery.errors import EncodingError
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.tlog.decimal import parse_decimal
from fedquery.tlog.note import VerifierKey

NONE: Final = "none"
# tlog-policy, Implementation limits: at least 32 of each. A note holds no more lines than 64.
MOST: Final = 64
_MOST_ITEM: Final = 512
_BLANKS: Final = " \t"
_DEL: Final = 0x7F


@dataclass(frozen=True, slots=True)
class NamedLog:
    """A log that is accepted.

    Attributes:
        key: its key; the name of the key is the origin.
        url: where it is, or "".
    """

    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness.

    Attributes:
        name: its name in the policy.
        key: its key, which has a name of its own.
        url: where it is, or "".
    """

    name: str
    key: CosignatureKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group, which has witnessed what at least k of its members have witnessed.

    Attributes:
        name: its name.
        k: how many, 1 to the number of members.
        members: names of witnesses and of other groups.
    """

    name: str
    k: int
    members: tuple[str, ...]


@dataclass(slots=True)
class Draft:
    """The lines so far; each is checked against those before it."""

    logs: list[NamedLog] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str = ""
    _names: set[str] = field(default_factory=set)
    _placed: set[str] = field(default_factory=set)
    _keys: set[bytes] = field(default_factory=set)
    _lines: set[tuple[str, bytes]] = field(default_factory=set)

    def add(self, line: NamedLog | Witness | Group) -> None:
        """Add a line.

        Raises:
            ValueError: if it does not fit those before it; the text says why, and no value.
        """
        match line:
            case NamedLog():
                _require_url(line.url)
                self._add_key(line.key)
                _require_room(self.logs)
                self.logs.append(line)
            case Witness():
                self._define(line.name)
                _require_url(line.url)
                self._add_key(line.key)
                _require_room(self.witnesses)
                self.witnesses.append(line)
            case Group():
                self._place(line)
                self._define(line.name)
                _require_room(self.groups)
                self.groups.append(line)

    def set_quorum(self, name: str) -> None:
        """Say which witness or group is the quorum.

        Raises:
            ValueError: if it was said before, or the name is not defined before.
        """
        if self.quorum:
            raise ValueError("the quorum is said twice")
        if name != NONE and name not in self._names:
            raise ValueError("the quorum is a name that is not defined before")
        self.quorum = name

    def _define(self, name: str) -> None:
        if not is_item(name):
            raise ValueError("this is not a name")
        if name == NONE or name in self._names:
            raise ValueError("this name is defined before")
        self._names.add(name)

    def _add_key(self, key: VerifierKey | CosignatureKey) -> None:
        # tlog-policy, Public key representation: two are duplicates if the key itself is the same,
        # whatever its name. One in both uses would be a log that vouches for itself.
        if key.public_key in self._keys:
            raise ValueError("this key stands before")
        # A line of a note says no more of its key than these.
        if (key.name, key.key_id) in self._lines:
            raise ValueError("two keys cannot be told apart in a note")
        self._keys.add(key.public_key)
        self._lines.add((key.name, key.key_id))

    def _place(self, group: Group) -> None:
        if not 1 <= group.k <= len(group.members):
            raise ValueError("the number of a group is 1 to the number of its members")
        for member in group.members:
            if member not in self._names:
                raise ValueError("a member of the group is not defined before")
            # tlog-policy, Defining a witness group: each name is a member at most once, so that a
            # witness counts in one way only.
            if member in self._placed:
                raise ValueError("a name is a member twice")
            self._placed.add(member)


def _require_room(lines: list[NamedLog] | list[Witness] | list[Group]) -> None:
    if len(lines) >= MOST:
        raise ValueError(f"there are more than {MOST} of them")


def _require_url(url: str) -> None:
    if url and not is_item(url):
        raise ValueError("this is not a URL")


def has_control(octets: bytes) -> bool:
    """Tell whether octets have a control character other than a tab."""
    # tlog-policy, Character set: 0x09, 0x0A, 0x20 to 0x7E, 0x80 to 0xFF; lines were split at 0x0A.
    return any((octet < ord(" ") and octet != ord("\t")) or octet == _DEL for octet in octets)


def is_item(text: str) -> bool:
    """Tell whether a text can stand in a line by itself."""
    octets = text.encode("utf-8", "surrogateescape")
    blank = any(octet in _BLANKS.encode() for octet in octets)
    return 0 < len(octets) <= _MOST_ITEM and not blank and not has_control(octets)


def read_line(draft: Draft, text: str) -> None:
    """Read one line, without its newline, and add what it says.

    Raises:
        ValueError: if it is no line of a policy or does not fit; the text says why, and no value.
    """
    if has_control(text.encode("utf-8", "surrogateescape")):
        raise ValueError("it has a control character")
    stripped = text.strip(_BLANKS)
    # A comment is a line of its own: elsewhere a # is a character like others.
    if not stripped or stripped.startswith("#"):
        return
    # tlog-policy, Structure: blanks are space and tab only; str.split() knows many more.
    keyword, *items = filter(None, stripped.replace("\t", " ").split(" "))
    match keyword, items:
        case "log", [vkey, *url] if len(url) <= 1:
            draft.add(NamedLog(_log_key(vkey), *url))
        case "witness", [name, vkey, *url] if len(url) <= 1:
            draft.add(Witness(name, _witness_key(vkey), *url))
        case "group", [name, count, *members] if members:
            draft.add(Group(name, _count(count, len(members)), tuple(members)))
        case "quorum", [name]:
            draft.set_quorum(name)
        case "log" | "witness" | "group" | "quorum", _:
            raise ValueError(f"a {keyword} line has other items")
        case _:
            raise ValueError("it begins with none of log, witness, group, quorum")


def write_lines(draft: Draft) -> list[str]:
    """Write the lines: logs, witnesses, groups, the quorum."""
    return [
        *(" ".join(filter(None, ("log", log.key.format(), log.url))) for log in draft.logs),
        *(
            " ".join(filter(None, ("witness", one.name, one.key.format(), one.url)))
            for one in draft.witnesses
        ),
        *(f"group {group.name} {group.k} {' '.join(group.members)}" for group in draft.groups),
        f"quorum {draft.quorum}",
    ]


def _log_key(vkey: str) -> VerifierKey:
    try:
        return VerifierKey.parse(vkey)
    except EncodingError:
        raise ValueError("this is not the key of a log: a vkey of type 1, Ed25519") from None


def _witness_key(vkey: str) -> CosignatureKey:
    try:
        return CosignatureKey.parse(vkey)
    except EncodingError:
        raise ValueError("this is not the key of a witness: a vkey of type 4, Ed25519") from None


def _count(text: str, members: int) -> int:
    if text in {"any", "all"}:
        return 1 if text == "any" else members
    try:
        return parse_decimal(text, MOST, "group")
    except EncodingError:
        raise ValueError("a group says any, all or a number") from None
