"""A node whose policy is swapped a thousand times while it answers real questions."""

import asyncio
import contextlib
import json
import secrets
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fedquery_node import policy_store, proposals, reviews, schema, standing
from fedquery_node.home import open_home
from fedquery_node.service import NodeService
from fedquery_node.upkeep import Upkeep
from integration.conftest import PHONES, POLICIES, rows
from support.raw_asker import RawAsker, csv_of

from fedquery.audit.detail import join_situation
from fedquery.audit.node import QUESTION_TYPES, QuestionEntry
from fedquery.cli.demo.federation import Federation
from fedquery.config.service import wall_clock
from fedquery.errors import EncodingError, InputError
from fedquery.federation.manifest import Manifest
from fedquery.policy.decide import decide_ask
from fedquery.policy.load import load_rules
from fedquery.policy.recover import recover_situation
from fedquery.storage.writer import Writer
from fedquery.transport.status import StatusError

SWAPS = 1_000
QUOTAS = "\n".join(
    f"[quota.{scope}]\nhour = 1000000\nday = 1000000\nyear = 1000000"
    for scope in ("agency", "nation")
)
DENY = """
@id("VN-97")
@title("Nothing for fraud today")
@law("EXAMPLE, Art. 97")
forbid (principal, action in Action::"any answer", resource in Nation::"VN")
when { context.purpose == Purpose::"fraud" };
"""
FEW = """
@id("VN-98")
@title("Few questions a case")
@law("EXAMPLE, Art. 98")
forbid (principal, action in Action::"any answer", resource in Nation::"VN")
when { context.used.questionsThisCase >= 3 };
"""
LIFE = """
@id("VN-99")
@title("Threat to life: our reference, without a signature")
@law("EXAMPLE, Art. 99")
permit (principal, action in Action::"up to reference", resource in Nation::"VN")
when { context.purpose == Purpose::"threat to life" };
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Make TH and VN with something to ask about; no process serves."""
    root = tmp_path_factory.mktemp("swapped")
    root.chmod(0o700)
    policies = shutil.copytree(POLICIES, root / "policies")
    made = Federation(root, ("TH", "VN"), policies=policies)
    made.make({nation: {"phones": "phone"} for nation in made.nations})
    settings = made.node("VN") / "node.toml"
    settings.write_text(f"{settings.read_text()}\n{QUOTAS}\n[quota.case]\ntotal = 1000000\n")
    known = [row for row in rows(50) if row[2] == "*"]
    made.import_csv(
        "VN", "phones", csv_of(tmp_path_factory.mktemp("files") / "import", "vn", known)
    )
    made.publish("VN")
    return made


class Served:
    """A node in this process: what serves, what keeps it up to date, and who asks."""

    def __init__(self, federation, stack):
        """Start as `serve` does, without a network."""
        path = federation.node("VN")
        self.home = open_home(path)
        self.connection = stack.enter_context(contextlib.closing(schema.connect(path)))
        self.upkeep = Upkeep(self.home, self.connection, secrets.token_bytes)
        force = self.upkeep.start(wall_clock())
        reader = stack.enter_context(contextlib.closing(schema.connect(path, checked=False)))
        writer = stack.enter_context(
            contextlib.closing(Writer(schema.connect(path, checked=False)))
        )
        executor = stack.enter_context(ThreadPoolExecutor(2))
        self.thread = stack.enter_context(ThreadPoolExecutor(1))
        self.service = NodeService(
            self.home, writer, reader, executor, wall_clock, secrets.token_bytes, force
        )
        self.asker = RawAsker(federation)
        note = force.manifest
        self.asker.manifests["VN"] = Manifest.parse(note[: note.rindex(b"\n\n") + 1])

    async def ask(self, **options):
        """Ask one question."""
        sent = self.asker.ask("VN", [PHONES[0]], **options)
        return self.asker.open(sent, await self.service.ask(sent.envelope, "hub", 10))

    def kept(self, file, *rules):
        """Check a policy with some rules more, and keep it, as `propose` does."""
        file.write_text("\n".join([(POLICIES / "VN.cedar").read_text(), *rules]))
        schema_file = POLICIES / "schema.cedarschema"
        with contextlib.suppress(InputError):
            proposals.propose(self.home, self.connection, file, schema_file, wall_clock())
        return policy_store.PolicyFiles(file.read_bytes(), schema_file.read_bytes())

    async def swap(self, digests):
        """Activate what is kept, and take it over, on upkeep's own thread."""

        def activate():
            self.connection.execute("BEGIN IMMEDIATE")
            proposals.put_in_force(self.home, self.connection, digests, (), wall_clock())
            self.connection.execute("COMMIT")
            return self.upkeep.refresh(self.service.in_force, wall_clock())

        loop = asyncio.get_running_loop()
        self.service.in_force = await loop.run_in_executor(self.thread, activate)

    def questions(self, begun):
        """Read what was logged since, with the pseudonym that each decision saw."""
        log, found = self.home.log, []
        for index in range(begun, log.size(self.connection)):
            (leaf,) = log.entries(self.connection, index, index + 1)
            if json.loads(leaf)["type"] in QUESTION_TYPES:
                (pseudonym,) = self.connection.execute(
                    "SELECT octets FROM detail WHERE log_index = ? AND field = 'case'", (index,)
                ).fetchone()
                found.append((index, QuestionEntry.decode(leaf), pseudonym.decode()))
        return found


@pytest.fixture
def served(prepared):
    """Serve VN in this process for one test."""
    with contextlib.ExitStack() as stack:
        yield Served(prepared, stack)


def mismatches(questions, rules):
    """List entries whose level is not what the file of their digest gives for what they logged."""
    found = []
    for index, entry, pseudonym in questions:
        try:
            situation = recover_situation(join_situation(entry.situation, pseudonym))
        except EncodingError:
            found.append(index)
            continue
        decided = decide_ask(rules[entry.policy_digest], situation)
        level = "" if decided.level is None else decided.level.word
        if (level, decided.policy_ids) != (entry.granted_level, entry.policies):
            found.append(index)
    return found


async def test_a_thousand_swaps_while_serving(served, tmp_path):
    """No level that the file of the logged digest does not give, in the log or in an answer."""
    begun = served.home.log.size(served.connection)
    files = [
        served.kept(tmp_path / "VN.cedar", *more)
        for more in ((), (DENY,), (FEW,), (DENY, LIFE), (FEW, LIFE))
    ]
    rules = {one.digests.policy: load_rules(one.policy, one.schema, "VN") for one in files}
    # The first is what is in force: `propose` refuses it, and keeps nothing new.
    answers = []
    for count in range(SWAPS):
        # Both at once: which of them the database takes first is left to it.
        _, *answered = await asyncio.gather(
            served.swap(files[count % len(files)].digests),
            served.ask(
                case=f"C-{count // 8}", purpose="threat to life" if count % 3 == 2 else "fraud"
            ),
        )
        answers += answered
    questions = served.questions(begun)
    assert [] == mismatches(questions, rules)
    logged = {index: entry for index, entry, _ in questions}
    assert len(logged) == len(answers)
    told = [(one, logged[one.head.receipt.index]) for one in answers]
    assert all(one.head.decision.policy_digest == entry.policy_digest for one, entry in told)
    assert all(one.head.decision.granted == entry.granted_level for one, entry in told)
    # It was a test: every file has decided, and some of them otherwise than others.
    assert rules.keys() == {entry.policy_digest for entry in logged.values()}
    assert {"", "hit"} == {entry.granted_level for entry in logged.values()}
    # And it can fail: under another file's digest, some of the same entries do not fit.
    others = dict(zip(rules, [*list(rules)[1:], next(iter(rules))], strict=True))
    planted = [
        (index, replace(entry, policy_digest=others[entry.policy_digest]), pseudonym)
        for index, entry, pseudonym in questions
    ]
    assert mismatches(planted, rules)


async def test_break_glass_answers_wait_for_a_supervisor(served, tmp_path):
    """Granted ones, in the transaction of their entry; refused ones and other purposes do not."""
    await served.swap(served.kept(tmp_path / "VN.cedar", LIFE, FEW).digests)
    before = {one.index for one in reviews.listed(served.connection)}
    granted = await served.ask(case="life", purpose="threat to life")
    await served.ask(case="life", purpose="fraud")
    more = [await served.ask(case="life", purpose="threat to life") for _ in range(2)]
    assert ["", "policy-denied"] == [one.slug for one in more]
    waiting = [one for one in reviews.listed(served.connection) if one.index not in before]
    indexes = [granted.head.receipt.index, more[0].head.receipt.index]
    assert indexes == [one.index for one in waiting]
    assert ("TH/cyber-police", "phones", "hit") == (
        waiting[0].agency,
        waiting[0].dataset,
        waiting[0].level,
    )
    stored = served.connection.execute("SELECT * FROM review").fetchall()
    assert PHONES[0] not in repr(stored)


async def test_a_claim_under_the_break_glass_purpose_waits_too(served, tmp_path):
    """What it showed is a reference, which is more than the hit before it."""
    await served.swap(served.kept(tmp_path / "VN.cedar", LIFE).digests)
    asker, statement = served.asker, served.asker.statement

    def for_life(*arguments, **options):
        return replace(statement(*arguments, **options), purpose="threat to life")

    asker.statement = for_life
    sent = asker.ask("VN", [PHONES[0]], case="claimed")
    got = asker.open(sent, await served.service.ask(sent.envelope, "hub", 10))
    (finding,) = asker.conclude(sent, got).findings
    claim = asker.claim("VN", finding, case="claimed")
    claimed = asker.open(claim, await served.service.ask(claim.envelope, "hub", 10))
    assert "VN-2026-000000" == claimed.head.claim.reference
    last = reviews.listed(served.connection)[-1]
    assert (claimed.head.receipt.index, "reference") == (last.index, last.level)


async def test_a_review_that_cannot_be_written_stops_the_answer(served, tmp_path):
    """No break-glass answer without its place on the list: both, or neither."""
    await served.swap(served.kept(tmp_path / "VN.cedar", LIFE).digests)
    size = served.home.log.size(served.connection)
    served.connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON review BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    try:
        with pytest.raises(StatusError, match="audit-unavailable"):
            await served.ask(case="full", purpose="threat to life")
    finally:
        served.connection.execute("DROP TRIGGER full")
    assert size == served.home.log.size(served.connection)


async def test_a_block_and_a_suspension_hold_whatever_the_policy(served, tmp_path):
    """From the next question on, in a file that permits, without an activation."""
    await served.swap(served.kept(tmp_path / "VN.cedar", LIFE).digests)
    path = served.home.path

    async def asked():
        return (await served.ask(case="block", purpose="threat to life")).slug

    assert "" == await asked()
    standing.block(path, "TH/cyber-police", "a test", wall_clock())
    assert "agency-blocked" == await asked()
    standing.unblock(path, "TH/cyber-police")
    standing.suspend(path, "phones", "a test", wall_clock())
    assert "suspended" == await asked()
    standing.resume(path, "phones")
    assert "" == await asked()
