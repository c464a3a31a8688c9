"""Wallet addresses: Bitcoin, every EVM chain, TRON, Solana and TON.

An address names its form and not its coin. Every EVM chain has the same addresses, so they are one
`evm`; Bitcoin's base58 form is also that of coins that split from it, so an old address of one of
these is read as Bitcoin's, and no reader can do otherwise. Solana's are any 32 octets, so a
mistyped one is another address.
"""

import string
from dataclasses import dataclass
from typing import ClassVar

from Crypto.Hash import keccak

from fedquery.identifiers import base58, segwit, solana, ton
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean

_HASH_LENGTH = 20
_EVM_DIGITS = 40
_BITCOIN_VERSIONS = (0x00, 0x05)
_BITCOIN_TEST_VERSIONS = (0x6F, 0xC4)
_BITCOIN_TEST_PREFIXES = ("tb1", "bcrt1")
TRON_VERSION = 0x41
_TRON_CHARACTERS = 34
# What the first character of 21 octets with these versions can be.
_BASE58_STARTS = ("1", "3", "T", "2", "m", "n")
_HEX = frozenset(string.hexdigits)
# Chain ids of EIP-155 whose coins are worth nothing.
_EVM_TEST_CHAINS = ("3", "4", "5", "42", "97", "17000", "80001", "80002", "421614", "11155111")
_CHAINS = {
    "bitcoin": "btc", "btc": "btc", "ethereum": "evm", "evm": "evm", "tron": "tron",
    "solana": "sol", "sol": "sol", "ton": "ton",
}  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Wallet(Identifier):
    """A wallet address as `btc:…`, `evm:…`, `tron:T…`, `sol:…` or `ton:EQ…`.

    Of `evm` it has 40 hexadecimal digits in lower case.
    """

    kind: ClassVar[str] = "wallet"

    def masked(self) -> str:
        """Show the chain, and the first and last three characters of the address."""
        chain, address = self.canonical.split(":")
        return f"{chain}:{address[:3]}{HIDDEN * 4}{address[-3:]}"


def checksummed(digits: str) -> str:
    """Write 40 lower-case hexadecimal digits in the mixed case of EIP-55."""
    nibbles = keccak.new(digest_bits=256, data=digits.encode("ascii")).hexdigest()
    return "".join(
        digit.upper() if nibble >= "8" else digit
        for digit, nibble in zip(digits, nibbles, strict=False)
    )


def _evm(text: str) -> str:
    digits = text[2:] if text[:2] in ("0x", "0X") else text
    if len(digits) != _EVM_DIGITS or not _HEX.issuperset(digits):
        raise refuse(Reason.ADDRESS_FORM)
    lower = digits.lower()
    # EIP-55: one case throughout carries no checksum; mixed case must be the right one.
    if digits not in (lower, digits.upper()) and checksummed(lower) != digits:
        raise refuse(Reason.CHECKSUM)
    return f"evm:{lower}"


def _base58(text: str) -> str:
    # Of other texts a wrong checksum says that they are something else, not that they are mistyped.
    ours = text.startswith(_BASE58_STARTS)
    payload = base58.decode_check(text, mismatch=Reason.CHECKSUM if ours else Reason.ADDRESS_FORM)
    version, length = payload[0], len(payload) - 1
    if length == _HASH_LENGTH and version == TRON_VERSION:
        return f"tron:{text}"
    if length == _HASH_LENGTH and version in _BITCOIN_VERSIONS:
        return f"btc:{text}"
    if length == _HASH_LENGTH and version in _BITCOIN_TEST_VERSIONS:
        raise refuse(Reason.OTHER_NETWORK)
    raise refuse(Reason.OTHER_COIN)


def _is_tron_hexadecimal(text: str) -> bool:
    # TRON's nodes write the version octet 41 and the hash, with or without 0x.
    digits = text[2:] if text[:2] in ("0x", "0X") else text
    return len(digits) == _EVM_DIGITS + 2 and digits.startswith("41") and _HEX.issuperset(digits)


def _address(text: str) -> str:
    """Read an address by its form alone."""
    lower = text.lower()
    if _is_tron_hexadecimal(text):
        return f"tron:{base58.encode_check(bytes.fromhex(text[-_EVM_DIGITS - 2 :]))}"
    if lower.startswith("0x"):
        return _evm(text)
    if lower.startswith("bc1"):
        segwit.decode("bc", text)
        return f"btc:{lower}"
    # TRON's addresses may begin with TB1, as Bitcoin's test addresses do in upper case.
    is_tron = len(text) == _TRON_CHARACTERS and text.startswith("T")
    if lower.startswith(_BITCOIN_TEST_PREFIXES) and not is_tron:
        raise refuse(Reason.OTHER_NETWORK)
    if ton.is_raw(text) or ton.is_friendly(text):
        return f"ton:{ton.canonical(text)}"
    # Last of all, for it has no mark of its own.
    return f"sol:{text}" if solana.is_address(text) else _base58(text)


def _without_request(chain: str, text: str) -> str:
    """Strip a payment request (BIP 21, EIP-681, Solana Pay, TON's) to the address it pays."""
    address, _, _ = text.partition("?")
    if chain == "ton":
        return address.removeprefix("//transfer/")
    if chain == "sol" and address.startswith("https"):
        # Solana Pay: a link that makes the transaction, and names nobody.
        raise refuse(Reason.PAYMENT_REQUEST)
    if chain == "evm":
        if "/" in address:
            # EIP-681: before a function stands the contract; the payee is one of its arguments.
            raise refuse(Reason.PAYMENT_REQUEST)
        address, _, chain_id = address.removeprefix("pay-").partition("@")
        if chain_id in _EVM_TEST_CHAINS:
            raise refuse(Reason.OTHER_NETWORK)
        if chain_id and not (chain_id.isascii() and chain_id.isdecimal()):
            raise refuse(Reason.ADDRESS_FORM)
    return address


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the wallet address that a text is.

    Args:
        text: an address, its hexadecimal form, or a payment request with its chain before a colon.
        region: not used: an address is the same everywhere.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if it is no address of a main network of these chains, or says another.
    """
    del region
    cleaned = clean(text)
    scheme, colon, rest = cleaned.partition(":")
    if not colon or ton.is_raw(cleaned):
        return (_parsed(_address(cleaned)),)
    chain = _CHAINS.get(scheme.lower())
    if chain is None:
        raise refuse(Reason.ADDRESS_FORM)
    address = _without_request(chain, rest)
    if chain == "sol" and solana.is_address(address):
        # Named, it may begin as another chain's addresses do.
        return (_parsed(f"sol:{address}"),)
    canonical = _evm(address) if chain == "evm" else _address(address)
    if not canonical.startswith(f"{chain}:"):
        raise refuse(Reason.ADDRESS_FORM)
    return (_parsed(canonical),)


def _parsed(canonical: str) -> Parsed:
    unchecked = canonical.startswith("sol:")
    return Parsed(Wallet(canonical), (Notice.NO_CHECKSUM.value,) if unchecked else ())
