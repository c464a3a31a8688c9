"""Who may call what: one rule for each named peer, checked on every call.

The handshake only shows that some trusted authority signed the peer's certificate. Each party has
an authority of its own, so here the name in the certificate must belong to the authority that
signed it: a coordinator's authority cannot name another coordinator, or a nation.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import grpc
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes

from fedquery.errors import SignatureError
from fedquery.transport.status import StatusError
from fedquery.transport.tls import certificate_uri, peer_certificate

_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class PeerRule:
    """What one peer may call.

    Attributes:
        uri: the URI of its certificate, such as `fedquery://coordinator/hub`.
        authority: the certificate of its authority, in DER.
        methods: the names of the methods that it may call.
    """

    uri: str
    authority: bytes = field(repr=False)
    methods: frozenset[str]


class Admission:
    """The rules in force; a new member list replaces them while the server runs.

    Args:
        rules: one for each peer.
    """

    def __init__(self, rules: Iterable[PeerRule]) -> None:
        self.replace(rules)

    def replace(self, rules: Iterable[PeerRule]) -> None:
        """Put other rules in force, for connections that are open already, too."""
        self._rules = {rule.uri: rule for rule in rules}
        self._verified: set[tuple[bytes, str]] = set()

    def authorities(self) -> tuple[bytes, ...]:
        """List the authorities that the handshake is to trust, in DER."""
        return tuple(sorted({rule.authority for rule in self._rules.values()}))

    def admit(self, context: "grpc.aio.ServicerContext[bytes, bytes]", method: str) -> str:
        """Require that the peer of a call may make it.

        Returns:
            the URI of the peer.

        Raises:
            StatusError: `peer-not-allowed`, with the same words for every reason.
        """
        try:
            return self._identify(context, method)
        except SignatureError:
            raise StatusError(
                grpc.StatusCode.PERMISSION_DENIED,
                "peer-not-allowed",
                "This peer may not make this call; compare certificate and member list",
            ) from None

    def _identify(self, context: "grpc.aio.ServicerContext[bytes, bytes]", method: str) -> str:
        # gRPC has no setting for the least version, but it says which one was agreed upon.
        if list(context.auth_context().get("ssl_tls_version", ())) != [b"TLSv1.3"]:
            raise SignatureError("the connection is not TLS 1.3")
        certificate = peer_certificate(context)
        uri = certificate_uri(certificate)
        rule = self._rules.get(uri)
        if rule is None or method not in rule.methods:
            raise SignatureError("the peer is not on the list of this method")
        self._check_issuer(certificate, rule)
        return uri

    def _check_issuer(self, certificate: x509.Certificate, rule: PeerRule) -> None:
        mark = (certificate.fingerprint(hashes.SHA256()), rule.uri)
        if mark in self._verified:
            return
        try:
            certificate.verify_directly_issued_by(x509.load_der_x509_certificate(rule.authority))
        except (ValueError, TypeError, InvalidSignature):
            raise SignatureError("another authority signed the certificate") from None
        if len(self._verified) < _REMEMBERED:
            self._verified.add(mark)
