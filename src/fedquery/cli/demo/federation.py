"""A federation on this machine, made with the commands that operators use, and nothing else.

root/root-keys/     the nations' root keys and cards, and the key of the agency's auditor
root/nodes/VN/      the data directory of a node
root/hub/           that of the coordinator
root/asker/         the home of the asking agency
root/seen/          every octet that the coordinator relayed
root/logs/          what the services logged
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from fedquery.cli.demo import operators
from fedquery.cli.demo.operators import ASKER, NODE
from fedquery.cli.demo.processes import Ended, Service, free_ports, require, run

NAME: Final = "mekong"
COORDINATOR: Final = "hub"
# Commands are short and mostly wait for a new interpreter; more than this only crowds the cores.
_AT_ONCE: Final = 4


@dataclass(slots=True)
class Federation:
    """Nations with a node each, one coordinator and one asking agency.

    Args:
        root: an empty directory, private to its owner.
        nations: their codes.
        policies: the directory with the schema and the nations' policy files.
        agency: who asks.
        sort: the sort of that agency.
    """

    root: Path
    nations: Sequence[str]
    policies: Path
    agency: str = "TH/cyber-police"
    sort: str = "police"
    services: dict[str, Service] = field(default_factory=dict, init=False)

    def node(self, nation: str) -> Path:
        """Give the data directory of a node."""
        return self.root / "nodes" / nation

    @property
    def coordinator(self) -> Path:
        """Give the data directory of the coordinator."""
        return self.root / COORDINATOR

    @property
    def asker(self) -> Path:
        """Give the home of the asking agency."""
        return self.root / "asker"

    @property
    def seen(self) -> Path:
        """Give the directory in which the coordinator records what it relays."""
        return self.root / "seen"

    @property
    def member_list(self) -> Path:
        """Give the member list."""
        return self.root / "federation.note"

    @property
    def quorum(self) -> int:
        """Say how many nations must sign: two thirds of them."""
        return -(-2 * len(self.nations) // 3)

    def make(self, datasets: Mapping[str, Mapping[str, str]]) -> None:
        """Make keys, certificates and homes, enrol all and sign the member list.

        Args:
            datasets: for each nation the kind of each of its datasets.

        Raises:
            PeerError: if a command fails.
        """
        for directory in ("root-keys", "nodes", "logs", "seen"):
            (self.root / directory).mkdir(mode=0o700)
        hub_port, *ports = free_ports(1 + len(self.nations))
        keys, listed, roots = self.root / "root-keys", self.member_list, self.root / "roots.txt"
        self.together(
            [
                *(partial(operators.make_root_key, keys, nation) for nation in self.nations),
                *(
                    partial(
                        operators.init_node,
                        *(self.node(nation), nation, NAME, port),
                        policies=self.policies,
                        datasets=datasets[nation],
                    )
                    for nation, port in zip(self.nations, ports, strict=True)
                ),
                partial(
                    operators.init_coordinator,
                    *(self.coordinator, COORDINATOR, NAME, hub_port, self.seen),
                ),
                partial(operators.init_asker, self.asker, self.agency, self.sort, NAME, keys),
            ]
        )
        homes = [*(self.node(nation) for nation in self.nations), self.coordinator, self.asker]
        cards = [
            *(keys / f"{nation}.card.json" for nation in self.nations),
            *(home / "card.json" for home in homes),
        ]
        signers = [keys / f"{nation}.root.key" for nation in self.nations[: self.quorum]]
        operators.enrol(listed, NAME, cards, signers, roots)
        modules = [*(NODE for _ in self.nations), operators.COORDINATOR, ASKER]
        self.together(
            [
                partial(operators.join, module, home, listed, roots)
                for module, home in zip(modules, homes, strict=True)
            ]
        )
        self.together([partial(self.activate_policy, nation) for nation in self.nations])

    def set_checkpoints(self, every_s: int) -> None:
        """Have nodes and coordinator sign a checkpoint every few seconds, from their next start."""
        files = [self.node(nation) / "node.toml" for nation in self.nations]
        for file in (*files, self.coordinator / "coordinator.toml"):
            # Before the first table: behind it the key would be the table's.
            text = file.read_text(encoding="utf-8")
            file.write_text(f"checkpoint_every_s = {every_s}\n{text}", encoding="utf-8")

    def activate_policy(self, nation: str) -> None:
        """Propose and activate the policy file of a nation as it is now.

        Raises:
            PeerError: if the node refuses it.
        """
        for step in ("propose", "activate"):
            require(NODE, "--home", str(self.node(nation)), "policy", step)

    def make_signer(self, nation: str, role: str, holders: Sequence[str]) -> Path:
        """Make a role key and a roster with it, and put that in force at some nodes.

        Args:
            nation: whose signer it is.
            role: such as "prosecutor".
            holders: the nations whose nodes are to know the key.

        Returns:
            The file of the key.

        Raises:
            PeerError: if a command fails.
        """
        keys, file = self.root / "root-keys", self.root / f"{nation}.roster"
        roster = (ASKER, "federation", "roster")
        label = ("--nation", nation, "--role", role, "--label", "one")
        require(*roster, "key", *label, "--out", str(keys))
        require(*roster, "init", str(file), "--federation", NAME, "--nation", nation)
        require(*roster, "add", str(file), str(keys / f"{nation}.{role}.one.vkey"), "--yes")
        require(*roster, "sign", str(file), "--key", str(keys / f"{nation}.root.key"))
        self.together(
            [
                partial(require, NODE, "--home", str(self.node(holder)), "roster", str(file))
                for holder in holders
            ]
        )
        return keys / f"{nation}.{role}.one.key"

    def import_csv(self, nation: str, dataset: str, file: Path, *, skip_bad: int = 0) -> Ended:
        """Import a file into a dataset, passing over so many bad rows.

        Raises:
            PeerError: if the node refuses it.
        """
        node = (NODE, "--home", str(self.node(nation)))
        return require(*node, "import", dataset, str(file), "--skip-bad", str(skip_bad), "--json")

    def publish(self, nation: str) -> Ended:
        """Publish all datasets of a nation.

        Raises:
            PeerError: if it fails.
        """
        return require(NODE, "--home", str(self.node(nation)), "publish", "--json")

    def start_node(self, nation: str) -> int:
        """Start the node of a nation and give its port."""
        return self._start(nation, NODE, self.node(nation))

    def start_coordinator(self) -> int:
        """Start the coordinator and give its port."""
        return self._start(COORDINATOR, operators.COORDINATOR, self.coordinator)

    def start(self, *, without: Sequence[str] = ()) -> None:
        """Start the nodes together, and then the coordinator, which fetches their manifests.

        Args:
            without: nations whose nodes stay down.
        """
        wanted = [nation for nation in self.nations if nation not in without]
        self.together([partial(self.start_node, nation) for nation in wanted])
        self.start_coordinator()

    def stop(self, name: str) -> int:
        """Stop a node or the coordinator and give its exit code."""
        return self.services[name].stop()

    def kill(self, name: str) -> None:
        """Kill a node or the coordinator."""
        self.services[name].kill()

    def close(self) -> None:
        """Stop whatever runs; the coordinator first, so that it does not complain of the nodes."""
        for service in reversed(self.services.values()):
            service.signal_end()
        for service in self.services.values():
            service.stop()

    def run_asker(self, *arguments: str, stdin: str = "") -> Ended:
        """Run `fedquery` as the asking agency; any exit code is given back."""
        return run(ASKER, "--home", str(self.asker), *arguments, stdin=stdin)

    def _start(self, name: str, module: str, home: Path) -> int:
        log = self.root / "logs" / f"{name}.log"
        service = Service(name, module, ("--home", str(home), "serve"), log)
        self.services[name] = service
        return service.start()

    def together(self, steps: Sequence[Callable[[], object]]) -> None:
        """Do steps at once, a few at a time; the first that fails is raised."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for done in [pool.submit(step) for step in steps]:
                done.result()
