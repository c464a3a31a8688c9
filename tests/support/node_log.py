"""A real log: a node of VN made by its own commands, asked by a real agency, in this process.

Questions are sealed and opened as on the wire and judged by the node's own code; nothing is served.
"""

import contextlib
import io
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

from fedquery_node import answers, leaves, schema
from fedquery_node.__main__ import main as node_command
from fedquery_node.admit import admit
from fedquery_node.home import open_home
from fedquery_node.judge import Judge
from fedquery_node.upkeep import Upkeep
from support.raw_asker import RawAsker, csv_of, other_octets
from unit.psi.holding import octets

from fedquery.cli.__main__ import main as fedquery
from fedquery.config.service import wall_clock
from fedquery.federation.manifest import Manifest
from fedquery.oprf.steps import finish
from fedquery.seal.envelope import request_digest

POLICIES = Path(__file__).parents[2] / "policies"
AGENCY = "TH/cyber-police"
TEAM = "Joint Team 2026-07"
_LIFE = b"""
@id("VN-05") @title("Threat to life: a hit") @law("EXAMPLE, Art. 9")
permit (principal, action in Action::"up to hit", resource in Nation::"VN")
when { context.purpose == Purpose::"threat to life" };
"""
# What a question can be, of a node that looks at each: right, too old, of no dataset, too long.
_BENDS = (
    lambda question: question,
    lambda question: replace(question, version=question.version + 7),
    lambda question: replace(question, dataset="wallets"),
    lambda question: question,
)


def quietly(command, *words):
    """Run a command in this process; it has to go well."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = command([str(word) for word in words])
    assert 0 == code, out.getvalue()
    return out.getvalue()


@dataclass
class RealNode:
    """A node whose log is filled.

    Attributes:
        home: its data directory.
        asker: makes envelopes for it.
        now_ms: its clock.
        digests: of the requests that were judged, in order.
    """

    home: Path
    policies: Path
    supervisor: Path
    asker: RawAsker
    now_ms: int

    def __post_init__(self):
        """Open what a serving node has open."""
        self.digests = []
        self._random = octets(7)

    @contextlib.contextmanager
    def serving(self):
        """Do what a node does at its start, and give what judges one envelope."""
        home = open_home(self.home)
        with contextlib.closing(schema.connect(self.home)) as connection:
            upkeep = Upkeep(home, connection, self._random)
            force = upkeep.start(self.now_ms)
            note = force.manifest
            self.asker.manifests["VN"] = Manifest.parse(note[: note.rindex(b"\n\n") + 1])

            def judge(sent, fault=""):
                admitted, judged = self._judged(connection, home, force, sent.envelope)
                if fault:
                    ruled = leaves.Ruled(reason=fault, fault=True)
                    with _transaction(connection):
                        leaves.write_leaf(
                            connection, home, admitted, ruled, random=self._random,
                            now_ms=self.now_ms,
                        )  # fmt: skip
                return admitted, judged

            def found(sent):
                """Evaluate a question that was granted, and give what the asker finds."""
                admitted, judged = judge(sent)
                assert judged.granted
                served = answers.served_for(admitted.asked, force.catalogue)
                shape = answers.shape_of(admitted, force.catalogue)
                octets = finish(answers.evaluated_body(admitted, served, shape, self._random))
                body = self.asker.body(sent, SimpleNamespace(body=octets))
                opening = served.view_of(AGENCY).opening
                return sent.asking.conclude(opening, body).findings

            yield SimpleNamespace(judge=judge, found=found)
            self.checkpoint(home, connection)

    def _judged(self, connection, home, force, envelope):
        self.now_ms = max(self.now_ms + 1, wall_clock())
        admitted = admit(envelope, "VN", force.members, force.kem_keys, self.now_ms)
        vouched = force.authorities.vouch(admitted, home)
        judge = Judge(home, force.rules, force.catalogue, self._random, vouched)
        with _transaction(connection):
            judged = judge.judge(connection, admitted, self.now_ms)
        self.digests.append(request_digest(envelope))
        return admitted, judged

    def checkpoint(self, home, connection):
        """Sign what is there, as the clock does."""
        with _transaction(connection):
            home.log.sign_checkpoint(connection, home.log_signer, self.now_ms)

    def run(self, *words):
        """Run a command of the node."""
        return quietly(node_command, "--home", self.home, *words)

    def activate(self, text=b""):
        """Add something to the policy file and put it in force."""
        path = self.policies / "VN.cedar"
        path.write_bytes(path.read_bytes() + text)
        self.run("policy", "propose")
        self.run("policy", "activate")

    def fill(self, questions):
        """Ask so many questions of many kinds, and whatever else stands in a node's log."""
        ask, phones = self.asker.ask, [f"+8491{n:07}" for n in range(questions)]
        with self.serving() as node:
            (finding,) = node.found(ask("VN", phones[:1]))
            assert node.judge(self.asker.claim("VN", finding))[1].head.claim
            node.judge(self.asker.claim("VN", other_octets(finding)))
            same = ask("VN", phones[1:2])
            node.judge(same)
            node.judge(same)
            node.judge(ask("VN", phones[2:3]), fault="bad-point")
            node.judge(ask("VN", phones[3:4], purpose="threat to life"))
            node.judge(ask("VN", phones[4:5], purpose="missing person"))
            for place, phone in enumerate(phones):
                bend = _BENDS[place % len(_BENDS)]
                node.judge(ask("VN", [phone], case=f"C-{place // 4}", change=bend))
        self.run("publish")
        self.activate(b"\n// another day\n")
        (index,) = {one["index"] for one in json.loads(self.run("reviews", "--json"))}
        self.run("review", index, "--by", self.supervisor)
        with self.serving() as node:
            for phone in phones[:20]:
                node.judge(ask("VN", [phone], case="C-after"))


@contextlib.contextmanager
def _transaction(connection):
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("COMMIT")


def make_node(root: Path) -> RealNode:
    """Make keys, homes and a member list, and fill the node's dataset."""
    home, asker, hub = root / "VN", root / "asker", root / "hub"
    keys, listed, roots = root / "keys", root / "list", root / "roots"
    # Without their tests, which hold the file to what it says before a rule is added.
    policies = shutil.copytree(POLICIES, root / "policies", ignore=lambda *_: ["tests"])
    quietly(
        node_command, "--home", home, "init", "--nation", "VN", "--federation", "mekong",
        "--address", "127.0.0.1:7001", "--policies", policies, "--dataset", "phones=phone",
    )  # fmt: skip
    quietly(
        fedquery, "--home", asker, "init", "--agency", AGENCY, "--sort", "police",
        "--federation", "mekong",
    )  # fmt: skip
    for nation in ("TH", "VN"):
        quietly(fedquery, "federation", "key", nation, "--out", keys)
    quietly(fedquery, "federation", "init", listed, "--name", "mekong", "--training")
    cards = [keys / "TH.card.json", keys / "VN.card.json", home / "card.json", asker / "card.json"]
    quietly(fedquery, "federation", "enrol", listed, *cards, "--yes")
    quietly(fedquery, "federation", "quorum", listed, "2")
    for nation in ("TH", "VN"):
        quietly(fedquery, "federation", "sign", listed, "--key", keys / f"{nation}.root.key")
    quietly(fedquery, "federation", "roots", listed, "--quorum", "2", "--out", roots)
    asks = SimpleNamespace(member_list=listed, asker=asker, agency=AGENCY, coordinator=hub)
    supervisor = keys / "supervisor.VN.mai.key"
    node = RealNode(home, policies, supervisor, RawAsker(asks), wall_clock())
    node.run("members", listed, "--roots", roots)
    _install_people(node, root, keys)
    node.activate(_LIFE)
    rows = [(f"+8491{n:07}", f"VN-{n:06}", "*", "open") for n in range(40)]
    node.run("import", "phones", csv_of(root / "import", "vn.csv", rows))
    node.run("publish")
    return node


def _install_people(node: RealNode, root: Path, keys: Path) -> None:
    """Name a supervisor in the settings, and install a roster and a team."""
    made = quietly(node_command, "key", "supervisor", "mai", "--nation", "VN", "--out", keys)
    settings = node.home / "node.toml"
    settings.write_text(f"{settings.read_text()}\n[review]\nsupervisors = ['{made.split()[-1]}']\n")
    roster, team = root / "TH.roster", root / "joint.team"
    say = (fedquery, "federation")
    quietly(*say, "roster", "init", roster, "--federation", "mekong", "--nation", "TH")
    role = ("--nation", "TH", "--role", "judge", "--label", "bkk-1", "--out", keys)
    quietly(*say, "roster", "key", *role)
    quietly(*say, "roster", "add", roster, keys / "TH.judge.bkk-1.vkey", "--yes")
    quietly(*say, "roster", "sign", roster, "--key", keys / "TH.root.key")
    node.run("roster", roster)
    named = ("--federation", "mekong", "--name", TEAM, "--ends", "2028-01-01")
    quietly(*say, "team", "init", team, AGENCY, "VN/fiu", *named)
    for nation in ("TH", "VN"):
        quietly(*say, "team", "sign", team, "--key", keys / f"{nation}.root.key")
    node.run("team", team)
