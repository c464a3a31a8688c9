"""The federation that is measured: real processes, five holders with the same generated phones."""

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from fedquery.cli.demo.federation import Federation

NATIONS = ("TH", "CN", "KH", "LA", "MM", "VN")
HOLDERS = NATIONS[1:]
DATASET = "phones"
_POLICIES = Path(__file__).parent.parent / "policies"
_SEED = 20261124


def phones(count: int) -> list[str]:
    """Generate different valid phones, the same ones each time."""
    numbers = random.Random(_SEED).sample(range(10**8), count)  # noqa: S311 -- a fixture, no secret
    return [f"+86139{number:08}" for number in numbers]


def absent_phones() -> Iterator[str]:
    """Generate valid phones that are in no dataset."""
    numbers = random.Random(_SEED + 1)  # noqa: S311 -- a fixture, no secret
    while True:
        yield f"+86138{numbers.randrange(10**8):08}"


def write_csv(path: Path, rows: int) -> None:
    """Write a file for the import."""
    with path.open("w", encoding="utf-8") as file:
        file.write(
            "identifier,reference,category,handling,summary,first_seen,last_seen,release_to,contact\n"
        )
        for number, phone in enumerate(phones(rows)):
            file.write(f"{phone},B-{number:08},fraud,open,,2026-01-02,2026-10-11,*,desk\n")


def policies(directory: Path) -> Path:
    """Copy the example policies; Myanmar, which refuses police, gets the rules of Laos."""
    # Without the tests: those of Myanmar are of its own rules.
    shutil.copytree(_POLICIES, directory, ignore=shutil.ignore_patterns("tests"))
    laos = (directory / "LA.cedar").read_text(encoding="utf-8")
    text = laos.replace("LA-", "MM-").replace('Nation::"LA"', 'Nation::"MM"')
    (directory / "MM.cedar").write_text(text, encoding="utf-8")
    return directory


def make(root: Path, nations: Sequence[str] = NATIONS) -> Federation:
    """Make a federation whose quotas no measurement can spend."""
    federation = Federation(root, nations, policies=policies(root.parent / "policies"))
    federation.make({nation: {DATASET: "phone"} for nation in nations})
    for nation in nations:
        without_quota(federation.node(nation) / "node.toml")
    record(federation, on=False)
    return federation


def record(federation: Federation, *, on: bool) -> None:
    """Have the coordinator record what it relays, from its next start on, or not."""
    settings = federation.coordinator / "coordinator.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("record_bytes_to")]
    if on:
        kept.append(f'record_bytes_to = "{federation.seen}"')
    settings.write_text("\n".join(kept) + "\n", encoding="utf-8")


def without_quota(settings: Path) -> None:
    """Give a node quotas that no measurement can spend."""
    text = settings.read_text(encoding="utf-8")
    text = re.sub(r"(?ms)^\[quota[^\[]*?(?=^\[|\Z)", "", text)
    text += "".join(
        f"\n[quota.{scope}]\nhour = 1000000000\nday = 1000000000\nyear = 1000000000\n"
        for scope in ("agency", "nation")
    )
    settings.write_text(text + "\n[quota.case]\ntotal = 1000000000\n", encoding="utf-8")
