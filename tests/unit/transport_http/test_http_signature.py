"""Signed GETs: what is covered, how old they may be, and whose they are."""

import base64
import hashlib

import pytest

from fedquery.errors import SignatureError
from fedquery.seal.signing import SigningKey
from fedquery.transport.http_signature import authority_of, sign_get, verify_get

NOW_MS = 1_772_352_000_500
AGENCY = "TH/cyber-police"
KEY = SigningKey(hashlib.sha256(b"agency").digest())
KEYS = {
    AGENCY: KEY.verify_key.public,
    "VN/fiu": SigningKey(hashlib.sha256(b"other").digest()).verify_key.public,
}
URL = "https://hub.example:8443/v1/nodes/VN/log/tile/0/000.p/3?x=1"
TARGET = "/v1/nodes/VN/log/tile/0/000.p/3?x=1"


def signed(url=URL, now_ms=NOW_MS, key=KEY, agency=AGENCY):
    """Sign a GET and give its headers with lower-case names."""
    headers = sign_get(url, agency=agency, key=key, now_ms=now_ms)
    return {name.lower(): value for name, value in headers.items()}


def verify(headers, authority="hub.example:8443", target=TARGET, now_ms=NOW_MS):
    """Verify headers as the server does."""
    return verify_get(
        authority=authority, target=target, headers=headers, key_of=KEYS.get, now_ms=now_ms
    )


def test_a_signed_get_names_its_agency():
    """Verifying undoes signing."""
    assert AGENCY == verify(signed())


def test_the_usual_port_is_not_part_of_the_authority():
    """443 is said or not said alike (RFC 9421, 2.2.3)."""
    headers = signed("https://hub.example:443/v1/federation")
    assert "hub.example" == authority_of("https://hub.example:443")
    assert AGENCY == verify(headers, authority="hub.example", target="/v1/federation")


@pytest.mark.parametrize("offset_ms", [-119_000, 0, 119_000])
def test_within_120_seconds(offset_ms):
    """Clocks may differ by 120 s, either way."""
    assert AGENCY == verify(signed(), now_ms=NOW_MS + offset_ms)


@pytest.mark.parametrize("offset_ms", [-121_000, 121_000, 10**10])
def test_a_replayed_old_signature_is_refused(offset_ms):
    """A signature made more than 120 s ago, or ahead, is nothing."""
    with pytest.raises(SignatureError):
        verify(signed(), now_ms=NOW_MS + offset_ms)


@pytest.mark.parametrize(
    "changed",
    [
        {"authority": "alternate.example:8443"},
        {"authority": "hub.example"},
        {"target": TARGET.replace("VN", "TH")},
        {"target": TARGET.replace("x=1", "x=2")},
        {"target": "/v1/nodes/VN/log/tile/0/000.p/3"},
    ],
    ids=["coordinator", "port", "path", "query", "no_query"],
)
def test_what_is_covered(changed):
    """A signature for one coordinator, path or query is nothing to another."""
    with pytest.raises(SignatureError):
        verify(signed(), **changed)


def test_another_agencys_name_is_refused():
    """The key id is covered and bound to its key."""
    with pytest.raises(SignatureError):
        verify(signed(agency="VN/fiu"))


def test_a_stranger_is_refused():
    """An agency that is not a member has no key."""
    with pytest.raises(SignatureError):
        verify(signed(agency="TH/stranger"))


def _parameter(name, value):
    def change(headers):
        fields = headers["signature-input"].split(";")
        kept = [field for field in fields if not field.startswith(f"{name}=")]
        added = [f"{name}={value}"] if value is not None else []
        return {**headers, "signature-input": ";".join(kept + added)}

    return change


FAULTS = {
    "no_headers": lambda _: {},
    "no_signature": lambda h: {"signature-input": h["signature-input"]},
    "no_input": lambda h: {"signature": h["signature"]},
    "other_label": lambda h: {**h, "signature": h["signature"].replace("fedquery=", "other=")},
    "doubled": lambda h: {name: f"{value}, {value}" for name, value in h.items()},
    "two_labels": lambda h: {
        name: f"{value}, {value.replace('fedquery=', 'b=', 1)}" for name, value in h.items()
    },
    "no_created": _parameter("created", None),
    "created_text": _parameter("created", '"now"'),
    "created_true": _parameter("created", "?1"),
    "created_huge": _parameter("created", "999999999999999"),
    "no_keyid": _parameter("keyid", None),
    "keyid_number": _parameter("keyid", "1"),
    "other_alg": _parameter("alg", '"hmac-sha256"'),
    "no_tag": _parameter("tag", None),
    "other_tag": _parameter("tag", '"another/v1"'),
    "expires": _parameter("expires", "1"),
    "unknown_parameter": _parameter("more", "1"),
    "nothing_covered": lambda h: {
        **h,
        "signature-input": "fedquery=();" + h["signature-input"].partition(");")[2],
    },
    "less_covered": lambda h: {
        **h,
        "signature-input": h["signature-input"].replace('"@path" ', ""),
    },
    "short_signature": lambda h: {**h, "signature": "fedquery=:AAAA:"},
    "not_structured": lambda h: {**h, "signature": "fedquery"},
    "not_ascii": lambda h: {**h, "signature": h["signature"] + "é"},
    "over_the_cap": lambda h: {**h, "signature-input": h["signature-input"] + ";a=1" * 200},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_malformed(fault, canary):
    """Each fault is refused with one text."""
    headers = signed()
    changed = FAULTS[fault](headers)
    assert headers != changed, "the fault was not planted"
    with pytest.raises(SignatureError, match="not signed by an enrolled agency") as caught:
        verify(changed, target=TARGET)
    assert caught.value.__cause__ is None


def test_less_coverage_is_refused_even_with_a_good_signature():
    """A signature over less than the four parts is refused although it verifies."""
    headers = signed()
    # The twin: everything as it was is taken.
    assert AGENCY == verify(headers)
    base = (
        '"@method": GET\n"@authority": hub.example:8443\n"@signature-params": '
        '("@method" "@authority");created=1772352000;keyid="TH/cyber-police";'
        'alg="ed25519";tag="fedquery/v1/get"'
    )
    value = base64.b64encode(KEY.sign(base.encode())).decode()
    forged = {
        "signature-input": "fedquery=" + base.rpartition('"@signature-params": ')[2],
        "signature": f"fedquery=:{value}:",
    }
    with pytest.raises(SignatureError):
        verify(forged)
