"""The group against RFC 9496, and against a decoder written from its text with integers."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, InputError
from fedquery.oprf import libsodium
from fedquery.oprf.group import default_group

GROUP = default_group()

_P = 2**255 - 19
_D = (-121665 * pow(121666, -1, _P)) % _P
_SQRT_M1 = pow(2, (_P - 1) // 4, _P)
_ORDER = 2**252 + 27742317777372353535851937790883648493
_IDENTITY = bytes(32)

# RFC 9496, A.1: the generator times 1 to 15.
_MULTIPLES = [
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
    "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
    "e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e",
    "f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403",
    "44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d",
    "903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c",
    "02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031",
    "20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f",
    "bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42",
    "e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460",
    "aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f",
    "46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e",
    "e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e",
]

# RFC 9496, A.2: encodings that must not decode, under the fault that each of them has.
_BAD = {
    "non-canonical": """
        00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
        ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
        f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
        edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
    """,
    "negative": """
        0100000000000000000000000000000000000000000000000000000000000000
        01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
        ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20
        c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562
        c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78
        47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24
        f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72
        87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309
    """,
    "non-square": """
        26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371
        4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f
        de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b
        bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042
        2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08
        f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22
        8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731
        2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b
    """,
    "negative-xy": """
        3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e
        a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220
        d483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e
        8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32
        32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b
        227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165
        5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e
        445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b
    """,
    "zero-y": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

# RFC 9496, A.3: SHA-512 of a text, mapped to an element.
_DERIVED = {
    b"Ristretto is traditionally a short shot of espresso coffee": (
        "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"
    ),
    b"made with the normal amount of ground coffee but extracted with": (
        "f26e5b6f7d362d2d2a94c5d0e7602cb4773c95a2e5c31a64f133189fa76ed61b"
    ),
    b"about half the amount of water in the same amount of time": (
        "006ccd2a9e6867e6a2c5cea83d3302cc9de128dd2a9a57dd8ee7b9d7ffe02826"
    ),
    b"by using a finer grind.": (
        "f8f0c87cf237953c5890aec3998169005dae3eca1fbb04548c635953c817f92a"
    ),
    b"This produces a concentrated shot of coffee per volume.": (
        "ae81e7dedf20a497e10c304a765c1767a42d6e06029758d2d7e8ef7cc4c41179"
    ),
    b"Just pulling a normal shot short will produce a weaker shot": (
        "e2705652ff9f5e44d3e841bf1c251cf7dddb77d140870d1ab2ed64f1a9ce8628"
    ),
    b"and is not a Ristretto as some believe.": (
        "80bd07262511cdde4863f8a7434cef696750681cb9510eea557088f76d9e5065"
    ),
}


def _scalar(value: int) -> bytes:
    return (value % _ORDER).to_bytes(32, "little")


def _fault(encoding: bytes) -> str:
    """Name the fault of an encoding, or nothing, by RFC 9496, 4.3.1 and RFC 9497, 4.1."""
    s = int.from_bytes(encoding, "little")
    if s >= _P:
        return "non-canonical"
    if s & 1:
        return "negative"
    ss = s * s % _P
    u1, u2 = (1 - ss) % _P, (1 + ss) % _P
    v = (-(_D * u1 * u1) - u2 * u2) % _P
    square = v * u2 * u2 % _P
    # RFC 9496, 4.2, SQRT_RATIO_M1 of 1 and the square.
    root = pow(square, 3, _P) * pow(pow(square, 7, _P), (_P - 5) // 8, _P) % _P
    check = square * root * root % _P
    if check in {_P - 1, (-_SQRT_M1) % _P}:
        root = root * _SQRT_M1 % _P
    was_square = check in {1, _P - 1}
    x = 2 * s * root * u2 % _P
    x = _P - x if x & 1 else x
    y = u1 * root * root * u2 * v % _P
    if not was_square:
        return "non-square"
    if (x * y % _P) & 1:
        return "negative-xy"
    if y == 0:
        return "zero-y"
    return "identity" if s == 0 else ""


def _refuses(encoding: bytes) -> bool:
    try:
        GROUP.check(encoding)
    except EncodingError:
        return True
    return False


_bad = pytest.mark.parametrize(
    ("fault", "encoding"),
    [
        pytest.param(fault, bytes.fromhex(text), id=f"{fault}-{at}")
        for fault, texts in _BAD.items()
        for at, text in enumerate(texts.split())
    ],
)
# 64 zeros map to the identity, which is no element to compute with.
_element = st.binary(min_size=64, max_size=64).map(GROUP.from_uniform).filter(_IDENTITY.__ne__)
_nonzero = st.integers(1, _ORDER - 1).map(_scalar)


@pytest.mark.parametrize("factor", range(1, 16))
def test_multiples_of_the_generator(factor) -> None:
    """RFC 9496, A.1: small multiples of the generator have their encodings and decode."""
    expected = bytes.fromhex(_MULTIPLES[factor - 1])
    assert expected == GROUP.multiply_base(_scalar(factor))
    GROUP.check(expected)


@pytest.mark.parametrize("text", _DERIVED, ids=range(len(_DERIVED)))
def test_element_derivation(text) -> None:
    """RFC 9496, A.3: 64 uniform octets give the elements of the RFC."""
    uniform = hashlib.sha512(text).digest()
    assert bytes.fromhex(_DERIVED[text]) == GROUP.from_uniform(uniform)


@_bad
def test_bad_encodings_are_refused_by_check(fault, encoding) -> None:
    """RFC 9496, A.2: no bad encoding passes `check`, wherever in a batch it stands."""
    assert fault == _fault(encoding)
    good = bytes.fromhex(_MULTIPLES[0])
    for batch in (encoding, encoding + good, good + encoding):
        with pytest.raises(EncodingError, match=r"^malformed group element$"):
            GROUP.check(batch)


@_bad
def test_bad_encodings_are_refused_by_every_operation(fault, encoding) -> None:
    """RFC 9496, A.2: no operation computes with a bad encoding."""
    assert fault
    good, two = bytes.fromhex(_MULTIPLES[0]), _scalar(2)
    for operation in (
        lambda: GROUP.multiply(good + encoding, two),
        lambda: GROUP.multiply_each(good + encoding, two + two),
        lambda: GROUP.combine(good + encoding, two + two),
        lambda: GROUP.add(good, encoding),
        lambda: GROUP.add(encoding, good),
    ):
        with pytest.raises(EncodingError, match=r"^malformed group element$"):
            operation()


@given(_element)
def test_bit_255_is_refused_though_libsodium_takes_it(element) -> None:
    """The twin of an element with bit 255 set is refused; libsodium alone would decode it."""
    twin = element[:31] + bytes([element[31] | 0x80])
    assert libsodium.is_valid_point(twin) == 1
    with pytest.raises(EncodingError):
        GROUP.check(twin)
    with pytest.raises(EncodingError):
        GROUP.multiply(element + twin, _scalar(3))
    with pytest.raises(EncodingError):
        GROUP.multiply_each(element + twin, _scalar(3) * 2)
    with pytest.raises(EncodingError):
        GROUP.add(element, twin)


def test_the_identity_is_refused_though_libsodium_takes_it() -> None:
    """The identity is no input; libsodium alone would call it valid."""
    assert libsodium.is_valid_point(_IDENTITY) == 1
    with pytest.raises(EncodingError):
        GROUP.check(_IDENTITY)
    with pytest.raises(EncodingError):
        GROUP.multiply(_IDENTITY, _scalar(3))
    with pytest.raises(EncodingError):
        GROUP.combine(_IDENTITY, _scalar(3))


@given(st.one_of(st.binary(min_size=32, max_size=32), _element, st.integers(0, 40).map(_scalar)))
def test_check_agrees_with_the_text_of_the_rfc(encoding) -> None:
    """Any 32 octets are refused where, and only where, the RFC's text finds a fault."""
    assert bool(_fault(encoding)) == _refuses(encoding)


@given(_element, st.integers(0, 255))
def test_check_agrees_with_the_text_of_the_rfc_near_elements(element, bit) -> None:
    """The same holds one bit beside an element, where a lax decoder would differ."""
    number = int.from_bytes(element, "little") ^ (1 << bit)
    encoding = number.to_bytes(32, "little")
    assert bool(_fault(encoding)) == _refuses(encoding)


@pytest.mark.parametrize("length", [1, 31, 33, 63])
def test_cut_elements_are_refused(length) -> None:
    """A batch whose length is no multiple of 32 octets is malformed."""
    elements = b"".join(bytes.fromhex(text) for text in _MULTIPLES)[:length]
    with pytest.raises(EncodingError):
        GROUP.check(elements)
    with pytest.raises(EncodingError):
        GROUP.multiply(elements, _scalar(2))


def test_lengths_that_do_not_fit_never_reach_the_library() -> None:
    """Scalars, uniform octets and summands of another length are refused before any address."""
    good, two = bytes.fromhex(_MULTIPLES[0]), _scalar(2)
    for mistake in (
        lambda: GROUP.multiply(good, two[:31]),
        lambda: GROUP.multiply_each(good + good, two),
        lambda: GROUP.combine(good, two + two),
        lambda: GROUP.multiply_base(two + b"\x00"),
        lambda: GROUP.add(good, good + good),
        lambda: GROUP.from_uniform(bytes(63)),
        lambda: GROUP.reduce(bytes(65)),
    ):
        with pytest.raises(ValueError, match="expected"):
            mistake()


def test_empty_batches_are_empty() -> None:
    """No elements give no elements; the sum of none is the identity."""
    GROUP.check(b"")
    GROUP.check_scalars(b"")
    assert GROUP.multiply(b"", _scalar(2)) == b""
    assert GROUP.multiply_each(b"", b"") == b""
    assert GROUP.add(b"", b"") == b""
    assert GROUP.from_uniform(b"") == b""
    assert GROUP.hash_to_group([]) == b""
    assert GROUP.invert_each(b"") == b""
    assert GROUP.combine(b"", b"") == _IDENTITY


@given(st.lists(st.tuples(_element, _nonzero), min_size=1, max_size=5))
def test_batches_equal_single_calls(pairs) -> None:
    """A batch gives what its elements give one by one, in order."""
    elements = b"".join(element for element, _ in pairs)
    scalars = b"".join(scalar for _, scalar in pairs)
    first = pairs[0][1]
    each = [GROUP.multiply(element, scalar) for element, scalar in pairs]
    assert b"".join(each) == GROUP.multiply_each(elements, scalars)
    assert b"".join(GROUP.multiply(e, first) for e, _ in pairs) == GROUP.multiply(elements, first)
    total = each[0]
    for product in each[1:]:
        total = GROUP.add(total, product)
    assert total == GROUP.combine(elements, scalars)


@given(st.integers(1, _ORDER - 1), st.integers(1, _ORDER - 1))
def test_scalars_act_on_the_group_as_integers_modulo_its_order(a, b) -> None:
    """(a + b)G = aG + bG and a(bG) = (ab)G, and a sum may be the identity."""
    left, right = GROUP.multiply_base(_scalar(a)), GROUP.multiply_base(_scalar(b))
    total = GROUP.add(left, right)
    assert total == (GROUP.multiply_base(_scalar(a + b)) if (a + b) % _ORDER else _IDENTITY)
    assert GROUP.multiply_base(_scalar(a * b)) == GROUP.multiply(right, _scalar(a))
    assert GROUP.add(left, GROUP.multiply_base(_scalar(-a))) == _IDENTITY


def test_a_zero_scalar_is_refused() -> None:
    """A product that is the identity is never returned."""
    for operation in (
        lambda: GROUP.multiply_base(bytes(32)),
        lambda: GROUP.multiply(bytes.fromhex(_MULTIPLES[0]), bytes(32)),
        lambda: GROUP.multiply_each(bytes.fromhex(_MULTIPLES[0]), bytes(32)),
    ):
        with pytest.raises(EncodingError):
            operation()


def test_inputs_have_a_cap() -> None:
    """An input of 65,535 octets hashes; one octet more is refused."""
    assert len(GROUP.hash_to_group([bytes(65_535)])) == 32
    with pytest.raises(InputError):
        GROUP.hash_to_group([b"", bytes(65_536)])
