"""A nation that counts what it charges, and a machine that can be killed at any step."""

import contextlib

from unit.ask import nation as made

from fedquery.ask.screening import asked, earlier, keeping, opened, reading, recovering
from fedquery.seal.envelope import read_request
from fedquery.storage.transaction import transaction
from fedquery.transport.query_outcome import Answered

_MODULES = (asked, earlier, keeping, opened, reading, recovering)


class KilledError(Exception):
    """The program is gone: nothing that it does after this has an effect."""


class Machine:
    """Counts steps, and dies at one of them; each commit has a step before and one after it.

    Args:
        monkeypatch: puts the steps around commits.
        dies_at: the step, from 0; None for never.
    """

    def __init__(self, monkeypatch, dies_at=None):
        self.steps = 0
        self.dies_at = dies_at
        for module in _MODULES:
            monkeypatch.setattr(module, "transaction", self._transaction)

    def step(self):
        """Take a step, or die."""
        if self.dies_at is not None and self.steps >= self.dies_at:
            raise KilledError
        self.steps += 1

    @contextlib.contextmanager
    def _transaction(self, connection):
        with transaction(connection):
            yield
            self.step()
        self.step()


class Charging(made.Coordinators):
    """A way to a nation that charges the elements of each request once (protocol.md 8)."""

    def __init__(self, nation, machine):
        super().__init__(nation)
        self.machine = machine
        self.charged = {}

    @property
    def elements(self):
        """Count the elements that were charged."""
        return sum(self.charged.values())

    async def query(self, envelopes, _deadline_ms):
        """Answer each envelope; the asker may die before it is there, and before it has it."""
        for nation, envelope in envelopes.items():
            self.machine.step()
            fields = read_request(envelope).header.fields
            self.charged[fields.request_id] = fields.size_class
            self.sent.append(envelope)
            answer = self.nation.answer(envelope)
            self.machine.step()
            yield Answered(nation, answer)
