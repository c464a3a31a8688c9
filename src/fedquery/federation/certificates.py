"""TLS certificates of a small deployment: one CA for each nation and coordinator, and its leaves.

The keys are ECDSA on P-256, not Ed25519: the TLS library inside gRPC accepts P-256 certificates
everywhere and Ed25519 ones nowhere by default. Values only; `certificate_files` writes them.
"""

import datetime as dt
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fedquery.errors import ConfigError, InputError
from fedquery.federation import names

CA_DAYS: Final = 3650
LEAF_DAYS: Final = 90
# So that a peer whose clock is behind takes a new certificate.
_SLACK: Final = dt.timedelta(hours=1)
_MOST_DAYS: Final = 7300


def node_uri(nation: str) -> str:
    """Name a nation's node in its certificate."""
    return f"fedquery://nation/{names.check_nation(nation)}/node"


def coordinator_uri(name: str) -> str:
    """Name a coordinator in its certificate."""
    return f"fedquery://coordinator/{names.check_label(name)}"


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its private key.

    Args:
        certificate_pem: the certificate.
        key_pem: the private key, PKCS #8 without a passphrase.
    """

    certificate_pem: bytes
    key_pem: bytes = field(repr=False)

    @property
    def der(self) -> bytes:
        """Give the certificate as the member list has it."""
        certificate = x509.load_pem_x509_certificate(self.certificate_pem)
        return certificate.public_bytes(serialization.Encoding.DER)


def make_ca(name: str, now_ms: int, days: int = CA_DAYS) -> Issued:
    """Make a CA that signs leaves and no other CA.

    Args:
        name: what people see, at most 64 characters; nothing relies on it.
        now_ms: the time.
        days: how long it is valid, 1 to 7,300.

    Raises:
        InputError: if the days are out of range.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(name)
    builder = (
        _builder(subject, subject, key.public_key(), now_ms, days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
    )
    return _issued(builder.sign(key, hashes.SHA256()), key)


def issue(
    ca: Issued, uri: str, addresses: Sequence[str], now_ms: int, days: int = LEAF_DAYS
) -> Issued:
    """Issue a certificate for a server that also is a client.

    Args:
        ca: the CA.
        uri: who it is; the one URI of the certificate.
        addresses: the DNS names and IP addresses under which it is reached, 1 to 16.
        now_ms: the time.
        days: how long it is valid.

    Raises:
        InputError: if an address is none, they are none or too many, or the days out of range.
        ConfigError: if the CA's files do not parse.
    """
    if not 1 <= len(addresses) <= 16:  # noqa: PLR2004 -- as the docstring says
        raise InputError("a certificate has 1 to 16 addresses")
    ca_certificate, ca_key = _load(ca)
    key = ec.generate_private_key(ec.SECP256R1())
    alternative = x509.SubjectAlternativeName(
        [x509.UniformResourceIdentifier(uri), *(_general_name(text) for text in addresses)]
    )
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    issuer_key = ca_certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _builder(_subject(addresses[0]), ca_certificate.subject, key.public_key(), now_ms, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(alternative, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key),
            critical=False,
        )
    )
    return _issued(builder.sign(ca_key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now_ms: int,
    days: int,
) -> x509.CertificateBuilder:
    if not 1 <= days <= _MOST_DAYS:
        raise InputError("a certificate is valid for 1 to 7300 days")
    now = dt.datetime.fromtimestamp(now_ms // 1000, tz=dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _subject(name: str) -> x509.Name:
    try:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    except ValueError:
        raise InputError("this cannot be the name of a certificate") from None


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass
    return x509.DNSName(names.check_host(text))


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _issued(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Issued:
    return Issued(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def _load(ca: Issued) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        certificate = x509.load_pem_x509_certificate(ca.certificate_pem)
        key = serialization.load_pem_private_key(ca.key_pem, password=None)
    except (ValueError, TypeError):
        raise ConfigError("the files of the CA do not parse") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != (
        certificate.public_key()
    ):
        raise ConfigError("the key of the CA does not belong to its certificate")
    return certificate, key
