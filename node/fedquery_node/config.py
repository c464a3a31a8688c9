"""The settings of a node, as they stand in node.toml.

What each key means for the operator is its sentence here; docs/operating.md is compared with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fedquery.config.settings import load, setting
from fedquery.identifiers import kinds

_NAME = r"[a-z0-9-]{1,40}"
_NATION = r"[A-Z]{2}"
_ADDRESS = r"[^\s:]{1,253}:[0-9]{1,5}"
_NATION_FORM = "two capital letters, such as VN"
KINDS = tuple(kinds())


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowQuota:
    """How many elements may be evaluated in each window; a window begins on the clock, in UTC."""

    hour: int = setting("Elements an hour.", minimum=0, maximum=10**9)
    day: int = setting("Elements a day.", minimum=0, maximum=10**9)
    year: int = setting("Elements a year.", minimum=0, maximum=10**9)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuota:
    """How many elements may be evaluated for one case of one agency."""

    total: int = setting("Elements over the life of a case.", minimum=0, maximum=10**9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The holder's own ceilings, whatever the policy files say."""

    agency: WindowQuota = setting(
        "For each asking agency.",
        default_factory=lambda: WindowQuota(hour=200, day=2_000, year=50_000),
    )
    nation: WindowQuota = setting(
        "For all agencies of an asking nation together.",
        default_factory=lambda: WindowQuota(hour=1_000, day=5_000, year=100_000),
    )
    case: CaseQuota = setting(
        "For each case of an agency.", default_factory=lambda: CaseQuota(total=5_000)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """In which column of an imported file each field stands."""

    identifier: str = setting("The identifier itself.", default="identifier", maximum=64)
    reference: str = setting("The file reference; one for each row.", default="reference")
    category: str = setting("The category of the record.", default="category")
    handling: str = setting("open, restricted or source at risk.", default="handling")
    summary: str = setting("Up to 160 characters for a summary claim.", default="summary")
    first_seen: str = setting("A date, ISO 8601.", default="first_seen")
    last_seen: str = setting("A date, ISO 8601.", default="last_seen")
    release_to: str = setting(
        "Nations and teams, joined by a semicolon, or *.", default="release_to"
    )
    contact: str = setting("The id of a contact of this file.", default="contact")
    deleted: str = setting(
        "yes, true, t or 1 where the record of this reference is to be withdrawn.",
        default="deleted",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """Where the rows of a dataset come from, if an import does not name it."""

    location: str = setting(
        "A file, or postgresql://USER@HOST/DATABASE without a password.", default=""
    )
    query: str = setting(
        "What is read from a database: one SELECT, whose columns have the names that `columns`"
        " gives them.",
        default="",
    )
    cursor: str = setting(
        "The column of the query that grows with every change of a row, such as a time of change;"
        " an import then goes on where the one before it ended. Empty: all rows, each time.",
        default="",
        maximum=64,
    )
    overlap_s: int = setting(
        "Seconds that an import goes back behind the end of the one before, where the cursor is a"
        " time: a change is seen only when it is committed.",
        default=300,
        minimum=0,
        maximum=7 * 86_400,
    )
    password_file: Path | None = setting(
        "A file with the password of the database, of mode 0600; without it libpq's own ways hold"
        " (PGPASSFILE, a service file).",
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSettings:
    """One dataset: what it holds and how it is published."""

    kind: str = setting("The kind of its identifiers.", choices=KINDS)
    sensitive: bool = setting("Whether a hit alone would endanger a source.", default=False)
    region: str | None = setting(
        "The nation by whose habits identifiers are spelled; the node's own by default.",
        default=None,
        pattern=_NATION,
        form=_NATION_FORM,
    )
    release_to_default: tuple[str, ...] = setting(
        'Nations that see a row which names none, or ["*"]; empty: such a row is refused.',
        default=(),
    )
    publish_every_min: int | None = setting(
        "Minutes after which `fedquery-node schedule` publishes it again.",
        default=None,
        minimum=15,
        maximum=24 * 60,
    )
    publish_at: tuple[str, ...] = setting(
        "Times of the day, UTC, at which `fedquery-node schedule` publishes it.",
        default=(),
        pattern=r"([01][0-9]|2[0-3]):[0-5][0-9]",
        form="hours and minutes, such as 02:30",
    )
    next_due_min: int | None = setting(
        "Minutes until the next publication is promised; what its clock says, or a day without.",
        default=None,
        minimum=15,
        maximum=24 * 60,
    )
    claim_window_h: int = setting(
        "Hours for which a hit of a publication can be claimed.",
        default=72,
        minimum=1,
        maximum=24 * 30,
    )
    min_bucket: int = setting(
        "The least rows that a bucket should hide among.", default=2_048, minimum=512, maximum=2**20
    )
    retain_years: int = setting(
        "Years after which the details of a question about it may be erased.",
        default=3,
        minimum=1,
        maximum=30,
    )
    columns: Columns = setting("Names of the columns of imported files.", default_factory=Columns)
    source: SourceSettings = setting(
        "Where its rows come from, if an import does not name it.", default_factory=SourceSettings
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """Who must agree before a policy comes into force, or a grant holds."""

    operators: tuple[str, ...] = setting(
        "Keys of who may approve policies and grants, as `fedquery-node key operator` prints them.",
        default=(),
    )
    needed: int = setting(
        "How many different operators must approve each; 0 only where none are named.",
        default=0,
        minimum=0,
        maximum=16,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    """Who looks at what was answered under the break-glass purpose."""

    supervisors: tuple[str, ...] = setting(
        "Keys of those who may sign it off, as `fedquery-node key supervisor` prints them.",
        default=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """All of node.toml."""

    nation: str = setting("The code of this nation.", pattern=_NATION, form=_NATION_FORM)
    federation: str = setting(
        "The name of the federation.",
        pattern=_NAME,
        form="1 to 40 small letters, digits or hyphens, such as mekong",
    )
    listen: str = setting(
        "Host and port to listen on; port 0 takes any.",
        pattern=_ADDRESS,
        form="host, colon and port, such as 0.0.0.0:7000",
    )
    policies: Path = setting(
        "The directory with schema.cedarschema and <NATION>.cedar, to propose policies from."
    )
    checkpoint_every_s: int = setting(
        "Seconds after which questions get into a checkpoint.", default=600, minimum=1, maximum=3600
    )
    overlap_s: int = setting(
        "Seconds for which the version before is still served.", default=600, minimum=0, maximum=600
    )
    kem_life_h: int = setting("Hours that a KEM key lives.", default=24, minimum=1, maximum=24)
    workers: int = setting("Threads for evaluation.", default=2, minimum=1, maximum=64)
    quota: Quota = setting("Ceilings in elements.", default_factory=Quota)
    policy: PolicySettings = setting(
        "Who approves policies and grants.", default_factory=PolicySettings
    )
    review: ReviewSettings = setting(
        "Who reviews break-glass answers.", default_factory=ReviewSettings
    )
    contacts: Mapping[str, str] = setting(
        "Whom to call, by id; claims name an id.", default_factory=dict
    )
    datasets: Mapping[str, DatasetSettings] = setting(
        "The datasets, by name.", default_factory=dict
    )


def load_settings(home: Path) -> NodeSettings:
    """Read the settings of a node's data directory.

    Raises:
        ConfigError: naming file and key.
    """
    return load(home / "node.toml", NodeSettings)
