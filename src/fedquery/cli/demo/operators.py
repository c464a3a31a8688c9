"""The commands by which a federation is founded, as operators and nations run them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from fedquery.cli.demo.processes import require

NODE: Final = "fedquery_node"
COORDINATOR: Final = "fedquery_coordinator"
ASKER: Final = "fedquery.cli"


def make_root_key(keys: Path, nation: str) -> None:
    """Make the root key and the card of a nation.

    Raises:
        PeerError: if the command fails.
    """
    require(ASKER, "federation", "key", nation, "--out", str(keys))


def init_node(
    home: Path,
    nation: str,
    federation: str,
    port: int,
    *,
    policies: Path,
    datasets: Mapping[str, str],
) -> None:
    """Make the data directory of a node.

    Args:
        home: the directory.
        nation: the code of the nation.
        federation: the name of the federation.
        port: where it will listen, on this machine.
        policies: the directory with the schema and the nations' policy files.
        datasets: the kind of each of its datasets.

    Raises:
        PeerError: if the command fails.
    """
    chosen = [part for name, kind in datasets.items() for part in ("--dataset", f"{name}={kind}")]
    contact = f"anti-fraud desk of {nation}, desk@example.{nation.lower()}"
    require(
        *(NODE, "--home", str(home), "init", "--nation", nation),
        *("--federation", federation, "--address", f"127.0.0.1:{port}"),
        *("--policies", str(policies), "--contact", contact, *chosen),
    )


def init_coordinator(home: Path, name: str, federation: str, port: int, seen: Path) -> None:
    """Make the data directory of a coordinator that records what it relays.

    Args:
        home: the directory.
        name: its name.
        federation: the name of the federation.
        port: where it will listen, on this machine.
        seen: where it records.

    Raises:
        PeerError: if the command fails.
    """
    require(
        *(COORDINATOR, "--home", str(home), "init", "--name", name, "--federation", federation),
        *("--url", f"https://127.0.0.1:{port}", "--record-bytes-to", str(seen)),
    )


def init_asker(home: Path, agency: str, sort: str, federation: str, keys: Path) -> None:
    """Make the home of an agency, and the key of its auditor.

    Args:
        home: the home.
        agency: its name, such as "TH/cyber-police".
        sort: its sort.
        federation: the name of the federation.
        keys: where the auditor's key is to be.

    Raises:
        PeerError: if a command fails.
    """
    asker = (ASKER, "--home", str(home))
    require(*asker, "init", "--agency", agency, "--sort", sort, "--federation", federation)
    nation = agency[:2]
    require(ASKER, "audit", "key", "--nation", nation, "--out", str(keys))
    require(*asker, "audit", "install", str(keys / f"{nation}.auditor.pub"), "--yes")


def enrol(
    listed: Path, federation: str, cards: Sequence[Path], root_keys: Sequence[Path], roots: Path
) -> None:
    """Make a member list, have nations sign it, and write down their root keys.

    Args:
        listed: the file of the member list.
        federation: the name of the federation.
        cards: the cards of all who take part.
        root_keys: the keys of those who sign: as many as must.
        roots: the file of the root keys.

    Raises:
        PeerError: if a command fails.
    """
    commands, quorum, list_file = (ASKER, "federation"), str(len(root_keys)), str(listed)
    require(*commands, "init", "--name", federation, "--training", "--days", "30", list_file)
    require(*commands, "enrol", list_file, *map(str, cards), "--yes")
    require(*commands, "quorum", list_file, quorum)
    for key in root_keys:
        require(*commands, "sign", list_file, "--key", str(key))
    require(*commands, "roots", list_file, "--quorum", quorum, "--out", str(roots))


def join(module: str, home: Path, listed: Path, roots: Path) -> None:
    """Put a member list in force, with the root keys that it is signed by.

    Args:
        module: `NODE`, `COORDINATOR` or `ASKER`.
        home: its directory.
        listed: the file of the member list.
        roots: the file of the root keys.

    Raises:
        PeerError: if the command fails.
    """
    require(module, "--home", str(home), "members", str(listed), "--roots", str(roots))
