"""Where the demo happens: six nations with generated lists and real wallets, one node down."""

import json
from pathlib import Path
from typing import Final

import click

from fedquery.cli.demo import data
from fedquery.cli.demo.federation import Federation
from fedquery.cli.demo.showing import step

NATIONS: Final = ("TH", "CN", "KH", "LA", "MM", "VN")
ASKER: Final = "TH"
DOWN: Final = "KH"
HOLDERS: Final = tuple(nation for nation in NATIONS if nation != ASKER)
# Who holds the wallets of the public list.
_LISTED: Final = ("LA", "VN")
# Addresses of coins that have no kind, in the public list.
_UNKNOWN_COINS: Final = 100
CHECKPOINT_S: Final = 3


def prepare(federation: Federation, rows: int, seed: int) -> Path:
    """Make keys and lists, import, publish and start everything but the node that is down.

    Args:
        federation: where it happens.
        rows: rows of phones and accounts for each nation.
        seed: what the generated data follow from.

    Returns:
        The key of a prosecutor.

    Raises:
        PeerError: if a command fails.
    """
    datasets = {
        nation: {"phones": "phone", "accounts": "account"}
        | ({"wallets": "wallet"} if nation in _LISTED else {})
        for nation in NATIONS
    }
    with step(f"keys, certificates and a member list of {len(NATIONS)} nations"):
        federation.make(datasets)
    with step(f"import of {len(HOLDERS)} x {rows:,} generated phones and accounts"):
        for nation in HOLDERS:
            _import(federation, nation, rows, seed)
    with step(f"a prosecutor of {ASKER}, in the roster that {DOWN} knows"):
        prosecutor = federation.make_signer(ASKER, "prosecutor", [DOWN])
    refused = 0
    with step(f"import of {len(data.wallet_texts())} real wallets of a public list, twice"):
        for nation in _LISTED:
            file = data.write(_file(federation, nation, "wallets"), data.wallet_rows(nation))
            ended = federation.import_csv(nation, "wallets", file, skip_bad=_UNKNOWN_COINS)
            refused = sum(json.loads(ended.out)["refused"].values())
    click.echo(f"    {refused} addresses of each are of coins without a kind, and were refused")
    with step("publishing, each dataset under keys of its own"):
        for nation in HOLDERS:
            federation.publish(nation)
    # Ten minutes by default: nobody waits so long for a demo.
    federation.set_checkpoints(CHECKPOINT_S)
    with step(f"starting nodes and coordinator; {DOWN} stays down"):
        federation.start(without=(DOWN,))
    return prosecutor


def _import(federation: Federation, nation: str, rows: int, seed: int) -> None:
    story = data.story(seed)
    phones, accounts = data.split(rows)
    known = [story.phone] if nation in {"VN", "CN"} else []
    held = [story.account] if nation in {"LA", DOWN} else []
    for dataset, made in (
        ("phones", data.phone_rows(nation, phones, seed, known)),
        ("accounts", data.account_rows(nation, accounts, seed, held)),
    ):
        federation.import_csv(nation, dataset, data.write(_file(federation, nation, dataset), made))


def _file(federation: Federation, nation: str, dataset: str) -> Path:
    directory = federation.root / "import"
    directory.mkdir(mode=0o700, exist_ok=True)
    return directory / f"{nation}-{dataset}.csv"
