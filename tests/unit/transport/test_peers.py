"""Only the named peer, on each call: certificates on both sides, judged by their one URI (K1)."""

from datetime import timedelta
from types import SimpleNamespace

import grpc
import pytest
from unit.transport.grpc_parties import HUB, VN_NODE, real_clock

from fedquery.errors import ConfigError, PeerError
from fedquery.transport.admission import Admission, PeerRule
from fedquery.transport.status import StatusError
from fedquery.transport.tls import certificate_uri, peer_certificate, read_identity

ENVELOPE = b"envelope"
NOT_ALLOWED = "refused-by-node(peer-not-allowed)"


async def why(link, call="ask"):
    """Say why a call fails."""
    with pytest.raises(PeerError) as caught:
        await (link.ask(ENVELOPE, 5) if call == "ask" else link.manifest(5))
    return caught.value.why


async def slug(channel):
    """Give the slug of the status of a call that fails."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await channel.unary_unary("/fedquery.v1.Node/Manifest")(b"", timeout=5)
    return dict(caught.value.trailing_metadata())["fedquery-slug"]


async def test_the_named_peer_is_served(link, handlers):
    """A coordinator of the list gets its answer, and the node knows it by its URI."""
    assert ENVELOPE[::-1] == await link.ask(ENVELOPE, 5)
    ((envelope, peer, left_s),) = handlers.calls
    assert (ENVELOPE, HUB) == (envelope, peer)
    assert 0 < left_s <= 4.9


async def test_a_client_of_another_authority_is_refused(link_to, port, stranger, tmp_path):
    """The right name from an authority that is not trusted does not get past the handshake."""
    assert "tls" == await why(link_to(port, stranger.issue(tmp_path / "s", HUB)))


async def test_a_client_without_a_certificate_is_refused(port, vn, handlers):
    """Without a certificate there is no call."""
    credentials = grpc.ssl_channel_credentials(vn.pem)
    async with grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/fedquery.v1.Node/Manifest")(b"", timeout=5)
    assert grpc.StatusCode.UNAVAILABLE is caught.value.code()
    assert [] == handlers.calls


async def test_plain_text_is_refused(port):
    """Without TLS there is no call."""
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/fedquery.v1.Node/Manifest")(b"", timeout=5)
    assert grpc.StatusCode.UNAVAILABLE is caught.value.code()


@pytest.mark.parametrize(
    "uris",
    [
        ("fedquery://coordinator/other",),
        (VN_NODE,),
        (HUB, "fedquery://coordinator/other"),
        (HUB, HUB),
        (),
        (HUB + "/",),
        (HUB.upper(),),
    ],
)
async def test_another_name_of_a_trusted_authority_is_refused(
    *, bare, port, hub, tmp_path, uris, handlers, log_lines
):
    """No name, two names and any other name are refused with one text; our log has the reason."""
    channel = await bare(port, hub.issue(tmp_path / "c", *uris))
    assert "peer-not-allowed" == await slug(channel)
    assert [] == handlers.calls
    (line,) = [line for line in log_lines() if line["event"] == "manifest"]
    assert ("PERMISSION_DENIED", "peer-not-allowed") == (line["code"], line["why"])
    assert "peer" not in line


@pytest.mark.parametrize("san", [True, False])
async def test_a_common_name_is_not_a_name(*, bare, port, hub, tmp_path, san):
    """The right name as the common name only is refused."""
    channel = await bare(port, hub.issue(tmp_path / "c", common_name=HUB, san=san))
    assert "peer-not-allowed" == await slug(channel)


async def test_a_link_does_not_show_a_certificate_without_a_name(link_to, port, hub, tmp_path):
    """A coordinator whose own certificate names nobody is told so before it connects."""
    link = link_to(port, hub.issue(tmp_path / "c"))
    with pytest.raises(ConfigError, match="does not name one party"):
        await link.ask(ENVELOPE, 5)


async def test_an_authority_cannot_name_anothers_party(
    *, link_to, start_node, node_files, hub, stranger, tmp_path, admission
):
    """Two coordinators are trusted, each with its authority; one signs the name of the other."""
    other = "fedquery://coordinator/other"
    methods = frozenset({"Ask"})
    admission.replace([PeerRule(HUB, hub.der, methods), PeerRule(other, stranger.der, methods)])
    port, _ = await start_node(node_files)
    assert NOT_ALLOWED == await why(link_to(port, stranger.issue(tmp_path / "a", HUB)))
    right = link_to(port, stranger.issue(tmp_path / "b", other))
    assert ENVELOPE[::-1] == await right.ask(ENVELOPE, 5)


async def test_a_rule_is_for_its_methods(link, admission, hub):
    """The right peer on another method is refused; rules change for connections that are open."""
    assert await link.manifest(5)
    admission.replace([PeerRule(HUB, hub.der, frozenset({"Ask"}))])
    assert NOT_ALLOWED == await why(link, "manifest")
    assert ENVELOPE[::-1] == await link.ask(ENVELOPE, 5)
    admission.replace([])
    assert NOT_ALLOWED == await why(link)


@pytest.mark.parametrize(
    ("issuer", "uris", "options"),
    [
        ("stranger", (VN_NODE,), {}),
        ("vn", ("fedquery://nation/TH/node",), {}),
        ("vn", (VN_NODE, "fedquery://nation/TH/node"), {}),
        ("vn", (), {}),
        ("vn", (), {"common_name": VN_NODE}),
        ("vn", (), {"common_name": "127.0.0.1", "san": False}),
    ],
    ids=["other-ca", "other-nation", "two-names", "no-name", "cn-only", "no-san"],
)
async def test_a_node_with_another_certificate_is_refused(
    *, request, link_to, rogue, tmp_path, issuer, uris, options
):
    """A link takes only the nation's node, signed by the nation's authority; nothing is sent."""
    received = []

    async def ask(envelope, _context):
        received.append(envelope)

    files = request.getfixturevalue(issuer).issue(tmp_path / "n", *uris, **options)
    assert "tls" == await why(link_to(await rogue(files, ask)))
    assert [] == received


async def test_another_nation_at_the_address_is_refused(link_to, port):
    """The node of VN is not taken for the node of TH, whoever's authority is given."""
    assert "tls" == await why(link_to(port, nation="TH"))


async def test_certificates_rotate_without_a_lost_call(
    *, link_to, start_node, node_files, vn, tmp_path, handlers
):
    """A new certificate is served to new connections, and links find their way to it."""
    port, certificates = await start_node(node_files)
    old = link_to(port)
    assert await old.ask(ENVELOPE, 5)
    assert certificates.refresh() is False
    for _ in range(5):
        vn.issue(tmp_path / "node", VN_NODE)
        assert certificates.refresh() is True
        assert await old.ask(ENVELOPE, 5)
        assert await link_to(port).ask(ENVELOPE, 5)
        # The channel loses its connection, as it does when the server ends an old one.
        await old._channel.close()
        old._channel = None
        assert await old.ask(ENVELOPE, 5)
    assert 16 == len(handlers.calls)


async def test_a_pinned_certificate_that_changed_is_looked_at_again(
    link_to, start_node, node_files, vn, tmp_path
):
    """A channel that trusts the old certificate only is replaced within the same call."""
    port, certificates = await start_node(node_files)
    link = link_to(port)
    old_pin = node_files.certificate.read_bytes()
    vn.issue(tmp_path / "node", VN_NODE)
    certificates.refresh()
    hub_files = link._credentials.files
    credentials = grpc.ssl_channel_credentials(
        old_pin, hub_files.key.read_bytes(), hub_files.certificate.read_bytes()
    )
    link._channel = grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials)
    assert ENVELOPE[::-1] == await link.ask(ENVELOPE, 5)


async def test_a_bad_certificate_keeps_the_old_one(
    *, link_to, start_node, node_files, stranger, tmp_path, log_lines
):
    """Half-written, foreign and missing files change nothing until they fit again."""
    port, certificates = await start_node(node_files)
    good = node_files.certificate.read_bytes()
    other = stranger.issue(tmp_path / "s", VN_NODE).certificate.read_bytes()
    for bad in (b"", good[:100], other):
        node_files.certificate.write_bytes(bad)
        assert certificates.refresh() is False
    node_files.certificate.unlink()
    assert certificates.refresh() is False
    assert await link_to(port).ask(ENVELOPE, 5)
    kept = [line for line in log_lines() if line["event"] == "certificate-kept"]
    assert ["ConfigError"] * 4 == [line["class"] for line in kept]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda files: files.key.chmod(0o644), "must have mode 0600"),
        (lambda files: files.key.write_bytes(b"x"), "not a private key"),
        (lambda files: files.certificate.write_bytes(b"x"), "not a certificate"),
        (lambda files: files.certificate.unlink(), "No such file"),
    ],
)
def test_own_files_that_are_wrong_stop_the_start(node_files, spoil, says):
    """Each fault of the own identity is named."""
    spoil(node_files)
    with pytest.raises(ConfigError, match=says):
        read_identity(node_files, 0)


def test_own_certificates_dates_and_name_are_checked(vn, tmp_path):
    """An expired certificate, one not yet valid, and one without a name are refused."""
    expired = vn.issue(tmp_path / "e", VN_NODE, lasts=timedelta(days=-1))
    with pytest.raises(ConfigError, match="expired or not yet valid"):
        read_identity(expired, real_clock())
    good = vn.issue(tmp_path / "g", VN_NODE)
    assert VN_NODE == read_identity(good, real_clock()).uri
    with pytest.raises(ConfigError, match="expired or not yet valid"):
        read_identity(good, 0)
    with pytest.raises(ConfigError, match="does not name one party"):
        read_identity(vn.issue(tmp_path / "n"), real_clock())


def test_a_private_key_is_not_in_the_repr(vn, tmp_path):
    """An identity redacts its key."""
    identity = read_identity(vn.issue(tmp_path / "g", VN_NODE), real_clock())
    assert "PRIVATE" not in repr(identity)


def context_of(files, **auth):
    """Make what a call shows of its connection."""
    shown = {"ssl_tls_version": [b"TLSv1.3"], "x509_pem_cert": [files.certificate.read_bytes()]}
    return SimpleNamespace(auth_context=lambda: {**shown, **auth})


@pytest.mark.parametrize("version", [[b"TLSv1.2"], [], [b"TLSv1.3", b"TLSv1.2"]])
def test_anything_but_tls_1_3_is_refused(admission, hub_files, version):
    """A call over an older version of TLS, or over an unknown one, is not admitted."""
    assert HUB == admission.admit(context_of(hub_files), "Ask")
    assert HUB == certificate_uri(peer_certificate(context_of(hub_files)))
    with pytest.raises(StatusError):
        admission.admit(context_of(hub_files, ssl_tls_version=version), "Ask")
    with pytest.raises(StatusError):
        admission.admit(context_of(hub_files, x509_pem_cert=[]), "Ask")


def test_the_trusted_authorities_are_those_of_the_rules(hub, stranger):
    """Each authority is listed once."""
    rules = [PeerRule(f"fedquery://coordinator/{n}", hub.der, frozenset()) for n in "ab"]
    assert (hub.der,) == Admission(rules).authorities()
    both = Admission([*rules, PeerRule(HUB, stranger.der, frozenset())]).authorities()
    assert {hub.der, stranger.der} == set(both)
