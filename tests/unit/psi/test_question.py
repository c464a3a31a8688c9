"""Questions, claims and what stands with them: every value is in range, or is none."""

from dataclasses import replace

import pytest
from unit.psi.holding import CASE, STATEMENT

from fedquery.cases.card import PERSON_ROLES
from fedquery.errors import InputError
from fedquery.policy import vocabulary
from fedquery.psi import question as words
from fedquery.psi.question import Claim, Question

QUESTION = Question(
    dataset="phones",
    version=3,
    columns="tags",
    prefix_len=2,
    statement=STATEMENT,
    elements=bytes(range(128)),
    prefixes=(0, 1, 1, 3),
)
CLAIM = Claim(
    dataset="phones",
    version=3,
    tag=b"\xa5" * 8,
    claim_token=b"\xc3" * 16,
    level="reference",
    statement=STATEMENT,
)


def test_the_words_are_those_that_policies_know() -> None:
    """What a statement can say, a policy can decide on, and the other way round."""
    assert set(words.PURPOSES) == set(vocabulary.PURPOSES)
    assert set(PERSON_ROLES) == set(vocabulary.PERSON_ROLES)
    assert set(words.AIMS) == set(vocabulary.AIMS)


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "curiosity"},
        {"purpose": "Fraud"},
        {"person_role": "witness"},
        {"person_role": "victim"},
        {"aim": ""},
        {"officer_mark": "o" * 65},
        {"officer_mark": "\u0e08\u0e48\u0e32"},
        {"justification": "j" * 401},
        {"justification": "as\u202eordered"},
        {"justification": "two\nlines"},
    ],
)
def test_a_statement_is_in_range(change: dict[str, object]) -> None:
    """A statement with another word, or a text that is too long or does not print, is refused."""
    with pytest.raises(InputError):
        replace(STATEMENT, **change)


@pytest.mark.parametrize(
    "text", ["", "\u0e15\u0e32\u0e21\u0e04\u0e33\u0e2a\u0e31\u0e48\u0e07", "\u1780\u200b\u1781"]
)
def test_texts_may_be_in_any_script(text: str) -> None:
    """Thai, and Khmer with its invisible word borders, are texts like any other."""
    assert text == replace(STATEMENT, justification=text).justification


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": "Phones"},
        {"version": 0},
        {"version": 2**53},
        {"columns": "all"},
        {"columns": "none"},
        {"prefix_len": -1},
        {"prefix_len": 25},
        {"prefix_len": 1},
        {"level": "reference"},
        {"elements": bytes(127)},
        {"elements": b""},
        {"elements": bytes(96), "prefixes": (0, 0, 0)},
        {"elements": bytes(512 * 32), "prefixes": (0,) * 512},
        {"elements": bytes(4096 * 32), "prefixes": (0,) * 4096},
        {"elements": bytes(8192 * 32), "prefixes": (), "columns": "none"},
        {"prefixes": ()},
        {"prefixes": (0, 1, 2)},
        {"prefixes": (0, 1, 2, 4)},
        {"prefixes": (0, 1, 2, -1)},
    ],
)
def test_a_question_is_in_range(change: dict[str, object]) -> None:
    """A question whose parts do not fit each other is no value at all."""
    with pytest.raises(InputError):
        replace(QUESTION, **change)


@pytest.mark.parametrize("size_class", [512, 4096])
def test_a_question_without_buckets_may_be_of_a_large_class(size_class) -> None:
    """512 elements and more go where nothing of their buckets is told."""
    large = replace(QUESTION, columns="none", prefixes=(), elements=bytes(size_class * 32))
    assert large.size_class == size_class


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": ""},
        {"version": 0},
        {"tag": bytes(7)},
        {"claim_token": bytes(17)},
        {"level": "hit"},
        {"level": "count"},
    ],
)
def test_a_claim_is_in_range(change: dict[str, object]) -> None:
    """A claim with a field out of range is no value at all."""
    with pytest.raises(InputError):
        replace(CLAIM, **change)


def test_no_error_repeats_what_it_refuses() -> None:
    """A refused text may be an identifier, so no error shows it."""
    for attempt in (
        lambda: replace(STATEMENT, purpose="+66855501990"),
        lambda: replace(STATEMENT, justification="+66855501990\n"),
        lambda: replace(CASE, pseudonym="+66855501990\n"),
        lambda: replace(QUESTION, dataset="+66855501990"),
    ):
        with pytest.raises(InputError) as caught:
            attempt()
        assert "5550199" not in str(caught.value) + caught.value.diagnostics()


def test_a_claim_does_not_show_its_tag_and_token() -> None:
    """Tag and token point to a record, and stand in no repr."""
    assert "xa5" not in repr(CLAIM)
    assert "xc3" not in repr(CLAIM)
