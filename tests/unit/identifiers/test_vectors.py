import hashlib
import json
from importlib import resources

import pytest

from fedquery.errors import IdentifierError
from fedquery.identifiers import Notice, Reason, decode, kinds, parse, vectors_digest

LEAST = dict.fromkeys(kinds(), 30) | {"phone": 60, "wallet": 40}


def octets_of(kind):
    """Read a vector file as anybody can."""
    return resources.files("fedquery.identifiers").joinpath(f"vectors/{kind}.json").read_bytes()


def entries():
    """List all vectors as parameters, named by their notes."""
    for kind in LEAST:
        for number, entry in enumerate(json.loads(octets_of(kind))):
            yield pytest.param(kind, entry, id=f"{kind}-{number}-{entry['note']}")


def outcome(kind, entry):
    """Read the input of a vector and give the part of it that says the outcome."""
    try:
        identifier = parse(kind, entry["input"], entry["region"]).identifier
    except IdentifierError as error:
        return {"error": error.reason}
    found = {"canonical": identifier.canonical}
    # Both sides have to widen alike as well, and keep records under what they widen to.
    if "weaker" in entry or identifier.weaker():
        found["weaker"] = [weaker.encode().decode() for weaker in identifier.weaker()]
    return found


@pytest.mark.parametrize(("kind", "entry"), list(entries()))
def test_each_vector_reads_as_it_says(kind, entry):
    """Each vector gives its canonical form, or is refused for its reason."""
    expected = {key: entry[key] for key in ("canonical", "weaker", "error") if key in entry}
    assert expected == outcome(kind, entry)


def test_a_changed_vector_is_noticed():
    """A vector whose canonical form lost a digit does not pass, so the check above can fail."""
    entry = json.loads(octets_of("phone"))[0]
    wrong = {"canonical": entry["canonical"][:-1]}
    assert wrong != outcome("phone", entry)


def test_a_vector_that_forgets_a_weaker_form_is_noticed():
    """Otherwise two releases that keep records under other forms would have one digest."""
    entry = json.loads(octets_of("account"))[0]
    without = {key: entry[key] for key in ("input", "region", "canonical")}
    assert {"canonical": entry["canonical"]} != outcome("account", without)


@pytest.mark.parametrize("kind", LEAST)
def test_vectors_are_many_and_distinct(kind):
    """Each kind has vectors enough, none twice, each with a note and one outcome."""
    found = json.loads(octets_of(kind))
    assert len(found) >= LEAST[kind]
    assert len(found) == len({(entry["input"], entry["region"]) for entry in found})
    assert all(entry["note"] and ("canonical" in entry) != ("error" in entry) for entry in found)


@pytest.mark.parametrize("kind", LEAST)
def test_refusals_name_reasons_of_the_closed_set(kind):
    """Vectors that are refused name a reason that exists, so no free text can come in."""
    reasons = {entry["error"] for entry in json.loads(octets_of(kind)) if "error" in entry}
    assert reasons <= {reason.value for reason in Reason}


def test_every_reason_of_a_text_has_a_vector():
    """Each reason is shown by a vector, except those of names instead of texts."""
    shown = {
        entry["error"]
        for kind in LEAST
        for entry in json.loads(octets_of(kind))
        if "error" in entry
    }
    of_names = {Reason.UNKNOWN_KIND, Reason.UNRECOGNISED}
    # A closer word for what the vectors refuse as NOT_POSSIBLE elsewhere: another file would be
    # another digest, and every publication before it stale, though the same texts are taken.
    closer = {Reason.NO_PLUS}
    # Of texts in which identifiers are looked for, and of payment codes, which are no kinds.
    pasted = {Reason.TEXT_TOO_LONG, Reason.TOO_MANY, Reason.PAYMENT_CODE, Reason.NO_PAYEE}
    assert {reason.value for reason in Reason if reason not in of_names | closer | pasted} == shown


@pytest.mark.parametrize("kind", LEAST)
def test_the_digest_names_the_bytes_of_the_file(kind):
    """The digest is SHA-256 over the file's bytes, by the function and by the kind."""
    expected = hashlib.sha256(octets_of(kind)).digest()
    assert expected == vectors_digest(kind)
    assert expected == kinds()[kind].vectors_digest


def test_the_digest_of_an_unknown_kind_is_refused():
    """A kind that does not exist has no digest, and its name opens no file."""
    with pytest.raises(IdentifierError) as caught:
        vectors_digest("../registry")
    assert Reason.UNKNOWN_KIND.value == caught.value.reason


@pytest.mark.parametrize("kind", LEAST)
def test_canonical_forms_are_fixed_points(kind):
    """Each canonical form of the vectors reads as itself, without region, and survives the wire."""
    for entry in json.loads(octets_of(kind)):
        if "canonical" not in entry:
            continue
        identifier = parse(kind, entry["canonical"]).identifier
        assert entry["canonical"] == identifier.canonical
        assert f"{kind}:v1:{entry['canonical']}".encode() == identifier.encode()
        assert identifier == decode(identifier.encode())


def test_warnings_come_from_the_closed_set():
    """Every warning over all vectors is a notice that exists."""
    warnings = set()
    for kind in LEAST:
        for entry in json.loads(octets_of(kind)):
            if "canonical" in entry:
                warnings.update(parse(kind, entry["input"], entry["region"]).warnings)
    assert {notice.value for notice in Notice} == warnings
