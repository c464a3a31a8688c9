"""Trust policies: by which witnesses a checkpoint must have been seen (c2sp.org/tlog-policy).

    log fedquery.log/mekong/VN+<id>+<key>
    witness KH fedquery/KH/witness+<id>+<key>
    witness LA fedquery/LA/witness+<id>+<key>
    witness TH fedquery/TH/witness+<id>+<key>
    group others 2 KH LA TH
    quorum others

What a cosignature means is that its witness has seen no other history of that log. So a log that
shows one history to some and another to others needs, for each of the two, a quorum of its own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from fedquery.errors import EncodingError, QuorumError
from fedquery.tlog.checkpoint import OpenedCheckpoint, open_checkpoint
from fedquery.tlog.cosignature import cosigned_at_s
from fedquery.tlog.note import VerifierKey
from fedquery.tlog.trust_lines import (
    NONE,
    Draft,
    Group,
    NamedLog,
    Witness,
    read_line,
    write_lines,
)

CAP: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that its log has signed, and which witnesses of a policy have cosigned it.

    Attributes:
        opened: the checkpoint.
        times_s: of each witness that has cosigned it, by its name in the policy, when that was by
            its own clock, in seconds since 1970.
        missing: the names of the other witnesses that could have.
        needed: the fewest witnesses that a quorum is made of; 0 where none is asked for.
    """

    opened: OpenedCheckpoint = field(repr=False)
    times_s: Mapping[str, int]
    missing: tuple[str, ...]
    needed: int

    @property
    def count(self) -> int:
        """Say how many witnesses have cosigned it."""
        return len(self.times_s)

    @property
    def of(self) -> int:
        """Say how many could have."""
        return len(self.times_s) + len(self.missing)


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """Which logs are accepted, and which witnesses are a quorum.

    Attributes:
        logs: the logs; where there are none, whoever uses the policy knows the log.
        witnesses: the witnesses.
        groups: the groups, each behind its members.
        quorum: the name of a witness or group, or `none`.
    """

    logs: tuple[NamedLog, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str

    def __post_init__(self) -> None:
        """Refuse lines that do not fit each other.

        Raises:
            ValueError: with what is wrong.
        """
        self._draft()

    def _draft(self) -> Draft:
        draft = Draft()
        lines: list[NamedLog | Witness | Group] = [*self.logs, *self.witnesses, *self.groups]
        for line in lines:
            draft.add(line)
        draft.set_quorum(self.quorum)
        return draft

    def format(self) -> bytes:
        """Write the policy as a file, without comments."""
        lines = "".join(f"{line}\n" for line in write_lines(self._draft()))
        return lines.encode("utf-8", "surrogateescape")

    @staticmethod
    def parse(octets: bytes) -> "TrustPolicy":
        """Read a policy file.

        Raises:
            EncodingError: if it is none; the text names the first line that is wrong.
        """
        if len(octets) > CAP:
            raise EncodingError(f"malformed trust policy: larger than {CAP} bytes")
        draft = Draft()
        lines = octets.split(b"\n")
        for number, line in enumerate(lines[:-1], 1):
            try:
                read_line(draft, line.decode("utf-8", "surrogateescape"))
            except ValueError as error:
                raise EncodingError(f"malformed trust policy: line {number}: {error}") from None
        # tlog-policy, Structure: each line is terminated by a newline. So a cut file is noticed.
        if lines[-1]:
            raise EncodingError(
                f"malformed trust policy: line {len(lines)}: its end, a newline, is missing"
            )
        if not draft.quorum:
            raise EncodingError(
                f"malformed trust policy: line {len(lines)}: it ends without a quorum line"
            )
        return TrustPolicy(
            tuple(draft.logs), tuple(draft.witnesses), tuple(draft.groups), draft.quorum
        )

    def is_met_by(self, names: Collection[str]) -> bool:
        """Tell whether these witnesses are a quorum.

        Args:
            names: names of witnesses; others are passed over.
        """
        met = {witness.name for witness in self.witnesses}.intersection(names)
        # Members stand before their groups, so one pass decides all.
        for group in self.groups:
            if sum(member in met for member in group.members) >= group.k:
                met.add(group.name)
        return self.quorum == NONE or self.quorum in met

    @property
    def needed(self) -> int:
        """Say how many witnesses are in the smallest quorum; 0 where none is asked for."""
        fewest = {NONE: 0, **{witness.name: 1 for witness in self.witnesses}}
        for group in self.groups:
            # A name is a member once, so no witness is counted in two of the members.
            fewest[group.name] = sum(sorted(fewest[one] for one in group.members)[: group.k])
        return fewest[self.quorum]

    @property
    def counted(self) -> tuple[str, ...]:
        """Name the witnesses that the quorum rests on; all, where none is asked for."""
        if self.quorum == NONE:
            return tuple(witness.name for witness in self.witnesses)
        reached = {self.quorum}
        for group in reversed(self.groups):
            if group.name in reached:
                reached.update(group.members)
        return tuple(witness.name for witness in self.witnesses if witness.name in reached)

    def look(
        self, note: bytes, log_key: VerifierKey, own_key: bytes = b"", own_name: str = ""
    ) -> Cosigned:
        """Open a checkpoint and see which witnesses have cosigned it, be they a quorum or not.

        Args:
            note: the signed note.
            log_key: the key of the log.
            own_key: the public key with which the log's own operator cosigns other logs, or b"".
                A log's word for itself is not a witness's, so it never counts.
            own_name: the name of that key, or "". A file may have one that was replaced, which is
                its operator's no less.

        Raises:
            EncodingError: if it is not a signed checkpoint.
            SignatureError: if the log has not signed it, or a line of a known witness is false:
                somebody changed something.
            QuorumError: if the policy names other logs; nothing is wrong with this one.
        """
        if self.logs and log_key not in {log.key for log in self.logs}:
            raise QuorumError("the trust policy names other logs, and not this one")
        # One key in both uses would be a log that is its own witness.
        excluded = {own_key, log_key.public_key}
        others = [
            one
            for one in self.witnesses
            if one.key.public_key not in excluded and one.key.name != own_name
        ]
        opened = open_checkpoint(note, log_key, [witness.key for witness in others])
        lines = {(line.name, line.key_id): line for line in opened.note.signatures}
        counted = set(self.counted)
        times_s = {
            witness.name: cosigned_at_s(lines[witness.key.name, witness.key.key_id])
            for witness in others
            if witness.name in counted and (witness.key.name, witness.key.key_id) in lines
        }
        missing = [one.name for one in others if one.name in counted and one.name not in times_s]
        return Cosigned(opened, times_s, tuple(missing), self.needed)

    def require(
        self, note: bytes, log_key: VerifierKey, own_key: bytes = b"", own_name: str = ""
    ) -> Cosigned:
        """Open a checkpoint that a quorum of witnesses must have cosigned.

        Args:
            note: the signed note.
            log_key: the key of the log.
            own_key: as for `look`.
            own_name: as for `look`.

        Raises:
            QuorumError: if fewer have, or as `look`; nothing else is wrong with it.
            EncodingError, SignatureError: as `look`.
        """
        cosigned = self.look(note, log_key, own_key, own_name)
        self.require_quorum(cosigned, cosigned.times_s)
        return cosigned

    def require_quorum(self, cosigned: Cosigned, names: Collection[str]) -> None:
        """Require that some of those who have cosigned a checkpoint are a quorum by themselves.

        Args:
            cosigned: what `look` found.
            names: the names of those that are to count.

        Raises:
            QuorumError: if they are none.
        """
        if not self.is_met_by(cosigned.times_s.keys() & set(names)):
            raise QuorumError(
                f"{cosigned.count} of {cosigned.of} witnesses have cosigned this checkpoint, and"
                " that is no quorum",
                missing=cosigned.missing,
                cosigned=cosigned.count,
                needed=cosigned.needed,
            )
