"""A nation in memory, from the real libraries, which can be told to lie; and coordinators to it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from unit.federation import conftest as world
from unit.psi.holding import Holding, identifier, octets, publish

from fedquery.ask import schema
from fedquery.ask.home import NewAgency, make_home, open_home
from fedquery.ask.session import Session
from fedquery.federation.offer import Offer, OfferedKem
from fedquery.federation.signed_manifest import sign_manifest
from fedquery.identifiers import vectors_digest
from fedquery.psi.answer import encode_body
from fedquery.psi.holder import evaluate
from fedquery.psi.prefix import slot_count
from fedquery.psi.question import Claim
from fedquery.seal.answer import seal_answer
from fedquery.seal.envelope import read_request
from fedquery.seal.request import open_request
from fedquery.seal.size import answer_length
from fedquery.tlog.tree import leaf_hash
from fedquery.transport.answer import encode_head
from fedquery.transport.claim_reply import ClaimReply
from fedquery.transport.head import AnswerHead, Decision, Receipt
from fedquery.transport.query_outcome import Answered
from fedquery.transport.question import decode_asked

NOW_MS = world.NOW_MS
KEM_LIFE_MS = 7_200_000
# Who has seen every head of VN's log; a majority of them is two.
WITNESSES = ("KH", "LA", "TH")
KNOWN, OTHER = identifier(5), identifier(900)
RELEASED = AnswerHead(
    decision=Decision("reference"), claim=ClaimReply("desk", "VN-1", "fraud", NOW_MS)
)


def rows():
    """Give the rows that VN holds."""
    return [identifier(number) for number in range(40)]


def current(holding: Holding, **changes) -> Holding:
    """Give a holding with the rules of today, published now."""
    values = {
        "vectors_digest": vectors_digest("phone"),
        "published_ms": NOW_MS,
        "next_due_ms": NOW_MS + 3_600_000,
    }
    return replace(holding, publication=replace(holding.publication, **(values | changes)))


@dataclass
class Lies:
    """What the nation does otherwise than it should; honest by default."""

    holding: Callable = lambda holding: holding
    head: Callable = lambda head: head
    body: Callable = lambda body: body
    answer: Callable = lambda answer: answer
    signing_key: object = None
    answered_ms: int = NOW_MS
    # Whether a refusal says something behind its head.
    says_more: bool = False


@dataclass
class Nation:
    """VN: its log, what it published, and how it answers."""

    holding: Holding
    log: world.Log = field(default_factory=lambda: world.Log("VN", witnesses=WITNESSES))
    lies: Lies = field(default_factory=Lies)
    places: list = field(default_factory=list)
    created_ms: int = NOW_MS

    def __post_init__(self):
        """Log what is published, and the KEM key."""
        self.kem = self.log.add(world.key_leaf(NOW_MS - 1000, NOW_MS + KEM_LIFE_MS))
        self.places.append(self.log.add(self.holding.publication.encode()))

    def publish(self, holding):
        """Publish another version."""
        self.holding = holding
        self.places.append(self.log.add(holding.publication.encode()))

    def log_answers(self, promised=lambda receipt: receipt):
        """Log each answer from now on, and say its place in the answer, or what is promised."""

        def head(honest):
            leaf = f'{{"number":{self.log.size},"type":"answer"}}'.encode()
            index = self.log.add(leaf)
            origin = world.log_signer("VN").name
            return replace(honest, receipt=promised(Receipt(origin, index, leaf_hash(leaf))))

        self.lies.head = head

    def note(self, places=None):
        """Sign a manifest at the newest head."""
        logged = tuple(self.log.logged(place) for place in (places or self.places[-1:]))
        offering = world.Offering(self.log, self.places[-1], self.kem)
        kem = OfferedKem(
            world.KEM.public, NOW_MS - 1000, NOW_MS + KEM_LIFE_MS, self.log.logged(self.kem)
        )
        manifest = offering.manifest(
            datasets=(Offer("phones", "phone", logged),),
            kem_keys=(kem,),
            created_ms=self.created_ms,
            expires_ms=self.created_ms + 3_600_000,
        )
        return sign_manifest(manifest, world.node_key("VN"))

    def answer(self, envelope):
        """Answer a request, as honestly as the lies allow."""
        opened = open_request(read_request(envelope), world.KEM)
        asked = decode_asked(opened.message, opened.header.fields.size_class)
        if isinstance(asked, Claim):
            return self._seal(opened, encode_head(self.lies.head(RELEASED)), 1, 0)
        holding = self.lies.holding(self.holding)
        publication = self.holding.publication
        bits, capacity = publication.prefix_bits, publication.capacity
        slots = slot_count(asked.size_class, asked.prefix_len, bits, asked.columns)
        body = self.lies.body(evaluate(asked, holding.key, holding.view, bytes(32)))
        head = AnswerHead(
            decision=Decision("hit"), version=publication.version, opening=holding.opening
        )
        head = self.lies.head(head)
        says_nothing = head.refusal is not None and not self.lies.says_more
        written = encode_body(body, asked.size_class, slots, capacity, bits)
        message = encode_head(head) + (bytes(len(written)) if says_nothing else written)
        return self._seal(opened, message, asked.size_class, slots)

    def _seal(self, opened, message, size_class, slots):
        publication = self.holding.publication
        sealed = seal_answer(
            opened,
            message,
            length=answer_length(size_class, slots, publication.capacity, publication.prefix_bits),
            signing_key=self.lies.signing_key or world.node_key("VN"),
            nation="VN",
            answered_ms=self.lies.answered_ms,
            random=octets(99),
        )
        return self.lies.answer(sealed)


@dataclass
class Coordinators:
    """The way to the nation, without a network."""

    nation: Nation
    shown: bytes = b""
    sent: list = field(default_factory=list)

    async def manifests(self):
        """Give the manifest of VN, or what is to be shown in its place."""
        return {"VN": self.shown or self.nation.note()}

    async def federation(self):
        """Give no other member list than the one in force."""
        return b""

    async def tile(self, _nation, tile):
        """Give a tile."""
        return self.nation.log.read(tile)

    async def query(self, envelopes, _deadline_ms):
        """Answer each envelope."""
        for nation, envelope in envelopes.items():
            self.sent.append(envelope)
            yield Answered(nation, self.nation.answer(envelope))

    async def aclose(self):
        """Close nothing."""


class Clock:
    """A clock that stands where it is put."""

    def __init__(self):
        self.now_ms = NOW_MS

    def __call__(self):
        """Tell the time."""
        return self.now_ms


def asker(directory, nation):
    """Make the session of an agency of TH that asks VN."""
    make_home(directory, NewAgency("TH/cyber-police", "police", world.FEDERATION), octets(1))
    federation = world.four_nations().federation
    return Session(
        open_home(directory),
        schema.connect(directory),
        Clock(),
        federation,
        Coordinators(nation),
    )


def honest():
    """Publish the rows honestly."""
    return Nation(current(publish(rows())))
