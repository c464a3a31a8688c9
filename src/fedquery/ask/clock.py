"""This machine's clock against the times that others sign (protocol.md 4)."""

from typing import Final

from fedquery.errors import ConfigError

# protocol.md 4: clocks differ by no more.
CLOCK_SLACK_MS: Final = 120_000


class ClockError(ConfigError):
    """The clock of this machine is not the one of the nodes."""

    slug = "clock"
    default_do = "Set the clock of this machine; nothing more is sent until then."
