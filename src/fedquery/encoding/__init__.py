"""Bytes: octet strings, base64 and canonical JSON, all strict."""
