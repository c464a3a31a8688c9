"""How much an agency may send: a bucket of envelopes that fills as time passes."""

from dataclasses import dataclass, field
from typing import Final

from fedquery.errors import FedqueryError

_MINUTE_MS: Final = 60_000


class RateError(FedqueryError):
    """An agency sends more than it may."""

    slug = "rate"
    default_do = "Wait as long as Retry-After says."

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("too many envelopes in a minute")
        self.retry_after_s = retry_after_s


@dataclass(slots=True)
class Rates:
    """The buckets of all agencies; there are only as many as the member list has.

    Attributes:
        per_minute: envelopes that a full bucket holds, and that flow in within a minute.
    """

    per_minute: int
    _buckets: dict[str, tuple[int, int]] = field(default_factory=dict, init=False)

    def take(self, agency: str, envelopes: int, now_ms: int) -> None:
        """Take envelopes out of the bucket of an agency.

        Raises:
            RateError: if there are not enough in it; nothing is taken then.
        """
        # In sixty-thousandths of an envelope, so that nothing is lost to rounding.
        full = self.per_minute * _MINUTE_MS
        level, at_ms = self._buckets.get(agency, (full, now_ms))
        level = min(full, level + max(0, now_ms - at_ms) * self.per_minute)
        missing = envelopes * _MINUTE_MS - level
        if missing > 0:
            self._buckets[agency] = (level, now_ms)
            raise RateError(-(-missing // (self.per_minute * 1000)))
        self._buckets[agency] = (-missing, now_ms)
