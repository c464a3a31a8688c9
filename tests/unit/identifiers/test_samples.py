import random
from itertools import islice, product

import phonenumbers
import pytest

from fedquery.errors import IdentifierError
from fedquery.identifiers import Notice, kinds, parse, samples
from fedquery.identifiers.numbering import PLANS

NATIONS = sorted(PLANS)
COUNT = 300


def chooser(seed):
    """Make a chooser that draws the same for the same seed."""
    return random.Random(seed).randrange  # noqa: S311 - samples, not secrets


def drawn(seed):
    """Draw samples of all kinds, each with the region in which its spellings are read."""
    choose = chooser(seed)
    for kind, nation in product(kinds(), NATIONS):
        for identifier in islice(samples.drawn(kind, nation, choose), COUNT):
            yield identifier, nation


def test_samples_are_canonical_and_without_warnings():
    """Each sample reads as itself, from its canonical form, with no more to warn of than its kind.

    Where a canonical form has no check digit this is said of every one.
    """
    warned = set()
    for identifier, _ in drawn(1):
        read = parse(identifier.kind, identifier.canonical)
        assert identifier == read.identifier
        assert set(read.warnings) <= {Notice.UNCHECKED.value, Notice.NO_CHECKSUM.value}
        warned.update((identifier.kind, bool(warning)) for warning in read.warnings)
    assert {"national-id", "passport", "imei", "imsi", "wallet"} == {kind for kind, _ in warned}


def test_every_spelling_of_a_sample_reads_as_the_sample():
    """However a sample is spelled, it comes to the same identifier in its own nation."""
    choose = chooser(2)
    spellings = set()
    for identifier, region in drawn(3):
        text = samples.spelled(identifier, choose)
        spellings.add(text)
        assert identifier == parse(identifier.kind, text, region).identifier
    # Most spellings are not the canonical form, or the test above would show little.
    assert len(spellings - {identifier.canonical for identifier, _ in drawn(3)}) > 2000


def test_a_wrong_spelling_is_noticed():
    """A spelling with its last digit changed does not read as the sample."""
    choose = chooser(4)
    for identifier in islice(samples.drawn("phone", "TH", choose), 20):
        text = identifier.canonical
        wrong = text[:-1] + str((int(text[-1]) + 1) % 10)
        assert identifier != parse("phone", wrong, "TH").identifier


@pytest.mark.parametrize("nation", NATIONS)
def test_phones_are_valid_mobile_numbers_of_their_nation(nation):
    """The library agrees that every sample is a mobile number of the nation."""
    for identifier in islice(samples.drawn("phone", nation, chooser(5)), COUNT):
        number = phonenumbers.parse(identifier.canonical)
        assert phonenumbers.is_valid_number(number)
        assert nation == phonenumbers.region_code_for_number(number)
        assert phonenumbers.PhoneNumberType.MOBILE == phonenumbers.number_type(number)


def test_wallets_have_every_form():
    """All chains and all three forms of Bitcoin addresses are drawn."""
    found = {
        identifier.canonical[: identifier.canonical.index(":") + 5]
        for identifier in islice(samples.drawn("wallet", "TH", chooser(6)), COUNT)
    }
    assert {"btc:bc1q", "btc:bc1p"} <= found
    starts = {text[:5] for text in found}
    assert {"btc:1", "btc:3", "tron:"} <= starts
    assert "evm:" in {text[:4] for text in found}


def test_a_seed_gives_the_same_samples_again():
    """Samples and spellings depend on the seed alone."""
    first = [identifier for identifier, _ in drawn(7)]
    assert first == [identifier for identifier, _ in drawn(7)]
    assert first != [identifier for identifier, _ in drawn(8)]


@pytest.mark.parametrize(("kind", "nation"), [*((kind, "XX") for kind in kinds()), ("fax", "TH")])
def test_other_nations_and_kinds_are_refused(kind, nation):
    """There are no samples of a nation that is none of the six, nor of an unknown kind."""
    with pytest.raises(IdentifierError):
        samples.drawn(kind, nation, chooser(9))
