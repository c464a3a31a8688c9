"""What came of policy files, as its page tells it: levels in one situation, and what changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from fedquery.desk.case_form import AIM_NAMES, PURPOSE_NAMES, ROLE_NAMES
from fedquery.desk.kind_names import kind_name
from fedquery.desk.language import N_
from fedquery.desk.policy_form import HANDLING_NAMES, SIGNER_NAMES
from fedquery.desk.study_changes import ChangeGroup, change_groups
from fedquery.desk.voice import Voice
from fedquery.policy.asked import Usual
from fedquery.policy.matrix import WORDS
from fedquery.policy.matrix_document import by_names
from fedquery.policy.study import Studied

LEVELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nothing": N_("nothing"),
        "hit": N_("whether there is a record"),
        "reference": N_("also reference and contact"),
        "summary": N_("also what is said of the record"),
        "fault": N_("nothing: the rules cannot be evaluated"),
    }
)
MARKS: Final = {"nothing": "○", "hit": "◔", "reference": "◑", "summary": "●", "fault": "✕"}
_SENSITIVE: Final = N_("sensitive")
_WIDER: Final = N_("wider")
_STRICTER: Final = N_("stricter")
_OTHER: Final = N_("by other rules")
_ASKER: Final = N_("Who asks")
_PENALTY: Final = N_("Highest penalty in years")
_BORDERS: Final = N_("Crosses a border")
_SIGNED: Final = N_("Signed by")
_NOBODY: Final = N_("nobody")
_YES: Final = N_("yes")
_NO: Final = N_("no")
_WHOM: Final = N_("Whom the identifier may belong to")
_AIM: Final = N_("What for")
_RECORD: Final = N_("The record that is found")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCell:
    """What an asker comes to learn, by one file or by both.

    Attributes:
        levels: of each file mark and word of the level, and the rules by which it is so.
        change: how the second differs from the first, in a word; "" where it does not.
        kind: "wider", "stricter", "other" or "".
    """

    levels: tuple[tuple[str, str, str], ...]
    change: str
    kind: Literal["wider", "stricter", "other", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """The row of a dataset.

    Attributes:
        dataset: its name.
        kind: the kind of its identifiers, and whether it is sensitive.
        cells: by purpose.
    """

    dataset: str
    kind: str
    cells: tuple[LevelCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyView:
    """What came of policy files.

    Attributes:
        facts: the situation of the table, as names and values.
        purposes: the columns of the table.
        rows: its rows.
        differs: how many of its cells differ.
        groups: what changes in every situation; none for one file.
        is_compared: whether there are two files.
        digests: of each file its digest, and of the schema.
    """

    facts: tuple[tuple[str, str], ...]
    purposes: tuple[str, ...]
    rows: tuple[LevelRow, ...]
    differs: int
    groups: tuple[ChangeGroup, ...]
    is_compared: bool
    digests: tuple[str, ...]


def study_view(usual: Usual, studied: Studied, voice: Voice) -> StudyView:
    """Tell what came of files about which there is no complaint.

    Args:
        usual: the situation.
        studied: what came of them.
        voice: of the visitor.
    """
    cells = [one["cells"] for one in studied.matrices]
    rows = tuple(_rows(cells, voice))
    purposes = list(dict.fromkeys(cell["purpose"] for cell in cells[0]))
    schemas = [file["schema"] for file in studied.matrices[0]["files"].values()]
    return StudyView(
        facts=tuple(_facts(usual, voice)),
        purposes=tuple(voice.say(PURPOSE_NAMES.get(one, one)) for one in purposes),
        rows=rows,
        differs=sum(cell.kind in {"wider", "stricter"} for row in rows for cell in row.cells),
        groups=change_groups(studied, voice),
        is_compared=studied.difference is not None,
        digests=(*(digest_of(one) for one in studied.matrices), *schemas),
    )


def digest_of(matrix: Mapping[str, Any]) -> str:
    """Give the digest of the policy file of a table, in hexadecimal."""
    (file,) = matrix["files"].values()
    digest: str = file["policy"]
    return digest


def _rows(cells: Sequence[Sequence[Mapping[str, Any]]], voice: Voice) -> Iterable[LevelRow]:
    datasets = dict.fromkeys(cell["dataset"]["name"] for cell in cells[0])
    for name in datasets:
        of_dataset = [[one for one in table if one["dataset"]["name"] == name] for table in cells]
        dataset = of_dataset[0][0]["dataset"]
        kind = kind_name(dataset["kind"], voice.say)
        if dataset["sensitive"]:
            kind = f"{kind}, {voice.say(_SENSITIVE)}"
        yield LevelRow(
            dataset=name,
            kind=kind,
            cells=tuple(_cell(each, voice) for each in zip(*of_dataset, strict=True)),
        )


def _cell(each: Sequence[Mapping[str, Any]], voice: Voice) -> LevelCell:
    told = [one["disclosed"] for one in each]
    levels = tuple((MARKS[one["level"]], voice.say(LEVELS[one["level"]]), _by(one)) for one in told)
    before, after = told[0], told[-1]
    if before["level"] != after["level"]:
        wider = _height(before["level"]) < _height(after["level"])
        change = voice.say(_WIDER if wider else _STRICTER)
        return LevelCell(levels=levels, change=change, kind="wider" if wider else "stricter")
    if _by(before) != _by(after):
        return LevelCell(levels=levels, change=voice.say(_OTHER), kind="other")
    return LevelCell(levels=levels[:1], change="", kind="")


def _by(disclosed: Mapping[str, Any]) -> str:
    return by_names(disclosed["granting"], disclosed["stopping"])


def _height(level: str) -> int:
    # Where rules cannot be evaluated nothing is answered.
    return WORDS.index(level) if level in WORDS else 0


def _facts(usual: Usual, voice: Voice) -> Iterable[tuple[str, str]]:
    signers = [voice.say(SIGNER_NAMES[one]) for one in SIGNER_NAMES if one in usual.signed_by]
    yield voice.say(_ASKER), usual.agency
    yield voice.say(_PENALTY), voice.number(usual.penalty_years)
    yield voice.say(_BORDERS), voice.say(_YES if usual.transnational else _NO)
    yield voice.say(_SIGNED), ", ".join(signers) or voice.say(_NOBODY)
    yield voice.say(_WHOM), voice.say(ROLE_NAMES[usual.role])
    yield voice.say(_AIM), voice.say(AIM_NAMES[usual.aim])
    yield voice.say(_RECORD), voice.say(HANDLING_NAMES[usual.handling])
