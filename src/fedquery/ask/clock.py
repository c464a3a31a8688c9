"""This machine's clock against the times that others sign (protocol.md 4)."""

from fedquery.errors import ConfigError


class ClockError(ConfigError):
    """The clock of this machine is not the one of the nodes."""

    slug = "clock"
    default_do = "Set the clock of this machine; nothing more is sent until then."
