"""Where the time of one question goes: each step alone, in one process, without a network.

What the log adds to it is the difference of two steps: deciding with and without it.
"""

import secrets
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from fedquery_node import answers, schema
from fedquery_node import judge as judging
from fedquery_node.admit import Admitted, admit
from fedquery_node.home import open_home
from fedquery_node.judge import Judge, Judged
from fedquery_node.upkeep import Upkeep

from bench import scene
from bench.asking import case_of
from fedquery.ask import Client, concluding, receipts
from fedquery.ask.cards import Cards
from fedquery.ask.preparing import Preparing
from fedquery.cli.demo.federation import Federation
from fedquery.config.service import wall_clock
from fedquery.identifiers import parse
from fedquery.oprf.steps import finish
from fedquery.storage.transaction import transaction

_NATION = scene.HOLDERS[0]


def _say_nothing(_forms: object, _outcome: object) -> None:
    """Take no notice of what cannot be asked."""


class _Steps:
    """Durations by the name of their step."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a block."""
        started_s = time.perf_counter()
        yield
        self.taken.setdefault(name, []).append(time.perf_counter() - started_s)


def _judge(connection: sqlite3.Connection, judge: Judge, admitted: Admitted) -> Judged:
    connection.execute("BEGIN IMMEDIATE")
    judged = judge.judge(connection, admitted, wall_clock())
    connection.execute("COMMIT")
    return judged


@contextmanager
def _without_a_log() -> Iterator[None]:
    """Have the node write no entry and no details for a block: the rest is what logging adds to."""
    kept = judging.write_leaf
    judging.write_leaf = lambda *_given, **_named: (0, bytes(32))
    yield
    judging.write_leaf = kept


async def measure(federation: Federation, rows: int, runs: int) -> dict[str, float]:
    """Walk questions through both ends of the protocol, with the stopped node's own directory.

    Returns:
        the median of each step in milliseconds.
    """
    federation.stop(_NATION)
    steps = _Steps()
    home = open_home(federation.node(_NATION))
    with closing(schema.connect(home.path)) as connection:
        force = Upkeep(home, connection, secrets.token_bytes).start(wall_clock())
        async with Client.open(federation.asker) as client:
            await client.refresh()
            session = client.session
            phones = scene.phones(rows)
            for number in range(runs):
                identifier = parse("phone", phones[number]).identifier
                with (
                    steps.step("asker: plan, blind, seal, sign"),
                    transaction(session.connection),
                ):
                    cards = Cards.of(session.home, case_of(10**7 + number), wall_clock())
                    preparing = Preparing(session, cards, secrets.token_bytes, _say_nothing)
                    (question,) = preparing.questions([identifier], [_NATION])
                with steps.step("node: read, verify, open"):
                    admitted = admit(
                        question.sealed.envelope,
                        _NATION,
                        force.members,
                        force.kem_keys,
                        wall_clock(),
                    )
                with steps.step("node: verify the case card"):
                    vouched = force.authorities.vouch(admitted, home)
                judge = Judge(home, force.rules, force.catalogue, secrets.token_bytes, vouched)
                # Now the one and now the other comes first, and finds the machine colder.
                for logged in (True, False) if number % 2 else (False, True):
                    # As if it had not been asked yet, so that it is judged whole again.
                    connection.execute("DELETE FROM request")
                    if logged:
                        with steps.step("node: policy, quota, leaf, request record, commit"):
                            judged = _judge(connection, judge, admitted)
                    else:
                        with _without_a_log(), steps.step("node: the same without the log"):
                            _judge(connection, judge, admitted)
                shape = answers.shape_of(admitted, force.catalogue)
                served = answers.served_for(admitted.asked, force.catalogue)
                if served is None:
                    raise RuntimeError("nothing is published")
                with steps.step("node: evaluate, prove, cut buckets"):
                    body = finish(
                        answers.evaluated_body(admitted, served, shape, secrets.token_bytes)
                    )
                opening = served.views["TH"].opening
                head = replace(judged.head, opening=opening, checkpoint=force.checkpoint)
                with steps.step("node: seal, sign"):
                    answer = answers.sealed(
                        home,
                        admitted,
                        head,
                        body,
                        shape,
                        random=secrets.token_bytes,
                        now_ms=wall_clock(),
                    )
                with steps.step("asker: write the receipt"):
                    name = receipts.keep(
                        session.home.receipts,
                        secrets.token_hex(12),
                        question.sealed.receipt(answer),
                    )
                with steps.step("asker: verify, open"):
                    opened = concluding.open_sealed(question.sealed, answer, wall_clock())
                with steps.step("asker: eight checks, unblind, find"):
                    concluding.conclude(
                        question,
                        opened,
                        lookup_id="0" * 16,
                        receipt=name,
                        now_ms=wall_clock(),
                        random=secrets.token_bytes,
                    )
    return {name: round(statistics.median(taken) * 1000, 2) for name, taken in steps.taken.items()}
