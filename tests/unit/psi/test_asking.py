"""Questions: what they tell, what they conclude, and that nothing of them shows."""

import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.psi.holding import PAD_KEY, Holding, identifier, octets, publish, question

from fedquery.errors import BatchError, EncodingError, InputError
from fedquery.oprf.server import outputs
from fedquery.psi.answer import body_length, decode_body, encode_body
from fedquery.psi.asker import Asking
from fedquery.psi.bucket import bucket_number
from fedquery.psi.holder import evaluate
from fedquery.psi.padding import random_order, sticky_prefix
from fedquery.psi.prefix import adjacent, slot_count
from fedquery.psi.tag import CLAIM_TOKEN_LENGTH, claim_hash, tags_and_tokens

ROWS = [identifier(n) for n in range(40)]


@pytest.fixture(scope="module")
def honest() -> Holding:
    """Publish forty rows in eight buckets."""
    return publish(ROWS, prefix_bits=3)


small = st.integers(min_value=0, max_value=30)


@settings(deadline=None)
@given(
    rows=st.sets(small, max_size=12),
    asked=st.lists(small, min_size=1, max_size=4),
    prefix_bits=st.integers(min_value=0, max_value=3),
    data=st.data(),
)
def test_present_is_exactly_membership(
    rows: set[int], asked: list[int], prefix_bits: int, data: st.DataObject
) -> None:
    """An identifier is found present exactly if it is in the view, however it was asked."""
    holding = publish([identifier(n) for n in sorted(rows)], prefix_bits=prefix_bits)
    prefix_len = data.draw(st.integers(min_value=0, max_value=prefix_bits))
    size_class = data.draw(st.sampled_from([4] if len(set(asked)) > 1 else [1, 4]))
    numbers = data.draw(st.sets(st.integers(min_value=0, max_value=(1 << prefix_bits) - 1)))
    held = {number: holding.view.bucket(number) for number in numbers}

    asking = holding.ask(
        [identifier(n) for n in asked], prefix_len=prefix_len, size_class=size_class, held=held
    )
    shape = (
        size_class,
        slot_count(size_class, prefix_len, prefix_bits, asking.columns),
        holding.view.capacity,
        prefix_bits,
    )
    sent = encode_body(holding.answer(asking), *shape)
    assert body_length(*shape) == len(sent)
    concluded = asking.conclude(holding.opening, decode_body(sent, *shape))

    expected = [(identifier(n), n in rows) for n in dict.fromkeys(asked)]
    assert expected == [(finding.input, finding.present) for finding in concluded.findings]
    wanted = {bucket_number(identifier(n), prefix_bits) for n in asked}
    assert ("none" if wanted <= numbers else "tags") == asking.columns
    for number, tags in concluded.buckets.items():
        assert holding.view.bucket(number) == tags


def test_a_question_tells_one_prefix_for_each_element(honest: Holding) -> None:
    """Prefixes are as many as elements, ascending, and hold each input's own."""
    asking = honest.ask(ROWS[:3], prefix_len=2, size_class=4)
    assert asking.size_class == 4
    assert sorted(asking.prefixes) == list(asking.prefixes)
    assert len(asking.prefixes) == 4
    wanted = {bucket_number(one, 3) >> 1 for one in ROWS[:3]}
    assert wanted == asking.told
    assert wanted <= set(asking.prefixes)
    assert 2 * len(wanted) == asking.bits_told


def test_pads_tell_the_same_prefix_each_time(honest: Holding) -> None:
    """Pads are sticky: between two questions of one input the prefixes do not change."""
    first = honest.ask(ROWS[:1], size_class=4, seed=1)
    second = honest.ask(ROWS[:1], size_class=4, seed=2)
    assert first.prefixes == second.prefixes
    assert first.elements != second.elements
    pads = [sticky_prefix(PAD_KEY, "VN", "phones", index, 3) for index in range(3)]
    assert sorted([bucket_number(ROWS[0], 3), *pads]) == list(first.prefixes)


def test_a_sticky_prefix_is_the_one_of_the_protocol() -> None:
    """Pad prefixes are leading bits of HMAC(pad key, LP(holder) || LP(dataset) || I2OSP(i, 4))."""
    message = b"\x00\x00\x00\x02VN\x00\x00\x00\x06phones\x00\x00\x00\x05"
    digest = hmac.new(PAD_KEY, message, hashlib.sha256).digest()
    for length in range(17):
        expected = int.from_bytes(digest, "big") >> (256 - length)
        assert expected == sticky_prefix(PAD_KEY, "VN", "phones", 5, length)


def test_a_held_bucket_is_not_told_again(honest: Holding) -> None:
    """An input whose bucket is held tells a pad's prefix in place of its own."""
    by_bucket = {bucket_number(one, 3): one for one in ROWS}
    (first, one), (_second, two) = list(by_bucket.items())[:2]
    held = {first: honest.view.bucket(first)}
    asking = honest.ask([one, two], size_class=4, held=held)
    assert {bucket_number(two, 3)} == asking.told
    pads = [sticky_prefix(PAD_KEY, "VN", "phones", index, 3) for index in range(3)]
    assert sorted([bucket_number(two, 3), *pads]) == list(asking.prefixes)
    findings = asking.conclude(honest.opening, honest.answer(asking)).findings
    assert [finding.present for finding in findings] == [True, True]


def test_nothing_is_told_where_every_bucket_is_held(honest: Holding) -> None:
    """With the whole view held, even the largest class tells no prefix and fetches no bucket."""
    held = dict(enumerate(honest.view.buckets))
    asking = honest.ask([*ROWS, identifier(9000)], size_class=512, held=held)
    assert (asking.columns, asking.prefixes, asking.bits_told) == ("none", (), 0)
    concluded = asking.conclude(honest.opening, honest.answer(asking))
    assert [finding.present for finding in concluded.findings] == [True] * 40 + [False]
    assert concluded.buckets == {}


def test_prefix_length_zero_brings_the_whole_view(honest: Holding) -> None:
    """A sensitive case tells nothing, and gets every bucket."""
    asking = honest.ask(ROWS[:1], prefix_len=0)
    assert (asking.prefixes, asking.bits_told) == ((0,), 0)
    concluded = asking.conclude(honest.opening, honest.answer(asking))
    assert dict(enumerate(honest.view.buckets)) == concluded.buckets


def test_doubled_inputs_count_once(honest: Holding) -> None:
    """One identifier given twice is one element and one finding."""
    asking = honest.ask([ROWS[0], ROWS[0]], size_class=1)
    assert len(asking.conclude(honest.opening, honest.answer(asking)).findings) == 1


@pytest.mark.parametrize(
    ("inputs", "size_class", "error"),
    [([], 1, BatchError), (ROWS[:2], 1, BatchError), (ROWS[:2], 3, InputError)],
    ids=["none", "too many", "no such class"],
)
def test_inputs_fill_a_size_class(honest: Holding, inputs, size_class, error) -> None:
    """A question holds at least one input, and no more than its class has room for."""
    with pytest.raises(error):
        honest.ask(inputs, size_class=size_class)


def test_the_largest_class_brings_no_buckets(honest: Holding) -> None:
    """512 elements may not ask for buckets, which would be the whole view."""
    with pytest.raises(BatchError, match="without buckets"):
        honest.ask(ROWS[:1], size_class=512)


@pytest.mark.parametrize("prefix_len", [-1, 4])
def test_a_prefix_is_no_longer_than_a_bucket_number(honest: Holding, prefix_len: int) -> None:
    """prefix_len lies between 0 and prefix_bits."""
    with pytest.raises(InputError):
        honest.ask(ROWS[:1], prefix_len=prefix_len)


def test_a_pad_key_has_32_octets(honest: Holding) -> None:
    """A short pad key is refused before anything is blinded."""
    with pytest.raises(InputError, match="pad key"):
        Asking.prepare(
            ROWS[:1],
            honest.terms,
            prefix_len=1,
            size_class=1,
            held={},
            random=octets(1),
            pad_key=b"short",
        )


def test_the_order_of_elements_is_a_permutation_that_varies() -> None:
    """Every place occurs once, and over many draws every place occurs everywhere."""
    draw = octets(5)
    orders = [random_order(4, draw) for _ in range(400)]
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert len(set(orders)) == 24


def test_one_input_stands_at_every_place(honest: Holding) -> None:
    """Where the input's element stands among pads is not always the same."""
    places = {honest.ask(ROWS[:1], size_class=4, seed=seed).places[0] for seed in range(60)}
    assert places == {0, 1, 2, 3}


def test_a_holder_brings_each_named_bucket_once_ascending(honest: Holding) -> None:
    """The buckets of an answer are the distinct adjacent ones of its prefixes."""
    asking = honest.ask(ROWS[:4], prefix_len=2, size_class=4)
    numbers = [slot.number for slot in honest.answer(asking).slots]
    expected = {n for prefix in asking.prefixes for n in adjacent(prefix, 2, 3)}
    assert sorted(expected) == numbers


def test_a_holder_refuses_prefixes_longer_than_its_bucket_numbers(honest: Holding) -> None:
    """A question cut for another publication is a fault, not an answer."""
    finer = publish(ROWS, prefix_bits=4)
    sent = question(finer.ask(ROWS[:1], prefix_len=4))
    with pytest.raises(EncodingError, match="prefixes"):
        evaluate(sent, honest.key, honest.view, bytes(32))


@pytest.mark.parametrize(
    "element", [bytes(32), b"\xff" * 32, b"\x00" * 31 + b"\x80"], ids=["identity", "p", "bit 255"]
)
def test_a_holder_refuses_bad_elements(honest: Holding, element: bytes) -> None:
    """What is no group element is refused before it meets the key."""
    asking = honest.ask(ROWS[:1])
    object.__setattr__(asking, "elements", element)
    with pytest.raises(EncodingError):
        honest.answer(asking)


def test_a_holder_refuses_doubled_elements(honest: Holding) -> None:
    """One element twice in a question is refused."""
    asking = honest.ask(ROWS[:4], size_class=4)
    object.__setattr__(asking, "elements", asking.elements[:32] * 4)
    with pytest.raises(BatchError):
        honest.answer(asking)


def test_the_token_of_a_hit_is_that_of_its_row(honest: Holding) -> None:
    """The token that an asker found has the hash that the holder keeps of the row."""
    asking = honest.ask(ROWS[:1])
    (finding,) = asking.conclude(honest.opening, honest.answer(asking)).findings
    _, tokens = tags_and_tokens(outputs(honest.key, ROWS[:2]))
    kept = [claim_hash(tokens[at : at + CLAIM_TOKEN_LENGTH]) for at in (0, CLAIM_TOKEN_LENGTH)]
    assert [True, False] == [claim_hash(finding.claim_token) == one for one in kept]


def test_nothing_of_a_question_shows_in_its_repr(honest: Holding) -> None:
    """Neither identifiers nor tags, tokens, blinds or bucket numbers stand in any repr."""
    asking = honest.ask(ROWS[:1])
    body = honest.answer(asking)
    concluded = asking.conclude(honest.opening, body)
    (finding,) = concluded.findings
    shown = repr((asking, body, concluded, question(asking), honest.opening))
    for secret in (finding.input, finding.tag, finding.claim_token, asking.elements[:32]):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown
    for secret in ("5550", "case-7f3a", "telephone", "officer-19", "as ordered"):
        assert secret not in shown
