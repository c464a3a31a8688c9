"""The walk: a case, a lookup, a claim, what the coordinator saw, and a log that verifies itself.

Everything that is shown is the output of the real programs, against the real services.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from fedquery.cli.demo import data, search
from fedquery.cli.demo.federation import Federation
from fedquery.cli.demo.processes import run
from fedquery.errors import PeerError
from fedquery.identifiers import parse

NATIONS: Final = ("TH", "CN", "KH", "LA", "MM", "VN")
ASKER: Final = "TH"
DOWN: Final = "KH"
HOLDERS: Final = tuple(nation for nation in NATIONS if nation != ASKER)
# Who holds the wallets of the public list.
_LISTED: Final = ("LA", "VN")
_DUMPED: Final = 64
# Addresses of coins that have no kind, in the public list.
_UNKNOWN_COINS: Final = 100
_MOST_LOOKS: Final = 30


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
        federation = self.federation
        datasets = {
            nation: {"phones": "phone", "accounts": "account"}
            | ({"wallets": "wallet"} if nation in _LISTED else {})
            for nation in NATIONS
        }
        with step(f"keys, certificates and a member list of {len(NATIONS)} nations"):
            federation.make(datasets)
        with step(f"import of {len(HOLDERS)} x {self.rows:,} generated phones and accounts"):
            for nation in HOLDERS:
                self._import(nation)
        with step(f"a prosecutor of {ASKER}, in the roster that {DOWN} knows"):
            self.prosecutor = federation.make_signer(ASKER, "prosecutor", [DOWN])
        refused = 0
        with step(f"import of {len(data.wallet_texts())} real wallets of a public list, twice"):
            for nation in _LISTED:
                file = data.write(self._file(nation, "wallets"), data.wallet_rows(nation))
                ended = federation.import_csv(nation, "wallets", file, skip_bad=_UNKNOWN_COINS)
                refused = sum(json.loads(ended.out)["refused"].values())
        click.echo(f"    {refused} addresses of each are of coins without a kind, and were refused")
        with step("publishing, each dataset under keys of its own"):
            for nation in HOLDERS:
                federation.publish(nation)
        with step(f"starting nodes and coordinator; {DOWN} stays down"):
            federation.start(without=(ASKER, DOWN))

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
        for line in _hexdump(request[-1024 : -1024 + _DUMPED]):
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

    def look_at_log(self) -> None:
        """Verify the log of a node with the operator's own command."""
        title("The log of a node, checked against itself")
        ended = run(
            "fedquery_node", "--home", str(self.federation.node("VN")), "status", "--verify"
        )
        click.echo("  $ fedquery-node status --verify")
        for line in ended.out.splitlines():
            if line.startswith(("log", "root", "witnesses", "quota")):
                click.echo(f"    {line}")
        if ended.code:
            raise PeerError("the log does not verify", why=ended.err)

    def _import(self, nation: str) -> None:
        story = data.story(self.seed)
        phones, accounts = data.split(self.rows)
        known = [story.phone] if nation in {"VN", "CN"} else []
        held = [story.account] if nation in {"LA", DOWN} else []
        for dataset, rows in (
            ("phones", data.phone_rows(nation, phones, self.seed, known)),
            ("accounts", data.account_rows(nation, accounts, self.seed, held)),
        ):
            self.federation.import_csv(
                nation, dataset, data.write(self._file(nation, dataset), rows)
            )

    def _file(self, nation: str, dataset: str) -> Path:
        directory = self.federation.root / "import"
        directory.mkdir(mode=0o700, exist_ok=True)
        return directory / f"{nation}-{dataset}.csv"

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


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is done, and how long it took."""
    started_s = time.monotonic()
    if sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415 -- only where somebody looks

        with Console(stderr=True).status(what):
            yield
    else:
        yield
    click.echo(f"  {time.monotonic() - started_s:5.1f} s  {what}")


def title(text: str) -> None:
    """Begin a part of the walk."""
    click.echo()
    click.secho(text, bold=True)


def _hexdump(octets: bytes) -> Iterator[str]:
    for at in range(0, len(octets), 16):
        line = octets[at : at + 16]
        shown = "".join(chr(one) if 32 <= one < 127 else "." for one in line)  # noqa: PLR2004 -- printable ASCII
        yield f"{line.hex(' '):<47}  {shown}"
