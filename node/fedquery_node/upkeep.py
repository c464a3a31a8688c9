"""What a serving node does beside answering: notice, rotate, retire, checkpoint.

One thread does it, on a connection of its own. What it finds new it gives as a whole; what cannot
be taken over (a member list, a policy) leaves the old one in force and one line in the log.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.config import logs
from fedquery.errors import FedqueryError
from fedquery.federation.member_file import NOTE
from fedquery.federation.witnesses import policy_of
from fedquery.storage.transaction import transaction
from fedquery_node import (
    authorities,
    generations,
    kem_keys,
    manifests,
    members,
    policy_store,
    proposals,
    publications,
    requests,
    reviews,
)
from fedquery_node.home import NodeHome
from fedquery_node.retire import retire_due
from fedquery_node.rules_in_force import RulesInForce, digests_of
from fedquery_node.service import InForce

_LOOK_AT_FILES_MS: Final = 2_000
_TAKEN_BACK_AT_ONCE: Final = 2_000  # rows; twice a second, beside the questions


@dataclass(slots=True)
class Upkeep:
    """Keeps what is in force up to date.

    Attributes:
        home: the data directory.
        connection: a connection of its own.
        random: the random source.
    """

    home: NodeHome
    connection: sqlite3.Connection
    random: Callable[[int], bytes]
    _files_seen: bytes = field(default=b"", init=False)
    _looked_ms: int = field(default=0, init=False)
    _checkpoint_ms: int = field(default=0, init=False)
    _cosigned: bool = field(default=False, init=False)
    _rules: RulesInForce = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no rules compiled."""
        self._rules = RulesInForce(self.home, self.connection)

    def start(self, now_ms: int) -> InForce:
        """Take everything into force for the first time.

        Raises:
            ConfigError: if something is missing or wrong; the node does not start.
            StorageError: if the database fails.
        """
        # Before they are read: what changes while they are read is then seen as a change.
        self._files_seen = self._files_digest()
        listed = members.load(self.home, self.connection, now_ms)
        # Who may approve and review is read when it is used; what is wrong there is said now.
        proposals.operators_of(self.home)
        reviews.supervisors_of(self.home)
        loaded = self._rules.first()
        with transaction(self.connection):
            members.adopt(self.home, self.connection, listed, now_ms)
        with transaction(self.connection):
            policy_store.remember_served(self.connection, digests_of(loaded))
        self._looked_ms = now_ms
        force = InForce(
            members=members.Members(listed.federation, self.home.nation),
            rules=loaded,
            authorities=authorities.load(self.connection, listed.federation),
            catalogue={},
            kem_keys={},
            manifest=b"",
            checkpoint=b"",
        )
        return self._checkpointed(self._indexed(self._rotated(force, now_ms), now_ms), now_ms)

    def refresh(self, force: InForce, now_ms: int, *, cosigned: bool = False) -> InForce:
        """Do what is due.

        Args:
            force: what is in force.
            now_ms: the time.
            cosigned: whether a checkpoint was cosigned by more witnesses since.

        Returns:
            What is in force from now on; the same value where nothing changed.

        Raises:
            ConfigError, StorageError, sqlite3.Error: if something of it fails; then nothing is
                taken over, and the next call looks at everything again.
        """
        seen, changed = self._looked_at_files(force, now_ms)
        decided_by = self._rules.refreshed(changed.rules)
        if decided_by is not changed.rules:
            changed = replace(changed, rules=decided_by)
        changed = self._rotated(changed, now_ms)
        changed = self._indexed(changed, now_ms)
        due = now_ms - self._checkpoint_ms >= 1000 * self.home.settings.checkpoint_every_s
        self._cosigned = self._cosigned or cosigned
        if changed is not force or due:
            changed = self._checkpointed(changed, now_ms)
        elif self._cosigned:
            # No new checkpoint: it would be asked to be cosigned, and so on for ever, and tell at
            # each question that there was one.
            changed = self._offered(changed, now_ms)
        if changed.rules is not force.rules:
            # `policy activate` waits for this: it is the last thing that can fail.
            with transaction(self.connection):
                policy_store.remember_served(self.connection, digests_of(changed.rules))
            logs.event("policy-in-force")
        # Only now, with nothing left that can fail: a list that strikes an agency off must not be
        # taken for one that is in force because the database was busy when it came.
        self._files_seen = seen
        return changed

    def take_back(self) -> None:
        """Remove a part of what an import that was killed has left, or what one replaced.

        Raises:
            StorageError, sqlite3.Error: if the database fails.
        """
        generations.take_back_some(self.connection, self.home.path, _TAKEN_BACK_AT_ONCE)

    def finish(self, now_ms: int) -> None:
        """Sign a last checkpoint, so that what was asked last is in one."""
        with transaction(self.connection):
            self.home.log.sign_checkpoint(self.connection, self.home.log_signer, now_ms)

    def _looked_at_files(self, force: InForce, now_ms: int) -> tuple[bytes, InForce]:
        """Give what is to be compared with from now on, and what the files bring into force."""
        if now_ms - self._looked_ms < _LOOK_AT_FILES_MS:
            return self._files_seen, force
        self._looked_ms = now_ms
        seen = self._files_digest()
        if seen == self._files_seen:
            return seen, self._with_authorities(force)
        return seen, self._with_authorities(self._with_members(force, now_ms))

    def _with_authorities(self, force: InForce) -> InForce:
        # A changed member list can name other root keys, so that a note is signed no more.
        known = force.authorities
        if not authorities.changed(self.connection, known, force.members.federation):
            return force
        logs.event("authorities-in-force")
        loaded = authorities.load(self.connection, force.members.federation)
        return replace(force, authorities=loaded)

    def _with_members(self, force: InForce, now_ms: int) -> InForce:
        try:
            listed = members.load(self.home, self.connection, now_ms)
        except FedqueryError as error:
            logs.event("members-rejected", why=error.slug)
            return force
        if listed.federation == force.members.federation:
            return force
        with transaction(self.connection):
            members.adopt(self.home, self.connection, listed, now_ms)
        logs.event("members-in-force", version=listed.federation.number)
        return replace(force, members=members.Members(listed.federation, self.home.nation))

    def _rotated(self, force: InForce, now_ms: int) -> InForce:
        known = force.kem_keys or kem_keys.load_keys(self.connection, self.home)
        ended = any(
            now_ms >= key.not_after_ms + kem_keys.DESTROYED_AFTER_MS for key in known.values()
        )
        needed = kem_keys.needs_new_key(known, self.home, now_ms)
        if not needed and not ended:
            return force if force.kem_keys else replace(force, kem_keys=known)
        with transaction(self.connection):
            self._rotate(needed=needed, now_ms=now_ms)
        return replace(force, kem_keys=kem_keys.load_keys(self.connection, self.home))

    def _rotate(self, *, needed: bool, now_ms: int) -> None:
        if needed:
            kem_keys.create(self.connection, self.home, self.random, now_ms)
        kem_keys.destroy_ended(self.connection, self.home, now_ms)

    def _indexed(self, force: InForce, now_ms: int) -> InForce:
        trust = policy_of(force.members.federation, self.home.log.origin)
        for _dataset, version in retire_due(
            self.connection,
            self.home.path,
            self.home.keys,
            witnessed_size=lambda: manifests.witnessed_size(self.connection, self.home, trust),
            now_ms=now_ms,
        ):
            logs.event("seed-destroyed", version=version)
        catalogue = publications.open_all(
            self.connection, self.home.path, self.home.keys, force.catalogue
        )
        if catalogue == force.catalogue:
            return force
        # What was served before stays mapped for as long as a call uses it.
        return replace(force, catalogue=catalogue)

    def _checkpointed(self, force: InForce, now_ms: int) -> InForce:
        with transaction(self.connection):
            requests.forget_expired(self.connection, now_ms)
        with transaction(self.connection):
            _, note = self.home.log.sign_checkpoint(self.connection, self.home.log_signer, now_ms)
        self._checkpoint_ms = now_ms
        return self._offered(replace(force, checkpoint=note), now_ms)

    def _offered(self, force: InForce, now_ms: int) -> InForce:
        """Make the manifest anew."""
        made = manifests.build(
            self.connection,
            self.home,
            force.rules,
            force.catalogue,
            force.kem_keys.values(),
            trust=policy_of(force.members.federation, self.home.log.origin),
            now_ms=now_ms,
        )
        # Remembered before anybody sees it: no later manifest shows an earlier state of the log.
        with transaction(self.connection):
            manifests.remember(self.connection, made)
        self._cosigned = False
        return replace(force, manifest=made.note)

    def _files_digest(self) -> bytes:
        """Tell whether the member list changed, by what its directory says of it."""
        try:
            status = (self.home.path / NOTE).stat()
        except OSError:
            return b""
        # The time of its state too: chmod, which mends a refused file, changes no other.
        times = (status.st_mtime_ns, status.st_ctime_ns)
        return repr((status.st_ino, *times, status.st_size)).encode()
