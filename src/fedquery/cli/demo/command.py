"""`fedquery demo`: six nations on this machine, a question, a claim, and a look at everything."""

import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Final

import click

from fedquery.cli.demo import keeping
from fedquery.cli.demo.federation import Federation
from fedquery.cli.demo.setting import NATIONS
from fedquery.cli.demo.showing import step, title
from fedquery.cli.demo.story import Walk
from fedquery.errors import ConfigError, InputError

_SEED: Final = 1
_POLICIES: Final = Path(__file__).parents[4] / "policies"


@click.command()
@click.option("--rows", type=click.IntRange(10, 1_000_000), default=20_000, show_default=True)
@click.option("--seed", type=int, default=_SEED, show_default=True, help="Of the generated data.")
@click.option("--keep", is_flag=True, help="Leave everything running, and say how to ask more.")
@click.option("--desk", is_flag=True, help="Leave it running with pages for sample users.")
@click.option(
    "--dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to make it; a temporary directory, removed in the end, by default.",
)
@click.option(
    "--policies",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=_POLICIES,
    show_default="those of this checkout",
    help="The directory of the policy files.",
)
def demo(
    *, rows: int, seed: int, keep: bool, desk: bool, directory: Path | None, policies: Path
) -> int:
    """Make a federation of six nations on this machine, ask it and claim a hit.

    Real processes, real keys, generated records and a real public list of wallets. It ends by
    itself, or with Ctrl-C, and leaves nothing behind unless it is told to.
    """
    if not policies.is_dir():
        raise ConfigError("the policy files are not here", do="Give --policies, or use a checkout.")
    # An end by signal is to clean up like an end by Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup wants it
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    started_s = time.monotonic()
    root = _made(directory)
    walk = Walk(Federation(root, NATIONS, policies), rows, seed)
    try:
        title("Six nations on this machine")
        walk.prepare()
        walk.ask()
        walk.claim()
        walk.sign()
        walk.look_at_coordinator()
        walk.audit()
        title(f"Done in {time.monotonic() - started_s:.0f} s.")
        if keep or desk:
            keeping.keep(walk, desk=desk)
    finally:
        with step("stopping every process"):
            walk.federation.close()
        if directory is None:
            shutil.rmtree(root, ignore_errors=True)
    return 0


def _made(directory: Path | None) -> Path:
    if directory is None:
        return Path(tempfile.mkdtemp(prefix="fedquery-demo-"))
    if directory.exists() and any(directory.iterdir()):
        raise InputError(f"{directory} is not empty", do="Choose another directory.")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory
