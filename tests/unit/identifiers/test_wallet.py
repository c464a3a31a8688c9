import base64
import json
from collections import Counter
from csv import DictReader
from hashlib import sha256
from pathlib import Path

import base58 as base58_oracle
import eth_utils
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Reason, base58, parse, segwit, ton
from fedquery.identifiers.wallet import checksummed

OFAC = Path(__file__).parents[2] / "vectors" / "ofac_wallets.csv"
OFAC_SHA256 = "8660a95ab6074b5638d90f0eb8deb56ea681af21b04d2f9a2f5221c9bc3a7056"
HASHES = st.binary(min_size=20, max_size=20)


def refused(text):
    """Give the reason why a wallet is refused."""
    with pytest.raises(IdentifierError) as caught:
        parse("wallet", text)
    return caught.value.reason


def canonical(text):
    """Give the canonical form of a wallet."""
    return parse("wallet", text).identifier.canonical


@given(st.binary(min_size=1, max_size=40))
def test_base58_agrees_with_the_oracle(payload):
    """Encoding and decoding agree with the base58 package, leading zeros included."""
    text = base58_oracle.b58encode_check(payload).decode()
    assert text == base58.encode_check(payload)
    assert payload == base58.decode_check(text)


@given(st.text(base58.ALPHABET, min_size=1, max_size=40))
def test_base58_refuses_what_the_oracle_refuses(text):
    """Any text of the alphabet decodes alike or is refused alike."""
    try:
        expected = base58_oracle.b58decode_check(text)
    except ValueError:
        expected = None
    try:
        actual = base58.decode_check(text)
    except IdentifierError:
        actual = None
    assert (expected or None) == actual


@given(HASHES)
def test_mixed_case_agrees_with_the_oracle(octets):
    """The checksum of EIP-55 is the one of eth-utils, and is what mixed case must be."""
    mixed = eth_utils.to_checksum_address(octets)
    assert mixed == f"0x{checksummed(octets.hex())}"
    assert f"evm:{octets.hex()}" == canonical(mixed)


@given(HASHES, st.data())
def test_one_letter_in_the_wrong_case_is_refused(octets, data):
    """Swapping the case of one letter of a mixed-case address breaks its checksum."""
    mixed = checksummed(octets.hex())
    letters = [i for i, character in enumerate(mixed) if character.isalpha()]
    if not letters:
        return
    at = data.draw(st.sampled_from(letters))
    wrong = mixed[:at] + mixed[at].swapcase() + mixed[at + 1 :]
    if wrong not in (wrong.lower(), wrong.upper()):
        assert Reason.CHECKSUM.value == refused(f"0x{wrong}")


@given(st.integers(0, 16), st.binary(min_size=2, max_size=40))
def test_segwit_round_trips(version, program):
    """Every witness program that may be is decoded as it was encoded, in both cases."""
    if version == 0:
        program = (program * 16)[: 20 if len(program) % 2 else 32]
    text = segwit.encode("bc", version, program)
    assert (version, program) == segwit.decode("bc", text)
    assert (version, program) == segwit.decode("bc", text.upper())
    assert f"btc:{text}" == canonical(text.upper())


@given(st.integers(0, 16), HASHES, st.data())
def test_segwit_finds_any_wrong_character(version, program, data):
    """BCH codes find each single substitution."""
    text = segwit.encode("bc", version, program)
    at = data.draw(st.integers(4, len(text) - 1))
    other = data.draw(st.sampled_from([c for c in segwit.CHARSET if c != text[at]]))
    with pytest.raises(IdentifierError):
        segwit.decode("bc", text[:at] + other + text[at + 1 :])


@given(HASHES)
def test_tron_hexadecimal_and_base58_are_one_wallet(octets):
    """The forms of TRON's explorers and of its nodes come to the same identifier."""
    expected = "tron:" + base58_oracle.b58encode_check(b"\x41" + octets).decode()
    for text in (f"41{octets.hex()}", f"0x41{octets.hex()}", f"41{octets.hex().upper()}"):
        assert expected == canonical(text)
    assert expected == canonical(expected.removeprefix("tron:"))


@given(st.integers(0, 255), HASHES)
def test_versions_of_other_coins_are_refused(version, octets):
    """A right checksum under another version is another coin or network, never Bitcoin."""
    text = base58_oracle.b58encode_check(bytes([version]) + octets).decode()
    if version in (0x00, 0x05):
        assert f"btc:{text}" == canonical(text)
    elif version == 0x41:
        assert f"tron:{text}" == canonical(text)
    elif version in (0x6F, 0xC4):
        assert Reason.OTHER_NETWORK.value == refused(text)
    else:
        assert Reason.OTHER_COIN.value == refused(text)


@example(b"-" + bytes(30))
# 27 octets come to 32 with version and checksum, which is a key of Solana's like any other.
@given(st.binary(max_size=40).filter(lambda octets: len(octets) not in (20, 27)))
def test_hashes_of_another_length_are_refused(octets):
    """A version octet of ours before a hash of another length is no address."""
    text = base58_oracle.b58encode_check(b"\x00" + octets).decode()
    # What has the 48 characters of TON's form is refused by TON's rules: its flags are wrong.
    other = Reason.ADDRESS_FORM if len(text) == 48 else Reason.OTHER_COIN
    assert other.value == refused(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "btc:1A1••••fNa"),
        ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "evm:5aa••••aed"),
    ],
)
def test_a_masked_wallet_shows_its_ends(text, masked):
    """The chain and three characters at each end are shown."""
    assert masked == parse("wallet", text).identifier.masked()


# Which forms the published addresses of each currency have: a form names a chain, not a coin.
ACCEPTED = {
    "ARB": {"evm": 1},
    "BCH": {"btc": 1},  # its old form is Bitcoin's
    "BSC": {"evm": 1},
    "BSV": {"btc": 1},  # its form is Bitcoin's
    "ETC": {"evm": 1},
    "ETH": {"evm": 152},
    "TRX": {"tron": 6},
    "USDC": {"evm": 2},
    "USDT": {"btc": 7, "evm": 8, "tron": 11},  # issued on Bitcoin (Omni), Ethereum and TRON
    "XBT": {"btc": 434, "tron": 1},  # one is published under the wrong currency
}
OTHER_COIN, FORM = Reason.OTHER_COIN, Reason.ADDRESS_FORM
REFUSED = {
    "BCH": {FORM: 6},
    "BTG": {OTHER_COIN: 1},
    "DASH": {OTHER_COIN: 3},
    "LTC": {OTHER_COIN: 10},
    "XMR": {FORM: 3},
    "XRP": {FORM: 1},
    "XVG": {OTHER_COIN: 1},
    "ZEC": {OTHER_COIN: 3},
}


def published():
    """Read the published addresses, whose file is pinned by its digest."""
    octets = OFAC.read_bytes()
    assert OFAC_SHA256 == sha256(octets).hexdigest()
    return list(DictReader(octets.decode("ascii").splitlines()))


def test_real_addresses_are_accepted_by_form_or_refused_with_a_reason():
    """All 654 published addresses of sanctioned parties are read as their form or refused."""
    accepted: dict[str, Counter] = {}
    rejected: dict[str, Counter] = {}
    for row in published():
        try:
            chain, _ = canonical(row["address"]).split(":")
        except IdentifierError as error:
            rejected.setdefault(row["currency"], Counter())[error.reason] += 1
        else:
            accepted.setdefault(row["currency"], Counter())[chain] += 1
    assert ACCEPTED == accepted
    assert json.dumps(REFUSED, sort_keys=True) == json.dumps(rejected, sort_keys=True)


def test_real_addresses_with_one_character_changed_are_refused():
    """Each published address with a checksum is refused once its last character is another."""
    checked = 0
    for row in published():
        address = row["address"]
        if row["currency"] in ACCEPTED and address[0] in "13Tb":
            wrong = address[:-1] + ("3" if address[-1] != "3" else "4")
            with pytest.raises(IdentifierError):
                parse("wallet", wrong)
            checked += 1
    assert checked > 400


@given(st.binary(min_size=32, max_size=32).filter(any))
def test_solana_agrees_with_the_oracle(octets):
    """Any 32 octets are an address, by the base58 package; the link and the name give the same."""
    text = base58_oracle.b58encode(octets).decode()
    assert f"sol:{text}" == canonical(f"sol:{text}")
    assert f"sol:{text}" == canonical(f"solana:{text}?amount=1")
    if not text.lower().startswith(("bc1", "tb1", "bcrt1")):
        assert f"sol:{text}" == canonical(text)


@given(st.binary(max_size=40).filter(lambda octets: len(octets) != 32))
def test_solana_has_no_other_length(octets):
    """Fewer or more octets are no address of Solana."""
    with pytest.raises(IdentifierError):
        parse("wallet", f"sol:{base58_oracle.b58encode(octets).decode()}")


def crc_of(octets):
    """Compute CRC-16/XMODEM bit by bit, as TEP-2 has it."""
    register = 0
    for octet in octets:
        register ^= octet << 8
        for _ in range(8):
            register = (register << 1 ^ 0x1021) & 0xFFFF if register & 0x8000 else register << 1
    return register


@given(st.sampled_from([0x00, 0xFF]), st.binary(min_size=32, max_size=32))
def test_all_spellings_of_a_ton_address_are_one(chain, account):
    """Raw, bounceable or not, in either base64: TEP-2 by an encoder of its own."""
    raw = f"{'0' if chain == 0 else '-1'}:{account.hex()}"
    expected = canonical(raw)
    # The same key on the other chain is another account.
    assert expected != canonical(f"{'-1' if chain == 0 else '0'}:{account.hex()}")
    for flags in (0x11, 0x51):
        octets = bytes((flags, chain)) + account
        octets += crc_of(octets).to_bytes(2, "big")
        for text in (
            base64.urlsafe_b64encode(octets).decode(),
            base64.b64encode(octets).decode(),
        ):
            assert expected == canonical(text)
            assert expected == canonical(f"ton://transfer/{text}?amount=1")
    test_only = bytes((0x91, chain)) + account
    test_only += crc_of(test_only).to_bytes(2, "big")
    assert Reason.OTHER_NETWORK.value == refused(base64.urlsafe_b64encode(test_only).decode())


@given(st.binary(min_size=32, max_size=32), st.integers(0, 47), st.sampled_from("AQgw-_z9"))
def test_a_wrong_character_of_a_ton_address_is_refused(account, at, other):
    """The CRC finds each single substitution."""
    text = ton.encode(0, account)
    wrong = text[:at] + other + text[at + 1 :]
    if wrong != text:
        with pytest.raises(IdentifierError):
            parse("wallet", wrong)
