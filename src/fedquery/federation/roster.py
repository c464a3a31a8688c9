r"""Rosters: the keys with which a nation's supervisors, prosecutors and judges vouch for cases.

    fedquery.roster/v1
    federation mekong
    nation TH
    number 3
    created 2026-11-01T00:00:00Z
    expires 2027-01-30T00:00:00Z
    key prosecutor fedquery/TH/prosecutor/bkk-1+<id>+<key> 2026-11-01T00:00:00Z 2027-11-01T00:00:00Z

The body of a signed note by the nation's root key. Keys are sorted by name, and there is one way to
write a roster: what is read is written again and compared.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from fedquery.cases.moment import check_moment, parse_moment, render_moment
from fedquery.errors import EncodingError, InputError, SignatureError
from fedquery.federation import names
from fedquery.federation.members import Federation
from fedquery.policy.vocabulary import SIGNERS
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.seal.signing import VerifyKey
from fedquery.tlog.decimal import parse_decimal
from fedquery.tlog.note import VerifierKey, open_note, split_note

MOST_KEYS: Final = 256
DAY_MS: Final = 86_400_000
# A key that was taken back may be shown old rosters until they end.
MOST_LIFE_MS: Final = 93 * DAY_MS
ROSTER_CAP: Final = 128 * 1024
MOST_NUMBER: Final = 2**53 - 1

_WHAT: Final = "roster"
_TITLE: Final = "fedquery.roster/v1"
_FIGURES: Final = ("federation", "nation", "number", "created", "expires")


@dataclass(frozen=True, slots=True)
class RoleKey:
    """The key of one person in one role.

    Attributes:
        role: officer, supervisor, prosecutor or judge.
        vkey: the public key, named `fedquery/<nation>/<role>/<label>`.
        not_before_ms: from when its signatures count, whole seconds.
        not_after_ms: until when they count, whole seconds.
    """

    role: str
    vkey: VerifierKey
    not_before_ms: int
    not_after_ms: int

    def __post_init__(self) -> None:
        """Refuse values out of form, and a key whose name says another role.

        Raises:
            InputError: with what is wrong.
        """
        if self.role not in SIGNERS:
            raise InputError("this is no role", do=f"Write one of {', '.join(sorted(SIGNERS))}.")
        nation, role, label = split_role_name(self.vkey.name)
        names.check_nation(nation)
        names.check_label(label)
        if role != self.role:
            raise InputError("the key is named for another role")
        VerifyKey.decode(self.vkey.public_key)
        check_moment(self.not_before_ms, "the beginning of a key")
        check_moment(self.not_after_ms, "the end of a key")
        if self.not_before_ms >= self.not_after_ms:
            raise InputError("a key ends before it begins")

    @property
    def nation(self) -> str:
        """Give the nation that its name says."""
        return split_role_name(self.vkey.name)[0]

    def counts_at(self, now_ms: int) -> bool:
        """Tell whether its signatures count now."""
        return self.not_before_ms <= now_ms < self.not_after_ms


def role_fingerprint(vkey: VerifierKey) -> str:
    """Give what two people compare of a role key: 16 octets of a hash, in groups of four digits.

    The key id of a note has 4 octets, and another key with the same id is found in hours.
    """
    text = hashlib.sha256(vkey.format().encode("ascii")).hexdigest()[:32]
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def split_role_name(name: str) -> tuple[str, str, str]:
    """Split the name of a role key, fedquery/<nation>/<role>/<label>.

    Raises:
        InputError: if it is another name.
    """
    parts = name.split("/")
    if len(parts) != 4 or parts[0] != "fedquery":  # noqa: PLR2004  the parts of the docstring
        raise InputError("this is not the name of a role key")
    return parts[1], parts[2], parts[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who in a nation may vouch for cases, at one number of its roster.

    Attributes:
        federation: the federation's name.
        nation: whose roster it is.
        number: counts the rosters from 1; a lower one than was seen is refused.
        created_ms: when it was made, whole seconds.
        expires_ms: until when it may be used, at most 93 days later, whole seconds.
        keys: ascending by name.
    """

    federation: str
    nation: str
    number: int
    created_ms: int
    expires_ms: int
    keys: tuple[RoleKey, ...] = ()

    def __post_init__(self) -> None:
        """Refuse keys of other nations, and one key under two names.

        Raises:
            InputError: with what is wrong.
        """
        names.check_federation_name(self.federation)
        names.check_nation(self.nation)
        check_figures(self.number, self.created_ms, self.expires_ms, MOST_LIFE_MS)
        if len(self.keys) > MOST_KEYS:
            raise InputError("there are too many keys")
        named = [key.vkey.name for key in self.keys]
        if named != sorted(set(named)) or any(key.nation != self.nation for key in self.keys):
            raise InputError("a key stands twice, out of order, or is another nation's")
        # One person under two names would be two signatures.
        if len({key.vkey.public_key for key in self.keys}) != len(self.keys):
            raise InputError("one key stands under two names")

    def in_force(self, now_ms: int) -> bool:
        """Tell whether it may be used now."""
        return self.created_ms <= now_ms + CLOCK_SLACK_MS and now_ms < self.expires_ms

    def render(self) -> bytes:
        """Write the roster in its one form, ready to be signed."""
        figures = (
            self.federation,
            self.nation,
            str(self.number),
            render_moment(self.created_ms),
            render_moment(self.expires_ms),
        )
        lines = [_TITLE, *(f"{key} {value}" for key, value in zip(_FIGURES, figures, strict=True))]
        lines += [
            f"key {key.role} {key.vkey.format()}"
            f" {render_moment(key.not_before_ms)} {render_moment(key.not_after_ms)}"
            for key in self.keys
        ]
        return "".join(f"{line}\n" for line in lines).encode("ascii")

    @staticmethod
    def parse(body: bytes) -> "Roster":
        """Read exactly what `render` writes.

        Raises:
            EncodingError: if it is anything else, with one text.
        """
        try:
            roster = _parse(body)
        except (InputError, ValueError):
            raise EncodingError(f"malformed {_WHAT}") from None
        if roster.render() != body:
            raise EncodingError(f"malformed {_WHAT}")
        return roster


def check_figures(number: int, created_ms: int, expires_ms: int, most_life_ms: int) -> None:
    """Check the figures of a numbered note.

    Raises:
        InputError: with what is out of range.
    """
    if not 1 <= number <= MOST_NUMBER:
        raise InputError("the number of a note is 1 or more")
    check_moment(created_ms, "the time at which the note was made")
    check_moment(expires_ms, "the end of the note")
    if not 0 < expires_ms - created_ms <= most_life_ms:
        raise InputError(f"such a note lives at most {most_life_ms // DAY_MS} days")


def _parse(body: bytes) -> Roster:
    title, *lines = body.decode("ascii").removesuffix("\n").split("\n")
    head, rest = lines[: len(_FIGURES)], lines[len(_FIGURES) :]
    figures = [line.partition(" ") for line in head]
    if title != _TITLE or tuple(key for key, _, _ in figures) != _FIGURES:
        raise EncodingError(f"malformed {_WHAT}")
    federation, nation, number, created, expires = (value for _, _, value in figures)
    return Roster(
        federation=federation,
        nation=nation,
        number=parse_decimal(number, MOST_NUMBER, _WHAT),
        created_ms=parse_moment(created, _WHAT),
        expires_ms=parse_moment(expires, _WHAT),
        keys=tuple(_key(*line.split(" ")) for line in rest),
    )


def _key(*parts: str) -> RoleKey:
    if len(parts) != 5 or parts[0] != "key":  # noqa: PLR2004  key, role, vkey, two moments
        raise EncodingError(f"malformed {_WHAT}")
    _, role, vkey, begins, ends = parts
    return RoleKey(
        role, VerifierKey.parse(vkey), parse_moment(begins, _WHAT), parse_moment(ends, _WHAT)
    )


def open_roster(note: bytes, federation: Federation) -> Roster:
    """Open a roster that its nation's root key must have signed.

    Args:
        note: the signed note.
        federation: the member list in force, which names the root keys.

    Raises:
        EncodingError: if it is no roster.
        SignatureError: if the nation is not a member, or has not signed it.
        InputError: if it is another federation's, or one of its keys is a member's key.
    """
    roster = Roster.parse(split_note(note, ROSTER_CAP)[0])
    nation = federation.nations.get(roster.nation)
    if nation is None:
        raise SignatureError("the roster is of a nation that is not on the member list")
    open_note(note, [nation.root_vkey], ROSTER_CAP)
    if roster.federation != federation.name:
        raise InputError("the roster is another federation's")
    # An agency whose own key stood here would countersign its own cards.
    if {key.vkey.public_key for key in roster.keys} & federation.public_keys:
        raise InputError("a key of the roster is a member's key of another use")
    return roster
