"""A node of VN, a coordinator named hub, and the lines that they log."""

import contextlib
import io
import json
import logging
import sys
import threading

import grpc
import pytest
import pytest_asyncio
from unit.transport.grpc_parties import HUB, VN_NODE, Authority, real_clock

from fedquery.config import logs
from fedquery.transport.admission import Admission, PeerRule
from fedquery.transport.node_link import LinkCredentials, NodeLink
from fedquery.transport.node_server import NodeServer
from fedquery.transport.tls import ServerCertificates
from fedquery.transport.witness_messages import WitnessReply

ALL = frozenset({"Ask", "Manifest", "Tile", "Checkpoint", "AddCheckpoint", "Witnessed", "Cosigned"})


class Witnessing:
    """What the node does as a log and as a witness."""

    def __init__(self):
        """Have nothing yet."""
        self.handed = []

    async def checkpoint(self):
        """Answer with a note."""
        return b"a checkpoint"

    async def add_checkpoint(self, body):
        """Answer with what came in."""
        return WitnessReply(409, body[:10])

    async def witnessed(self, origin):
        """Answer with what was asked for."""
        return b"" if origin == "none" else origin.encode()

    async def cosigned(self, note):
        """Remember it."""
        self.handed.append(note)


class Handlers:
    """A node's handlers, of which a test replaces what it needs."""

    def __init__(self):
        """Start with answers that show what came in."""
        self.calls = []
        self.witnessing = Witnessing()

    async def ask(self, envelope, peer, time_left_s):
        """Answer with the envelope, reversed."""
        self.calls.append((envelope, peer, time_left_s))
        return envelope[::-1]

    async def manifest(self, peer):
        """Answer with a note."""
        return b"a note for " + peer.encode()

    async def tile(self, level, index, width, peer):
        """Answer with hashes that tell what was asked."""
        return bytes([level, index]) * 16 * width


@pytest.fixture(scope="session")
def vn():
    """Make the authority of a nation."""
    return Authority("VN")


@pytest.fixture(scope="session")
def hub():
    """Make the authority of a coordinator."""
    return Authority("hub")


@pytest.fixture(scope="session")
def stranger():
    """Make an authority that nobody trusts."""
    return Authority("stranger")


@pytest.fixture
def handlers():
    """Make the handlers of the node."""
    return Handlers()


@pytest.fixture
def admission(hub):
    """Make the rules of the node: the hub may call everything."""
    return Admission([PeerRule(HUB, hub.der, ALL)])


@pytest.fixture
def node_files(vn, tmp_path):
    """Write the certificate of the node."""
    return vn.issue(tmp_path / "node", VN_NODE)


@pytest.fixture
def hub_files(hub, tmp_path):
    """Write the certificate of the coordinator."""
    return hub.issue(tmp_path / "hub", HUB)


@pytest_asyncio.fixture
async def start_node(handlers, admission):
    """Start nodes with given files, and stop them in the end."""
    servers = []

    async def start(files, port=0):
        certificates = ServerCertificates(files, admission.authorities, real_clock)
        server = NodeServer(handlers, certificates, admission)
        servers.append(server)
        return await server.start(f"127.0.0.1:{port}"), certificates

    async def stop():
        while servers:
            await servers.pop().stop(0)

    start.stop = stop
    yield start
    await stop()


@pytest_asyncio.fixture
async def port(start_node, node_files):
    """Start the node."""
    return (await start_node(node_files))[0]


@pytest_asyncio.fixture
async def link_to(vn, hub_files):
    """Make links, and close them in the end."""
    links = []

    def make(port, files=hub_files, authority=vn, nation="VN"):
        credentials = LinkCredentials(files, authority.der, real_clock)
        links.append(NodeLink(f"127.0.0.1:{port}", credentials, nation))
        return links[-1]

    yield make
    for link in links:
        await link.close()


@pytest.fixture
def link(link_to, port):
    """Make the link from the hub to the node."""
    return link_to(port)


@pytest_asyncio.fixture
async def bare(vn):
    """Open bare channels, for what a link would never send or show."""
    async with contextlib.AsyncExitStack() as stack:

        async def open_channel(port, files):
            credentials = grpc.ssl_channel_credentials(
                vn.pem, files.key.read_bytes(), files.certificate.read_bytes()
            )
            channel = grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials)
            return await stack.enter_async_context(channel)

        yield open_channel


@pytest_asyncio.fixture
async def rogue(hub):
    """Start bare servers that do what a node never would; `ask` takes the raw request."""
    servers = []

    async def start(files, ask=None, manifest=None):
        methods = {}
        if ask is not None:
            methods["Ask"] = grpc.unary_stream_rpc_method_handler(ask)
        if manifest is not None:
            methods["Manifest"] = grpc.unary_unary_rpc_method_handler(manifest)
        server = grpc.aio.server(options=[("grpc.max_send_message_length", -1)])
        generic = grpc.method_handlers_generic_handler("fedquery.v1.Node", methods)
        server.add_generic_rpc_handlers((generic,))
        pair = (files.key.read_bytes(), files.certificate.read_bytes())
        credentials = grpc.ssl_server_credentials([pair], hub.pem, require_client_auth=True)
        port = server.add_secure_port("127.0.0.1:0", credentials)
        await server.start()
        servers.append(server)
        return port

    yield start
    for server in servers:
        await server.stop(0)


@pytest.fixture
def log_lines():
    """Gather the log lines of this process, parsed."""
    kept = (sys.excepthook, threading.excepthook, sys.unraisablehook, logging.raiseExceptions)
    loggers = [logging.getLogger(), logging.getLogger("fedquery")]
    before = [(list(logger.handlers), logger.level, logger.propagate) for logger in loggers]
    stream = io.StringIO()
    logs.configure(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook, sys.unraisablehook, logging.raiseExceptions = kept
    for logger, (kept_handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers[:] = kept_handlers
        logger.setLevel(level)
        logger.propagate = propagate
