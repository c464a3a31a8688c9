"""Certificates: what stands in them, whom they convince, and how their files are kept."""

import datetime as dt
import ipaddress
import stat

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from fedquery.errors import ConfigError, InputError
from fedquery.federation.certificate_files import write_issued
from fedquery.federation.certificates import Issued, coordinator_uri, issue, make_ca, node_uri

NOW_MS = 1_772_352_000_000
NOW = dt.datetime.fromtimestamp(NOW_MS // 1000, tz=dt.UTC)


@pytest.fixture(scope="module")
def ca():
    """Make one CA for all tests."""
    return make_ca("TH", NOW_MS)


@pytest.fixture(scope="module")
def leaf(ca):
    """Issue one leaf."""
    return issue(ca, node_uri("TH"), ["node.th.example", "127.0.0.1", "::1"], NOW_MS)


def extension(issued, kind):
    """Read an extension of a certificate."""
    certificate = x509.load_pem_x509_certificate(issued.certificate_pem)
    return certificate.extensions.get_extension_for_class(kind).value


def verify(ca, leaf, at):
    """Verify a leaf as a TLS client does."""
    store = Store([x509.load_pem_x509_certificate(ca.certificate_pem)])
    verifier = (
        PolicyBuilder().store(store).time(at).build_server_verifier(x509.DNSName("node.th.example"))
    )
    verifier.verify(x509.load_pem_x509_certificate(leaf.certificate_pem), [])


def test_a_leaf_names_its_party_once(leaf):
    """Exactly one URI, and the addresses by their kinds."""
    names = extension(leaf, x509.SubjectAlternativeName)
    assert ["fedquery://nation/TH/node"] == names.get_values_for_type(
        x509.UniformResourceIdentifier
    )
    assert ["node.th.example"] == names.get_values_for_type(x509.DNSName)
    expected = [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")]
    assert expected == names.get_values_for_type(x509.IPAddress)


def test_a_leaf_serves_and_asks_and_signs_no_other(ca, leaf):
    """Leaves are for both ends of TLS, the CA for leaves alone."""
    usages = set(extension(leaf, x509.ExtendedKeyUsage))
    assert {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH} == usages
    assert (False, None) == (
        extension(leaf, x509.BasicConstraints).ca,
        extension(leaf, x509.BasicConstraints).path_length,
    )
    assert (True, 0) == (
        extension(ca, x509.BasicConstraints).ca,
        extension(ca, x509.BasicConstraints).path_length,
    )


def test_validity(ca, leaf):
    """A leaf is valid from an hour before until its days are over."""
    day = dt.timedelta(days=1)
    for at in (NOW - dt.timedelta(minutes=59), NOW, NOW + 89 * day):
        verify(ca, leaf, at)
    for at in (NOW - dt.timedelta(minutes=61), NOW + 91 * day):
        with pytest.raises(VerificationError):
            verify(ca, leaf, at)


def test_another_ca_vouches_for_nothing(leaf):
    """A CA of the same name does not verify the leaf."""
    with pytest.raises(VerificationError):
        verify(make_ca("TH", NOW_MS), leaf, NOW)


@pytest.mark.parametrize("addresses", [[], ["a.example"] * 17, ["ไทย.example"], ["a" * 300 + "\n"]])
def test_bad_addresses(ca, addresses):
    """No address, too many, and what is no name are refused."""
    with pytest.raises(InputError):
        issue(ca, node_uri("TH"), addresses, NOW_MS)


@pytest.mark.parametrize("days", [0, 7301])
def test_bad_days(days):
    """Days out of range are refused."""
    with pytest.raises(InputError):
        make_ca("TH", NOW_MS, days)


@pytest.mark.parametrize(("make", "name"), [(node_uri, "th"), (coordinator_uri, "Hub!")])
def test_bad_names(make, name):
    """A URI is made of names of the federation alone."""
    with pytest.raises(InputError):
        make(name)


def test_files_are_kept_apart(tmp_path, leaf):
    """The key is for its owner alone, the certificate for all, and both are as they were made."""
    tmp_path.chmod(0o700)
    certificate, key = tmp_path / "node.crt", tmp_path / "node.key"
    write_issued(leaf, certificate, key)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (certificate, key)]
    assert [0o644, 0o600] == modes
    assert leaf == Issued(certificate.read_bytes(), key.read_bytes())


def test_nothing_is_overwritten(tmp_path, leaf):
    """A second writing leaves the first key as it is."""
    certificate, key = tmp_path / "node.crt", tmp_path / "node.key"
    key.write_bytes(b"precious")
    with pytest.raises(ConfigError, match="already"):
        write_issued(leaf, certificate, key)
    assert (b"precious", False) == (key.read_bytes(), certificate.exists())


def test_a_ca_with_another_key_is_refused(ca, leaf):
    """A certificate and a key that do not belong together issue nothing."""
    with pytest.raises(ConfigError):
        issue(Issued(ca.certificate_pem, leaf.key_pem), node_uri("TH"), ["a"], NOW_MS)
    with pytest.raises(ConfigError):
        issue(Issued(b"", b""), node_uri("TH"), ["a"], NOW_MS)


def test_keys_are_not_shown(leaf):
    """The repr of a certificate with its key holds no key."""
    assert "PRIVATE" not in repr(leaf)
