"""The walk: a case, a lookup, a claim, what the coordinator saw, and what auditors find.

Everything that is shown is the output of the real programs, against the real services.
"""

import json
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from fedquery.cli.demo import data, search
from fedquery.cli.demo.federation import COORDINATOR, Federation
from fedquery.cli.demo.processes import run
from fedquery.cli.demo.setting import ASKER, CHECKPOINT_S, DOWN, prepare
from fedquery.cli.demo.showing import hexdump, step, title
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import PeerError
from fedquery.identifiers import parse

_DUMPED: Final = 64
_MOST_LOOKS: Final = 30
# A round of the coordinator to the witnesses, and the node's own look at what it brought.
_CARRIED_S: Final = 7


def opened_day() -> str:
    """Give the day on which the case was opened: three days ago, as policies look at its age."""
    return (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%d")


def case_options() -> list[str]:
    """Give the facts of the case as options of `fedquery lookup`."""
    return [
        "--case",
        "2026/117",
        "--purpose",
        "fraud",
        "--offence",
        "telecom fraud",
        "--max-penalty",
        "10",
        "--opened",
        opened_day(),
    ]


@dataclass(slots=True)
class Walk:
    """One demo under way.

    Attributes:
        federation: where it happens.
        rows: rows of phones and accounts for each nation.
        seed: what the generated data follow from.
        prosecutor: the key of a prosecutor, once there is one.
    """

    federation: Federation
    rows: int
    seed: int
    prosecutor: Path = field(default=Path(), init=False)

    def prepare(self) -> None:
        """Make keys and lists, import, publish and start everything but the node that is down.

        Raises:
            PeerError: if a command fails.
        """
        self.prosecutor = prepare(self.federation, self.rows, self.seed)

    def ask(self) -> None:
        """Look four identifiers up, as an officer does."""
        story = data.story(self.seed)
        title("A Thai officer asks five nations about two phones, an account and a wallet")
        click.echo("  (generated; the wallet is a real one of the public list)")
        for text in story.texts():
            click.echo(f"    {text}")
        self._shown(["lookup", *case_options()], stdin="\n".join(story.texts()) + "\n")

    def claim(self) -> None:
        """Claim the first hit.

        Raises:
            PeerError: if there is none; then the demo has failed.
        """
        title("One hit is claimed: only now does the holder learn which record it is about")
        self._shown(["claim", self._first_hit("VN")])

    def sign(self) -> None:
        """Have a prosecutor sign the case, without whom one nation names no record.

        Raises:
            PeerError: if the node does not come, or has no hit; then the demo has failed.
        """
        title(f"{DOWN}'s node comes back, and names a record only where a prosecutor has signed")
        self.federation.start_node(DOWN)
        number, *facts = case_options()[1:]
        self._shown(["case", "open", number, *facts, "--role", "suspect"])
        lookup = ["lookup", "--case", number, "--nations", DOWN]
        account = data.story(self.seed).texts()[2] + "\n"
        self._until_offered()
        self._shown(lookup, stdin=account)
        claim_id = self._first_hit(DOWN)
        self._shown(["claim", claim_id])
        self._shown(["case", "sign", number, "--key", str(self.prosecutor), "--yes"])
        self._shown(["claim", claim_id])

    def look_at_coordinator(self) -> None:
        """Show the octets that the coordinator saw, and search them."""
        title("What the coordinator saw")
        federation = self.federation
        relayed = search.files_below([federation.seen])
        size = sum(path.stat().st_size for path in relayed)
        click.echo(
            f"  {len(relayed)} envelopes, {size:,} octets. The first {_DUMPED} of a sealed part:"
        )
        request = next(path for path in relayed if path.suffix == ".request").read_bytes()
        for line in hexdump(request[-1024 : -1024 + _DUMPED]):
            click.echo(f"    {line}")
        logs = federation.root / "logs" / "hub.log"
        files = [*relayed, *search.files_below([federation.coordinator]), logs]
        click.echo(f"  Searched in {len(files)} files: relayed octets, database, log, settings.")
        for text, kind in zip(
            data.story(self.seed).texts(), ("phone", "phone", "account", "wallet"), strict=True
        ):
            identifier = parse(kind, text).identifier
            found = search.count(search.spellings(identifier), files)
            click.echo(f"    {text:<44} found in {found}")
            if found:
                raise PeerError("an identifier was found at the coordinator", do="Report this.")
        control = search.count([federation.agency.encode()], files)
        click.echo(f"    {federation.agency + ' (control)':<44} found in {control}")
        if not control:
            raise PeerError("the search finds nothing at all, so it shows nothing")

    def audit(self) -> None:
        """Verify and compare the logs of a node, the coordinator and the asker, as auditors do.

        Raises:
            PeerError: if a log does not verify, or one lacks what another has.
        """
        title("Three auditors, who trust none of the parties, compare three logs")
        federation = self.federation
        homes = {
            "VN": federation.node("VN"),
            COORDINATOR: federation.coordinator,
            ASKER: federation.asker,
        }
        with step("waiting until the last question is in a checkpoint that witnesses have seen"):
            time.sleep(CHECKPOINT_S + _CARRIED_S)
        for name, home in homes.items():
            self._audited("export", str(home), str(federation.root / f"{name}-log"), quiet=True)
        logs = [f"{name}-log" for name in homes]
        members = ["--members", federation.member_list.name]
        self._audited("verify", "VN-log", *members)
        self._audited("reconcile", *logs)
        self._audited("replay", "VN-log")
        click.echo("\n  One octet of an exported entry is changed:")
        _flip(federation.root / "VN-log")
        self._audited("verify", "VN-log", *members, expected=ExitCode.AUDIT)

    def _audited(self, *arguments: str, expected: int = ExitCode.OK, quiet: bool = False) -> None:
        ended = run("fedquery.cli", "audit", *arguments, directory=self.federation.root)
        if not quiet:
            click.echo(f"\n  $ fedquery audit {' '.join(arguments)}\n")
            for line in (ended.out + ended.err).splitlines():
                click.echo(f"  {line}".rstrip())
            click.echo(f"\n  exit code {ended.code}")
        if ended.code != expected:
            raise PeerError("the audit did not end as it must", why=ended.err, do="Report this.")

    def _shown(self, arguments: list[str], stdin: str = "") -> None:
        words = [f'"{word}"' if " " in word else word for word in arguments]
        click.echo(f"\n  $ fedquery {' '.join(words)}{' < numbers.txt' if stdin else ''}\n")
        sys.stdout.flush()
        ended = self.federation.run_asker(*arguments, stdin=stdin)
        click.echo(
            "".join(f"  {line}".rstrip() + "\n" for line in ended.out.splitlines()), nl=False
        )
        for line in ended.err.splitlines():
            click.echo(f"  {line}")
        click.echo(f"\n  exit code {ended.code}")

    def _until_offered(self) -> None:
        """Wait until the coordinator has fetched what the node that came back offers."""
        for _ in range(_MOST_LOOKS):
            ended = self.federation.run_asker("doctor", "--json")
            if any(one["ok"] for one in json.loads(ended.out) if one["name"] == f"node {DOWN}"):
                return
            time.sleep(1)
        raise PeerError("the node that came back is not offered", do="Report this.")

    def _first_hit(self, nation: str) -> str:
        ended = self.federation.run_asker("receipts", "--json")
        (latest, *_) = json.loads(ended.out)
        shown = self.federation.run_asker("status", latest["lookup_id"], "--json")
        outcomes = json.loads(shown.out)["outcomes"]
        hits = [one["claim_id"] for one in outcomes if one["claim_id"] and one["nation"] == nation]
        if not hits:
            raise PeerError(f"the lookup found no hit at {nation}", do="Report this.")
        return str(hits[0])


def _flip(log: Path) -> None:
    """Change one octet in the middle of the first bundle of entries of an exported log."""
    bundle = next(path for path in sorted(log.glob("tile/entries/**/*")) if path.is_file())
    octets = bytearray(bundle.read_bytes())
    octets[len(octets) // 2] ^= 1
    bundle.write_bytes(octets)
