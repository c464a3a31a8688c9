import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, SignatureError
from fedquery.tlog.cosignature import CosignatureKey, Cosigner
from fedquery.tlog.note import Signer, VerifierKey, open_note, sign, sign_line, signature_line

_VECTORS = Path(__file__).parents[2] / "vectors" / "tlog"
_EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
_PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
_ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
# The seed behind the published test key of the Go implementation, without its type octet.
_PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]

_CAP = 10_000
_BODY = b"one line\n\nanother after an empty one\n"
_SIGNERS = [
    Signer(f"fedquery.example/{n}/root", bytes([i]) * 32) for i, n in enumerate(["TH", "VN", "LA"])
]
_KEYS = [signer.verifier_key for signer in _SIGNERS]
_NOTE = sign(_BODY, _SIGNERS)
_LINE = _NOTE[len(_BODY) + 1 :].split(b"\n")[0] + b"\n"


def test_the_example_of_the_specification_opens():
    """The note and the key of signed-note's own example fit."""
    opened = open_note(
        (_VECTORS / "signed-note.note").read_bytes(), [VerifierKey.parse(_EXAMPLE)], _CAP
    )
    assert (b"This is an example message.\n", {"example.com/foo"}) == (opened.body, opened.names)


def test_a_note_of_the_go_implementation_opens_and_is_made_alike():
    """A note with two signers opens under either key, and our signature is byte for byte theirs."""
    note = (_VECTORS / "sumdb-note.note").read_bytes()
    peter, enoch = VerifierKey.parse(_PETER), VerifierKey.parse(_ENOCH)
    opened = open_note(note, [peter, enoch], _CAP)
    assert {"PeterNeumann", "EnochRoot"} == opened.names
    assert {"EnochRoot"} == open_note(note, [enoch], _CAP).names
    signer = Signer("PeterNeumann", _PETER_SEED)
    assert peter == signer.verifier_key
    assert note.startswith(sign(opened.body, [signer]))


@pytest.mark.parametrize("text", [_EXAMPLE, _PETER, _ENOCH])
def test_verifier_keys_round_trip(text):
    """Writing a parsed key gives the same text."""
    assert text == VerifierKey.parse(text).format()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        _EXAMPLE.replace("530d903a", "530d903b"),
        _EXAMPLE.replace("530d903a", "530D903A"),
        _EXAMPLE.replace("example.com/foo", "example.com/bar"),
        _EXAMPLE.replace("example.com/foo", "example.com foo"),
        _EXAMPLE.replace("example.com/foo", ""),
        _EXAMPLE[:-1] + "l",
        _EXAMPLE[:-4],
        _EXAMPLE + "=",
        _EXAMPLE + "\n",
        _EXAMPLE.replace("AekyeRrm", "BOkyeRrm"),
        CosignatureKey("example.com/foo", bytes(32)).format(),
        "x" * 300 + "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "\ud800+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_other_key_texts_are_refused(text):
    """A key with another id, name, form or type is refused."""
    with pytest.raises(EncodingError):
        VerifierKey.parse(text)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"])), min_size=1, max_size=5),
    st.integers(1, 3),
)
def test_notes_round_trip(lines, count):
    """Whatever the text, also with empty lines, the body that opens is what was signed."""
    body = "".join(line + "\n" for line in lines).encode()
    opened = open_note(sign(body, _SIGNERS[:count]), _KEYS, _CAP)
    assert (body, {signer.name for signer in _SIGNERS[:count]}) == (opened.body, opened.names)


@given(st.data())
def test_a_changed_octet_never_gives_another_body(data):
    """A note with a changed octet is refused, or opens to the same body by the lines left."""
    at = data.draw(st.integers(0, len(_NOTE) - 1))
    octet = data.draw(st.integers(0, 255).filter(lambda o: o != _NOTE[at]))
    changed = _NOTE[:at] + bytes([octet]) + _NOTE[at + 1 :]
    try:
        opened = open_note(changed, _KEYS, _CAP)
    except (EncodingError, SignatureError):
        return
    assert at > len(_BODY)
    assert opened.body == _BODY


def test_lines_of_unknown_keys_are_ignored():
    """Unknown names, unknown ids and unknown types stand beside a known line without effect."""
    known = _KEYS[0]
    lines = [
        signature_line("stranger.example", known.key_id, bytes(64)),
        signature_line(known.name, b"none", bytes(64)),
        signature_line("witness.example", b"\x00\x01\x02\x03", bytes(2428)),
        _LINE,
    ]
    opened = open_note(_BODY + b"\n" + b"".join(lines), [known], _CAP)
    assert frozenset({known.name}) == opened.names


def test_a_false_line_of_a_known_key_refuses_the_note():
    """One false line by a known key refuses the note, although the others verify."""
    forged = signature_line(_KEYS[1].name, _KEYS[1].key_id, bytes(64))
    with pytest.raises(SignatureError):
        open_note(_BODY + b"\n" + _LINE + forged, _KEYS, _CAP)
    short = signature_line(_KEYS[1].name, _KEYS[1].key_id, bytes(63))
    with pytest.raises(SignatureError):
        open_note(_BODY + b"\n" + _LINE + short, _KEYS, _CAP)
    assert {_KEYS[0].name} == open_note(_BODY + b"\n" + _LINE + forged, _KEYS[:1], _CAP).names


def test_a_note_without_a_known_line_is_refused():
    """Where no known key has signed, nothing is opened."""
    for keys in ([], [VerifierKey.parse(_EXAMPLE)]):
        with pytest.raises(SignatureError):
            open_note(_NOTE, keys, _CAP)


def test_a_doubled_signer_counts_once():
    """A quorum counts names: a line that stands twice is one signature."""
    opened = open_note(_BODY + b"\n" + _LINE + _LINE, _KEYS, _CAP)
    assert len(opened.signatures) == 1
    opened.require(1, {key.name for key in _KEYS})
    with pytest.raises(SignatureError):
        opened.require(2, {key.name for key in _KEYS})


def test_a_quorum_is_counted_over_the_names_that_it_names():
    """Signers outside the list do not count, and impossible quorums are programming errors."""
    opened = open_note(_NOTE, _KEYS, _CAP)
    names = [key.name for key in _KEYS]
    opened.require(3, names)
    with pytest.raises(SignatureError):
        opened.require(2, [names[0], "fedquery.example/KH/root"])
    for k in (4, -1):
        with pytest.raises(ValueError, match="quorum"):
            opened.require(k, [*names, names[0]])


def test_one_key_under_two_names_is_not_two_signers():
    """Known keys that would make one key count twice, or that cannot be told apart, are refused."""
    twin = VerifierKey("fedquery.example/MM/root", _KEYS[0].public_key)
    cosigning_twin = CosignatureKey("fedquery.example/MM/witness", _KEYS[0].public_key)
    for other in (twin, cosigning_twin):
        with pytest.raises(ValueError, match="two names"):
            open_note(_NOTE, [_KEYS[0], other], _CAP)
    assert {_KEYS[0].name} == open_note(_NOTE, [_KEYS[0], _KEYS[0]], _CAP).names


def test_sixty_four_lines_are_read_and_not_one_more():
    """The number of signature lines is capped at 64."""
    full = _BODY + b"\n" + _LINE * 64
    assert len(open_note(full, _KEYS, len(full)).signatures) == 1
    with pytest.raises(EncodingError):
        open_note(full + _LINE, _KEYS, len(full) * 2)
    with pytest.raises(ValueError, match="64"):
        sign(_BODY, [_SIGNERS[0]] * 65)


_TAIL = b"\n" + _LINE
_DASH = "\u2014".encode()
_MALFORMED = {
    "empty": b"",
    "no signature": _BODY,
    "no line after the empty one": _BODY + b"\n",
    "missing empty line": b"a\n" + _LINE,
    "missing last newline": b"a\n" + _TAIL[:-1],
    "empty line at the end": b"a\n" + _TAIL + b"\n",
    "no body": _TAIL,
    "control character": b"a\x01\n" + _TAIL,
    "tab": b"a\tb\n" + _TAIL,
    "carriage returns": (b"a\n" + _TAIL).replace(b"\n", b"\r\n"),
    "null": b"a\x00\n" + _TAIL,
    "not utf-8": b"\xff\n" + _TAIL,
    "overlong utf-8": b"\xc0\x8a\n" + _TAIL,
    "surrogate": b"\xed\xa0\x80\n" + _TAIL,
    "hyphen for a dash": b"a\n" + _TAIL.replace(_DASH, b"-"),
    "two spaces": b"a\n" + _TAIL.replace(b" ", b"  "),
    "trailing space": b"a\n" + _TAIL[:-1] + b" \n",
    "no-break space in the name": b"a\n" + _TAIL.replace(b"fedquery", b"fed\xc2\xa0query"),
    "plus in the name": b"a\n" + _TAIL.replace(b"fedquery", b"fed+query"),
    "no name": b"a\n\n" + _DASH + b"  " + b"A" * 88 + b"\n",
    "base64 of the url alphabet": b"a\n\n" + _DASH + b" x " + b"-_" * 44 + b"\n",
    "base64 without padding": b"a\n\n" + _DASH + b" x " + b"A" * 90 + b"\n",
    "base64 with set trailing bits": b"a\n\n" + _DASH + b" x " + b"A" * 89 + b"B==\n",
    "key id alone": b"a\n\n" + _DASH + b" x AAAAAA==\n",
    "shorter than a key id": b"a\n\n" + _DASH + b" x AAAA\n",
}


@pytest.mark.parametrize("fault", _MALFORMED)
def test_malformed_notes_are_refused(fault):
    """What is not a signed note is refused before any signature is looked at."""
    with pytest.raises(EncodingError):
        open_note(_MALFORMED[fault], _KEYS, _CAP)


def test_the_twin_of_the_malformed_notes_is_well_formed():
    """The same note without a fault parses; only its signature is of another body."""
    with pytest.raises(SignatureError):
        open_note(b"a\n" + _TAIL, _KEYS, _CAP)


def test_a_note_over_the_cap_is_refused():
    """A note of exactly the cap opens, one octet less room refuses it."""
    assert open_note(_NOTE, _KEYS, len(_NOTE)).body == _BODY
    with pytest.raises(EncodingError):
        open_note(_NOTE, _KEYS, len(_NOTE) - 1)


def test_what_cannot_stand_in_a_note_is_not_signed():
    """A body that no note can hold, or that looks like a cosignature, is refused."""
    for body in (b"", b"a", b"a\r\n", b"\xff\n", b"a\x7f\x00\n"):
        with pytest.raises(ValueError, match="cannot stand"):
            sign(body, _SIGNERS)
    with pytest.raises(ValueError, match="signatures"):
        sign(_BODY, [])
    with pytest.raises(ValueError, match="cosignature"):
        sign(b"cosignature/v1\ntime 1\nx\n", _SIGNERS)


def test_a_line_may_be_added_later():
    """A line that is put behind a note is one signature more."""
    note = sign(_BODY, _SIGNERS[:1]) + sign_line(_BODY, _SIGNERS[1])
    assert {_KEYS[0].name, _KEYS[1].name} == open_note(note, _KEYS, _CAP).names


def test_keys_are_not_shown():
    """The representation of a secret key has its name and not its seed."""
    seed = bytes(range(32))
    for key in (Signer("log.example", seed), Cosigner("witness.example", seed)):
        assert ".example" in repr(key)
        assert repr(seed)[5:20] not in repr(key)
        assert seed.hex() not in repr(key)


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\nb", "a\u2003b", "a\x1fb", "x" * 256, "\ud800"]
)
def test_impossible_key_names_are_refused(name):
    """No key has a name that a signature line cannot carry."""
    with pytest.raises(ValueError, match="name"):
        Signer(name, bytes(32))
    with pytest.raises(ValueError, match="name"):
        CosignatureKey(name, bytes(32))


def test_keys_of_another_length_are_refused():
    """Seeds and public keys have 32 octets."""
    for length in (0, 31, 33, 64):
        with pytest.raises(ValueError, match="32 octets"):
            Signer("x", bytes(length))
        with pytest.raises(ValueError, match="32 octets"):
            Cosigner("x", bytes(length))
        with pytest.raises(ValueError, match="32 octets"):
            VerifierKey("x", bytes(length))
