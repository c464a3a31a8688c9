"""Identifiers: what people type, brought to the one form that is hashed (protocol.md, 1)."""

from fedquery.identifiers.extraction import Certainty, Finding, extract
from fedquery.identifiers.identifier import Identifier, Parsed
from fedquery.identifiers.kind import Kind
from fedquery.identifiers.reasons import Notice, Reason
from fedquery.identifiers.registry import decode, kinds, parse, recognise, vectors_digest

__all__ = [
    "Certainty",
    "Finding",
    "Identifier",
    "Kind",
    "Notice",
    "Parsed",
    "Reason",
    "decode",
    "extract",
    "kinds",
    "parse",
    "recognise",
    "vectors_digest",
]
