"""Parties with certificates of their own, and a node and links between them on the loopback."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fedquery.transport.tls import TlsFiles

HUB = "fedquery://coordinator/hub"
VN_NODE = "fedquery://nation/VN/node"

_DAY = timedelta(days=1)


def real_clock() -> int:
    """Give the time that the handshakes use, too."""
    return int(datetime.now(UTC).timestamp() * 1000)


@dataclass
class Authority:
    """A certificate authority of one party."""

    name: str

    def __post_init__(self):
        """Make key and certificate."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)])
        self._certificate = (
            self._builder(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.der = self._certificate.public_bytes(serialization.Encoding.DER)
        self.pem = self._certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, directory: Path, *uris: str, common_name="x", lasts=_DAY, san=True) -> TlsFiles:
        """Write a certificate for the loopback with these URIs, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
        builder = self._builder(subject, key, lasts)
        if san:
            names = [x509.UniformResourceIdentifier(uri) for uri in uris]
            address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            builder = builder.add_extension(
                x509.SubjectAlternativeName([*names, address]), critical=False
            )
        files = TlsFiles(directory / "own.crt", directory / "own.key")
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        certificate = builder.sign(self._key, hashes.SHA256())
        files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        files.key.chmod(0o600)
        return files

    def _builder(self, subject, key, lasts=_DAY):
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 2 * _DAY)
            .not_valid_after(now + lasts)
        )
