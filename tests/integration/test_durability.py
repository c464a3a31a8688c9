"""What must hold under concurrency and crashes: quotas are exact, no answer without its leaf."""

import asyncio
import contextlib

import pytest
from fedquery_node import schema
from fedquery_node.config import load_settings
from integration.conftest import PHONES, POLICIES, rows
from support.raw_asker import RawAsker, csv_of

from fedquery.cli.demo.federation import Federation
from fedquery.errors import PeerError
from fedquery.tlog.tree import leaf_hash

ASKERS = 64
DAY_LIMIT = 101
KILLS = 50


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Make a federation of two nations, whose holder is killed and has a small quota."""
    root = tmp_path_factory.mktemp("small")
    root.chmod(0o700)
    made = Federation(root, ("TH", "VN"), policies=POLICIES)
    try:
        made.make({nation: {"phones": "phone"} for nation in ("TH", "VN")})
        files = tmp_path_factory.mktemp("files") / "import"
        made.import_csv("VN", "phones", csv_of(files, "vn.csv", rows(50)[:9]))
        made.publish("VN")
        yield made
    finally:
        made.close()


def leaves(federation):
    """Read the log of VN: the hash of each leaf."""
    settings = load_settings(federation.node("VN"))
    connection = schema.connect(federation.node("VN"))
    try:
        log = schema.log_of(settings)
        return [leaf_hash(entry) for entry in log.entries(connection, 0, log.size(connection))]
    finally:
        connection.close()


def with_quota(federation, text):
    """Give VN other ceilings."""
    path = federation.node("VN") / "node.toml"
    kept = path.read_text(encoding="utf-8").partition("\n[quota")[0]
    path.write_text(f"{kept}\n{text}\n", encoding="utf-8")


@contextlib.asynccontextmanager
async def opened(federation):
    """Open an asker and its link to VN."""
    asker = RawAsker(federation)
    link = asker.link("VN")
    try:
        await asker.learn("VN", link)
        yield asker, link
    finally:
        await link.close()


def ceilings(agency_day, case):
    """Write a quota of which only these two can be spent."""
    many = "hour = 1000000000\nyear = 1000000000"
    return (
        f"[quota.agency]\n{many}\nday = {agency_day}\n"
        f"[quota.nation]\n{many}\nday = 1000000000\n[quota.case]\ntotal = {case}\n"
    )


async def test_a_quota_is_exact_under_64_askers(small):
    """Q1: what was granted is the limit, rounded down to whole questions, and not one more."""
    with_quota(small, ceilings(DAY_LIMIT, 10**6))
    small.start_node("VN")
    try:
        async with opened(small) as (asker, link):

            async def one(number):
                size_class = 4 if number % 2 else 1
                sent = asker.ask("VN", [PHONES[0]], size_class=size_class, case=f"Q1-{number}")
                got = await asker.send(sent, link)
                assert got.slug in {"", "quota"}
                return 0 if got.slug else size_class

            granted = sum(await asyncio.gather(*(one(number) for number in range(ASKERS))))
            # Whoever comes later gets what is left, one by one, and then nothing.
            later = [await one(0) for _ in range(8)]
    finally:
        small.stop("VN")
    assert DAY_LIMIT == granted + sum(later)
    assert 0 == later[-1]


async def test_a_spent_quota_answers_in_the_same_length(small):
    """Neither the refusal nor the quota left shows in the octets that the relay counts."""
    with_quota(small, ceilings(10**6, 1))
    small.start_node("VN")
    try:
        async with opened(small) as (asker, link):
            first = await asker.send(asker.ask("VN", [PHONES[0]], case="L"), link)
            spent = await asker.send(asker.ask("VN", [PHONES[0]], case="L"), link)
    finally:
        small.stop("VN")
    assert ("", "quota") == (first.slug, spent.slug)
    assert len(first.envelope) == len(spent.envelope)


async def test_no_answer_is_without_its_leaf_after_any_kill(small):
    """D1: a node that is killed while it serves has every leaf that it answered for."""
    with_quota(small, ceilings(10**9, 10**9))
    receipts = []
    for _ in range(KILLS):
        small.start_node("VN")
        receipts += await _until_killed(small)
    small.start_node("VN")
    assert 0 == small.stop("VN")
    logged = leaves(small)
    assert len(receipts) > KILLS
    # Each answer has a leaf of its own, at the place that it named.
    assert len({receipt.index for receipt in receipts}) == len(receipts)
    assert [logged[receipt.index] for receipt in receipts] == [r.leaf_hash for r in receipts]


async def _until_killed(federation):
    """Ask from several sides at once, kill the node in the middle, give the receipts received."""
    receipts = []
    async with opened(federation) as (asker, link):

        async def keep_asking(number):
            with contextlib.suppress(PeerError):
                while True:
                    sent = asker.ask("VN", [PHONES[number]], case=f"D1-{number}")
                    got = await asker.send(sent, link)
                    receipts.append(got.head.receipt)
                    if len(receipts) == 6:
                        federation.kill("VN")

        await asyncio.gather(*(keep_asking(number) for number in range(4)))
    return receipts
