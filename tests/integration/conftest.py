"""A federation of three nations as real processes, made once by the commands that operators use.

TH asks VN and MM. VN holds phones, and a few addresses and domains; MM's policy refuses police by
name. One worker runs all of these tests, so that the federation is made once.
"""

import contextlib
from pathlib import Path

import pytest
import pytest_asyncio
from support.raw_asker import RawAsker, csv_of

from fedquery.cli.demo.federation import NAME, Federation
from fedquery.cli.demo.processes import require

POLICIES = Path(__file__).parents[2] / "policies"
NATIONS = ("TH", "VN", "MM")
PHONES = [f"+8485550199{digit}" for digit in range(10)]
ABSENT = "+66855501991"
WITHDRAWN = "+84855509999"
REFERENCE = "VN-2026-{:06}"
TEAM = "Joint Team 2026-07"
FOR_A_TEAM = "+84855501980"
HOUR = 3_000
CONNECTION = "203.0.113.5:51234 2026-11-25T20:15:07+07:00"
HOST = "login.fedquery-example.co.th"


def rows(count=400):
    """Make rows of VN: the ten that tests ask about, some of them special, and others."""
    special = [(phone, REFERENCE.format(place), "*", "open") for place, phone in enumerate(PHONES)]
    special[8] = (PHONES[8], REFERENCE.format(8), "*", "source at risk")
    special[9] = (PHONES[9], REFERENCE.format(9), "MM", "open")
    special.append((FOR_A_TEAM, "VN-T-000001", TEAM, "open"))
    others = [(f"+8491{n:07}", f"VN-O-{n:06}", "*", "open") for n in range(count)]
    return [*special, (WITHDRAWN, "VN-W-1", "*", "open"), *others]


def widen_quota(made, nation):
    """Let an hour take what all tests ask together, so that none spends what another needs.

    The tests share one agency, and how many of them fall into one hour is chance. A list above HOUR
    shows what a spent quota is.
    """
    path = made.node(nation) / "node.toml"
    many = f"day = {10**6}\nyear = {10**6}\n"
    path.write_text(
        f"{path.read_text()}\n[quota.agency]\nhour = {HOUR}\n{many}"
        f"\n[quota.nation]\nhour = {10**6}\n{many}"
    )


def install_roster(made):
    """Have VN know a judge of TH, whose key lies beside TH's root key."""
    keys, roster = made.root / "root-keys", made.root / "TH.roster"
    command = ("fedquery.cli", "federation", "roster")
    judge = ("--nation", "TH", "--role", "judge", "--label", "bkk-1")
    require(*command, "key", *judge, "--out", str(keys))
    require(*command, "init", str(roster), "--federation", NAME, "--nation", "TH")
    require(*command, "add", str(roster), str(keys / "TH.judge.bkk-1.vkey"), "--yes")
    require(*command, "sign", str(roster), "--key", str(keys / "TH.root.key"))
    require("fedquery_node", "--home", str(made.node("VN")), "roster", str(roster))


def install_team(made):
    """Have VN know a team of TH's agency and one of its own."""
    note, keys = made.root / "joint.team", made.root / "root-keys"
    command = ("fedquery.cli", "federation", "team")
    named = ("--federation", NAME, "--name", TEAM, "--ends", "2028-01-01")
    require(*command, "init", str(note), made.agency, "VN/fiu", *named)
    for nation in ("TH", "VN"):
        require(*command, "sign", str(note), "--key", str(keys / f"{nation}.root.key"))
    require("fedquery_node", "--home", str(made.node("VN")), "team", str(note))


@pytest.fixture(scope="session")
def federation(tmp_path_factory):
    """Make, fill and start the federation."""
    root = tmp_path_factory.mktemp("federation")
    root.chmod(0o700)
    made = Federation(root, NATIONS, policies=POLICIES)
    try:
        sets = {nation: {"phones": "phone"} for nation in NATIONS}
        sets["VN"] |= {"addresses": "ip", "domains": "domain"}
        made.make(sets)
        for nation in NATIONS:
            widen_quota(made, nation)
        install_roster(made)
        install_team(made)
        files = tmp_path_factory.mktemp("files") / "import"
        made.import_csv("VN", "phones", csv_of(files, "vn.csv", rows()))
        for dataset, text in (("addresses", CONNECTION), ("domains", HOST)):
            row = (text, f"VN-{dataset}", "*", "open")
            made.import_csv("VN", dataset, csv_of(files, f"{dataset}.csv", [row]))
        made.import_csv("MM", "phones", csv_of(files, "mm.csv", rows()[:8]))
        for nation in ("VN", "MM"):
            made.publish(nation)
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture
def asker(federation):
    """Make an asker by hand."""
    return RawAsker(federation)


@pytest_asyncio.fixture
async def vn(asker):
    """Open the way to VN's node, and learn its manifest."""
    async with contextlib.aclosing(_Closing(asker.link("VN"))) as closing:
        await asker.learn("VN", closing.link)
        yield closing.link


class _Closing:
    """Close a link as generators are closed."""

    def __init__(self, link):
        self.link = link

    async def aclose(self):
        """Close the link."""
        await self.link.close()
