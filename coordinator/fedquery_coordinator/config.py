"""The settings of a coordinator, as they stand in coordinator.toml."""

from dataclasses import dataclass
from pathlib import Path

from fedquery.config.settings import load, setting

_NAME = r"[a-z0-9-]{1,40}"
_ADDRESS = r"[^\s]{1,253}:[0-9]{1,5}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinatorSettings:
    """All of coordinator.toml."""

    name: str = setting(
        "The name of this coordinator.",
        pattern=_NAME,
        form="1 to 40 small letters, digits or hyphens, such as hub",
    )
    federation: str = setting(
        "The name of the federation.",
        pattern=_NAME,
        form="1 to 40 small letters, digits or hyphens, such as mekong",
    )
    url: str = setting(
        "Its https address, as the member list has it.",
        pattern=r"https://[^\s/]{1,260}",
        form="https, a host and a port, such as https://hub.example.org:8443",
    )
    listen: str = setting(
        "Host and port to listen on; port 0 takes any.",
        pattern=_ADDRESS,
        form="host, colon and port, such as 0.0.0.0:8443",
    )
    envelopes_per_minute: int = setting(
        "How many envelopes an agency may send in a minute.", default=3_000, minimum=1
    )
    manifest_every_s: int = setting(
        "Seconds after which the manifests of the nodes are fetched anew.",
        default=60,
        minimum=1,
        maximum=3600,
    )
    checkpoint_every_s: int = setting(
        "Seconds after which relays get into a checkpoint.", default=600, minimum=1, maximum=3600
    )
    witness_every_s: int = setting(
        "Seconds after which new checkpoints are carried to witnesses.",
        default=5,
        minimum=1,
        maximum=600,
    )
    record_bytes_to: Path | None = setting(
        "A directory into which every relayed octet is written, for audits; none by default.",
        default=None,
    )
    docs: bool = setting("Whether /docs and /openapi.json are served.", default=True)


def load_settings(home: Path) -> CoordinatorSettings:
    """Read the settings of a coordinator's data directory.

    Raises:
        ConfigError: naming file and key.
    """
    return load(home / "coordinator.toml", CoordinatorSettings)
