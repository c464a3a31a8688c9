"""The settings of an asking agency, as they stand in fedquery.toml."""

from dataclasses import dataclass
from pathlib import Path

from fedquery.config.settings import load, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """The table [desk]: the agency's web pages."""

    retention_days: int = setting(
        "Days after which what officers asked and noted at the desk is erased.",
        default=180,
        minimum=1,
        maximum=3650,
    )
    approve_above: int = setting(
        "Identifiers in one question or list above which a supervisor has to approve it first.",
        default=32,
        minimum=1,
        maximum=100_000,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSettings:
    """All of fedquery.toml."""

    agency: str = setting(
        "The name of this agency.",
        pattern=r"[A-Z]{2}/[a-z0-9-]{1,40}",
        form="a nation, a slash, and small letters, digits or hyphens, such as TH/cyber-police",
    )
    sort: str = setting(
        "What sort of agency it is.", choices=("police", "fiu", "prosecution", "regulator")
    )
    federation: str = setting(
        "The name of the federation.",
        pattern=r"[a-z0-9-]{1,40}",
        form="1 to 40 small letters, digits or hyphens, such as mekong",
    )
    region: str | None = setting(
        "The nation by whose habits numbers are read; the agency's own by default.",
        default=None,
        pattern=r"[A-Z]{2}",
        form="two capital letters, such as TH",
    )
    deadline_ms: int = setting(
        "How long the nodes have for an answer.", default=10_000, minimum=1_000, maximum=30_000
    )
    pad_lists: bool = setting(
        "Whether lists are padded to the next size class, so that their length is hidden too.",
        default=False,
    )
    retain_years: int = setting(
        "Years after which the details of what was asked may be erased.",
        default=3,
        minimum=1,
        maximum=30,
    )
    checkpoint_every_s: int = setting(
        "Seconds after which a gateway signs what was asked into a checkpoint of the log.",
        default=600,
        minimum=1,
        maximum=3600,
    )
    desk: DeskSettings = setting("The agency's web pages.", default_factory=DeskSettings)

    @property
    def nation(self) -> str:
        """Give the nation of the agency."""
        return self.agency[:2]


def load_settings(home: Path) -> AskSettings:
    """Read the settings of an agency's home.

    Raises:
        ConfigError: naming file and key.
    """
    return load(home / "fedquery.toml", AskSettings)
