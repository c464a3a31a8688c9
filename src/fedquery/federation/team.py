r"""Joint teams: agencies of several nations, under a name that policies and records may name.

    fedquery.team/v1
    federation mekong
    name Joint Team 2026-07
    number 1
    created 2026-07-01T00:00:00Z
    ends 2027-07-01T00:00:00Z
    member KH/national-police
    member TH/cyber-police

The body of a signed note by the root keys of all nations that have a member in it. Members are
sorted, and there is one way to write a team.
"""

from dataclasses import dataclass
from typing import Final

from fedquery.cases.moment import parse_moment, render_moment
from fedquery.errors import EncodingError, InputError, SignatureError
from fedquery.federation import names
from fedquery.federation.members import Federation
from fedquery.federation.roster import DAY_MS, MOST_NUMBER, check_figures
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.tlog.decimal import parse_decimal
from fedquery.tlog.note import open_note, split_note

MOST_MEMBERS: Final = 64
MOST_LIFE_MS: Final = 3 * 366 * DAY_MS
TEAM_CAP: Final = 32 * 1024

_WHAT: Final = "team note"
_TITLE: Final = "fedquery.team/v1"
_FIGURES: Final = ("federation", "name", "number", "created", "ends")


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A joint team at one number of its note.

    Attributes:
        federation: the federation's name.
        name: 3 to 40 characters, as policies name it.
        number: counts the notes of this name from 1; a lower one than was seen is refused.
        created_ms: when it was made, whole seconds.
        ends_ms: when the team ends, at most three years later, whole seconds.
        members: the agencies, ascending.
    """

    federation: str
    name: str
    number: int
    created_ms: int
    ends_ms: int
    members: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse values out of form.

        Raises:
            InputError: with what is wrong.
        """
        names.check_federation_name(self.federation)
        names.check_team(self.name)
        check_figures(self.number, self.created_ms, self.ends_ms, MOST_LIFE_MS)
        for member in self.members:
            names.check_agency(member)
        if list(self.members) != sorted(set(self.members)):
            raise InputError("a member stands twice or out of order")
        if not 1 <= len(self.members) <= MOST_MEMBERS:
            raise InputError("a team has no members, or too many")

    @property
    def parties(self) -> tuple[str, ...]:
        """Give the nations that must have signed: those that have a member in it, ascending."""
        return tuple(sorted({names.nation_of(member) for member in self.members}))

    def in_force(self, now_ms: int) -> bool:
        """Tell whether the team is there now."""
        return self.created_ms <= now_ms + CLOCK_SLACK_MS and now_ms < self.ends_ms

    def render(self) -> bytes:
        """Write the team in its one form, ready to be signed."""
        figures = (
            self.federation,
            self.name,
            str(self.number),
            render_moment(self.created_ms),
            render_moment(self.ends_ms),
        )
        lines = [_TITLE, *(f"{key} {value}" for key, value in zip(_FIGURES, figures, strict=True))]
        lines += [f"member {member}" for member in self.members]
        return "".join(f"{line}\n" for line in lines).encode("ascii")

    @staticmethod
    def parse(body: bytes) -> "Team":
        """Read exactly what `render` writes.

        Raises:
            EncodingError: if it is anything else, with one text.
        """
        try:
            team = _parse(body)
        except (InputError, ValueError):
            raise EncodingError(f"malformed {_WHAT}") from None
        if team.render() != body:
            raise EncodingError(f"malformed {_WHAT}")
        return team


def _parse(body: bytes) -> Team:
    title, *lines = body.decode("ascii").removesuffix("\n").split("\n")
    head, rest = lines[: len(_FIGURES)], lines[len(_FIGURES) :]
    figures = [line.partition(" ") for line in head]
    if title != _TITLE or tuple(key for key, _, _ in figures) != _FIGURES:
        raise EncodingError(f"malformed {_WHAT}")
    federation, name, number, created, ends = (value for _, _, value in figures)
    return Team(
        federation=federation,
        name=name,
        number=parse_decimal(number, MOST_NUMBER, _WHAT),
        created_ms=parse_moment(created, _WHAT),
        ends_ms=parse_moment(ends, _WHAT),
        # Writing it again refuses a line that begins with another word.
        members=tuple(line.partition(" ")[2] for line in rest),
    )


def open_team(note: bytes, federation: Federation, before: Team | None = None) -> Team:
    """Open a team note that every party must have signed.

    Args:
        note: the signed note.
        federation: the member list in force, which names the root keys.
        before: the note of this name that it replaces; its parties must have signed too, so that
            no others take its name over.

    Raises:
        EncodingError: if it is no team note.
        SignatureError: if a party is not a member nation, or has not signed it.
        InputError: if it is another federation's.
    """
    team = Team.parse(split_note(note, TEAM_CAP)[0])
    parties = sorted({*team.parties, *(before.parties if before is not None else ())})
    if not federation.nations.keys() >= set(parties):
        raise SignatureError("the team has a party that is not on the member list")
    verifiers = [federation.nations[party].root_vkey for party in parties]
    opened = open_note(note, verifiers, TEAM_CAP)
    opened.require(len(verifiers), {verifier.name for verifier in verifiers})
    if team.federation != federation.name:
        raise InputError("the team is another federation's")
    return team
