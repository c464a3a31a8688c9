"""What a party believes that a log shows all the same: its trust policy for each log.

Where the party has installed a policy, that says it. Otherwise it follows from the member list. So
a nation whose log shows one history to some and another to others needs, for each of the two, more
than half of the others.
"""

from dataclasses import dataclass, replace

from fedquery.federation.members import Federation
from fedquery.federation.witnesses import own_witness_name, policy_of
from fedquery.tlog.note import VerifierKey
from fedquery.tlog.trust_lines import NamedLog
from fedquery.tlog.trust_policy import Cosigned, TrustPolicy


@dataclass(frozen=True, slots=True)
class Trust:
    """A party's trust in the logs of a federation.

    Attributes:
        federation: the members.
        installed: the policy that the party has installed, or None.
    """

    federation: Federation
    installed: TrustPolicy | None = None

    def policy_for(self, log_key: VerifierKey) -> TrustPolicy:
        """Give the policy for the log of a member: the installed one, or that of the list."""
        if self.installed is not None:
            return self.installed
        return replace(policy_of(self.federation, log_key.name), logs=(NamedLog(log_key),))

    def counted(self, log_key: VerifierKey) -> tuple[str, ...]:
        """Name the witnesses that count for a log."""
        policy, own_key = self.policy_for(log_key), self._own_key(log_key)
        own_name = own_witness_name(log_key.name)
        own = {
            one.name
            for one in policy.witnesses
            if one.key.public_key == own_key or one.key.name == own_name
        }
        return tuple(name for name in policy.counted if name not in own)

    def look(self, note: bytes, log_key: VerifierKey) -> Cosigned:
        """Open a checkpoint and see who has cosigned it, be they a quorum or not.

        Raises:
            EncodingError, SignatureError: as `TrustPolicy.look`.
        """
        return self.policy_for(log_key).look(note, log_key, *self._own(log_key))

    def require(self, note: bytes, log_key: VerifierKey) -> Cosigned:
        """Open a checkpoint that a quorum must have cosigned.

        Raises:
            EncodingError, SignatureError, QuorumError: as `TrustPolicy.require`.
        """
        return self.policy_for(log_key).require(note, log_key, *self._own(log_key))

    def _own(self, log_key: VerifierKey) -> tuple[bytes, str]:
        return self._own_key(log_key), own_witness_name(log_key.name)

    def _own_key(self, log_key: VerifierKey) -> bytes:
        # A policy that was installed may name the witness of every nation. About its own log,
        # a nation's word is not another's.
        for node in self.federation.nodes.values():
            if node.log_vkey == log_key:
                return node.witness_vkey.public_key
        return b""
