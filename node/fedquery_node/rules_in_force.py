"""The policy that a serving node decides by: what was activated last, compiled once."""

import sqlite3
from dataclasses import dataclass, field
from typing import Final

from fedquery.config import logs
from fedquery.errors import StorageError
from fedquery.policy.complaint import PolicyError
from fedquery.policy.rules import Rules
from fedquery_node import policy_store, rules
from fedquery_node.home import NodeHome
from fedquery_node.policy_store import Digests, Refused

# Going back to a file that was in force before does not wait for the parser.
_MOST_COMPILED: Final = 8


@dataclass(slots=True)
class RulesInForce:
    """Keeps the rules in force up to date.

    Attributes:
        home: the data directory.
        connection: a connection of its own.
    """

    home: NodeHome
    connection: sqlite3.Connection
    _compiled: dict[Digests, Rules] = field(default_factory=dict, init=False)
    _unusable: Digests | None = field(default=None, init=False)
    _refused_seen: Refused | None = field(default=None, init=False)

    def first(self) -> Rules:
        """Load what is activated, for a node that starts.

        Raises:
            ConfigError: if nothing is activated.
            PolicyError: if it does not load here.
            StorageError: if the database fails.
        """
        return self._rules_of(rules.activated(self.connection))

    def refreshed(self, known: Rules) -> Rules:
        """Take over what was activated since; it was checked then, and is compiled here.

        Args:
            known: what was in force.

        Returns:
            What is in force now: the same value where nothing changed, or what was activated is not
            to be used.
        """
        self._tell_refused()
        digests = rules.activated(self.connection)
        if digests in (digests_of(known), self._unusable):
            return known
        # Here is another engine than where it was activated, or somebody wrote to the database. One
        # line for it and not one a second; keys and member lists are looked after all the same.
        try:
            loaded = self._rules_of(digests)
        except PolicyError as error:
            self._unusable = digests
            logs.event("policy-rejected", file=error.name, line=error.complaint.line)
            return known
        except StorageError:
            self._unusable = digests
            logs.event("policy-rejected", file=rules.path_of(self.home).name, line=0)
            return known
        self._unusable = None
        return loaded

    def _rules_of(self, digests: Digests) -> Rules:
        loaded = self._compiled.get(digests)
        if loaded is None:
            loaded = rules.load(self.connection, self.home, digests)
            while len(self._compiled) >= _MOST_COMPILED:
                del self._compiled[next(iter(self._compiled))]
            self._compiled[digests] = loaded
        return loaded

    def _tell_refused(self) -> None:
        # What is wrong in the file is the status's to say: it may quote it.
        one = policy_store.refused(self.connection)
        if one is not None and one != self._refused_seen:
            logs.event("policy-rejected", file=one.file, line=one.line)
        self._refused_seen = one


def digests_of(decided_by: Rules) -> Digests:
    """Give the digests of the policy file and the schema that rules are of."""
    return Digests(decided_by.digest, decided_by.schema_digest)
