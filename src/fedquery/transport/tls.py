"""TLS identities from files: what a process shows, and how it changes without a restart.

A certificate names its party by exactly one URI in its subject alternative names, such as
`fedquery://nation/VN/node`; the common name is never read. TLS is 1.3: where a library lets one
choose it is set, and a gRPC server, which cannot choose, refuses calls over anything older.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from fedquery.config import logs
from fedquery.config.keyfile import read_private
from fedquery.errors import ConfigError, SignatureError

CERTIFICATE_CAP = 64 * 1024  # bytes

Clock = Callable[[], int]


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where a process finds its own TLS identity.

    Attributes:
        certificate: its certificate in PEM.
        key: its private key in PEM, without a passphrase, mode 0600.
    """

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Identity:
    """What a process shows in a handshake.

    Attributes:
        uri: the one URI of the certificate.
        not_after_ms: when the certificate ends.
        certificate_pem: the certificate.
        key_pem: the private key.
    """

    uri: str
    not_after_ms: int
    certificate_pem: bytes
    key_pem: bytes = field(repr=False)


def certificate_uri(certificate: x509.Certificate) -> str:
    """Read the party that a certificate names.

    Raises:
        SignatureError: if it does not have exactly one URI among its alternative names.
    """
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        uris = []
    if len(uris) != 1:
        raise SignatureError("the certificate does not name one party by a URI")
    return uris[0]


def peer_certificate(context: "grpc.aio.ServicerContext[bytes, bytes]") -> x509.Certificate:
    """Read the certificate at the other end of a call; the handshake has verified it.

    Raises:
        SignatureError: if there is none.
    """
    for pem in context.auth_context().get("x509_pem_cert", ()):
        return x509.load_pem_x509_certificate(pem)
    raise SignatureError("the peer showed no certificate")


def read_identity(files: TlsFiles, now_ms: int) -> Identity:
    """Read and check the TLS identity of this process.

    Args:
        files: certificate and key.
        now_ms: the time, for the certificate's dates.

    Raises:
        ConfigError: if a file cannot be read, they do not belong together, the dates do not hold or
            the certificate does not name one party.
    """
    try:
        certificate_pem = files.certificate.read_bytes()[: CERTIFICATE_CAP + 1]
        certificate = x509.load_pem_x509_certificate(certificate_pem)
    except OSError as error:
        raise ConfigError(f"{files.certificate}: {error.strerror}") from None
    except ValueError:
        raise ConfigError(f"{files.certificate}: is not a certificate in PEM") from None
    key_pem = read_private(files.key)
    try:
        key = serialization.load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError):
        raise ConfigError(f"{files.key}: is not a private key in PEM without passphrase") from None
    if key.public_key() != certificate.public_key():
        raise ConfigError(f"{files.key}: is not the key of {files.certificate}")
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise ConfigError(f"{files.certificate}: is expired or not yet valid; check the clock too")
    try:
        uri = certificate_uri(certificate)
    except SignatureError as error:
        raise ConfigError(f"{files.certificate}: {error.what}") from None
    not_after_ms = int(certificate.not_valid_after_utc.timestamp() * 1000)
    return Identity(uri, not_after_ms, certificate_pem, key_pem)


def pem_of(der: bytes) -> bytes:
    """Write a certificate, given in DER, as PEM.

    Raises:
        ConfigError: if it is not a certificate.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
    except ValueError:
        raise ConfigError("a certificate of the member list does not parse") from None
    return certificate.public_bytes(serialization.Encoding.PEM)


class ServerCertificates:
    """The certificate that a gRPC server shows, and whom it trusts; both may change while it runs.

    Args:
        files: certificate and key.
        authorities: gives the DER certificates of the authorities whose clients may connect.
        clock: gives the time in milliseconds.

    Raises:
        ConfigError: if the files are not usable now.
    """

    def __init__(
        self, files: TlsFiles, authorities: Callable[[], tuple[bytes, ...]], clock: Clock
    ) -> None:
        self._files = files
        self._authorities = authorities
        self._clock = clock
        self._seen = self._look()
        self._current = self._configuration()
        self._served = self._current

    def credentials(self) -> grpc.ServerCredentials:
        """Make the credentials of a server; each handshake uses the newest configuration."""
        return grpc.dynamic_ssl_server_credentials(
            self._current, self._fetch, require_client_authentication=True
        )

    def refresh(self) -> bool:
        """Read the files again if they or the authorities changed; keep what is in use if bad.

        Returns:
            whether there is a new configuration.
        """
        try:
            seen = self._look()
            if seen == self._seen:
                return False
            self._current = self._configuration()
        except ConfigError as error:
            # Certificate and key are two files: between the two writes they do not fit.
            logs.fault("certificate-kept", error)
            return False
        self._seen = seen
        logs.event("certificate-changed")
        return True

    def _fetch(self) -> Any:  # noqa: ANN401 # the stubs leave out None, which gRPC documents
        # This runs within a handshake, on a thread of gRPC's and under the GIL: no I/O here. None
        # keeps what is in use.
        current = self._current
        if current is self._served:
            return None
        self._served = current
        return current

    def _look(self) -> tuple[object, ...]:
        """Note what would have changed if the files had."""
        try:
            stats = [path.stat() for path in (self._files.certificate, self._files.key)]
        except OSError as error:
            raise ConfigError(f"{self._files.certificate}: {error.strerror}") from None
        marks = tuple((stat.st_mtime_ns, stat.st_ino, stat.st_size) for stat in stats)
        return (*marks, self._authorities())

    def _configuration(self) -> grpc.ServerCertificateConfiguration:
        identity = read_identity(self._files, self._clock())
        roots = b"".join(pem_of(der) for der in self._authorities())
        if not roots:
            raise ConfigError("no authority is trusted, so that nobody could connect")
        return grpc.ssl_server_certificate_configuration(
            [(identity.key_pem, identity.certificate_pem)], root_certificates=roots
        )


def client_context(files: TlsFiles, authority: bytes) -> ssl.SSLContext:
    """Make the context of a TLS 1.3 client that trusts one authority and shows its own identity.

    Args:
        files: certificate and key; checked by `read_identity` before.
        authority: the only trusted certificate, in DER.

    Raises:
        ConfigError: if the files are not usable.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols(["h2"])
    try:
        context.load_verify_locations(cadata=authority)
        # With a passphrase given, a key that needs one fails instead of asking on the terminal.
        context.load_cert_chain(files.certificate, files.key, password="")
    except (ssl.SSLError, OSError):
        raise ConfigError(f"{files.certificate}: cannot be used for TLS") from None
    return context
