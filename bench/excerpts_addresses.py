"""Addresses of the Internet protocol for the corpus, in lines as logs have them."""

from bench.excerpts_figures import Figures
from bench.excerpts_marks import mark
from fedquery.identifiers import parse


class Addresses(Figures):
    """Draws addresses, of the blocks that are kept for documentation, beside figures."""

    def _address(self) -> str:
        block = ("203.0.113", "198.51.100", "192.0.2")[self.random.randrange(3)]
        return f"{block}.{1 + self.random.randrange(254)}"

    def _iptime(self, _more: str) -> str:
        address, hour = (
            f"{self._address()}:{1024 + self.random.randrange(60_000)}",
            self.random.randrange(24),
        )
        day, minute = 10 + self.random.randrange(18), self.random.randrange(60)
        time = f"2026-11-{day}T{hour:02}:{minute:02}:07+07:00"
        return f"{time} {mark(parse('ip', f'{address} {time}').identifier, address)}"

    def _log(self, _more: str) -> str:
        address, time = self._address(), f"25/Nov/2026:{self.random.randrange(24):02}:15:07 +0700"
        marked = mark(parse("ip", f"{address} [{time}]").identifier, address)
        request = '"GET /login HTTP/1.1" 200 5316 "-" "Mozilla/5.0 (Linux; Android 14)"'
        return f"{marked} - - [{time}] {request}"

    def _ipdef(self, _more: str) -> str:
        address = self._address()
        return mark(parse("ip", address).identifier, address.replace(".", "[.]"))

    def _ip6(self, _more: str) -> str:
        address = (
            f"2001:db8:{self.random.randrange(1, 65536):x}::{self.random.randrange(1, 65536):x}"
        )
        return mark(parse("ip", address).identifier, address)
