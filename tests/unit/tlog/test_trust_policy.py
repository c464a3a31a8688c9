from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, QuorumError, SignatureError
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.cosignature import CosignatureKey, Cosigner
from fedquery.tlog.note import Signer, VerifierKey, sign_line, signature_line
from fedquery.tlog.trust_lines import MOST, Group, NamedLog, Witness
from fedquery.tlog.trust_policy import CAP, TrustPolicy

_LOG = Signer("fedquery.log/example/VN", b"\x01" * 32)
_COSIGNERS = {
    name: Cosigner(f"fedquery/{name}/witness", bytes([0x10 + number]) * 32)
    for number, name in enumerate(("X1", "X2", "X3", "Y1", "Y2", "Y3"))
}
_KEYS = {name: one.verifier_key.format() for name, one in _COSIGNERS.items()}
_BODY = Checkpoint(_LOG.name, 7, bytes(range(32))).format()
_TIME_S = 1_772_352_000
_WITNESS_LINES = "".join(f"witness {name} {key}\n" for name, key in _KEYS.items())

# The example of the specification, with keys.
_EXAMPLE = f"""\
log {_LOG.verifier_key.format()}

witness X1 {_KEYS["X1"]}
witness X2 {_KEYS["X2"]}
witness X3 {_KEYS["X3"]}
group X-witnesses 2 X1 X2 X3

witness Y1 {_KEYS["Y1"]}
witness Y2 {_KEYS["Y2"]}
witness Y3 {_KEYS["Y3"]}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def _note(*names: str, time_s: int = _TIME_S) -> bytes:
    note = sign_checkpoint(Checkpoint.parse(_BODY), _LOG)
    return note + b"".join(sign_line(_BODY, _COSIGNERS[name].at(time_s)) for name in names)


def _policy(text: str) -> TrustPolicy:
    return TrustPolicy.parse(text.encode())


def test_the_example_of_the_specification_means_what_it_says_there():
    """Two of the X witnesses and one of the Y witnesses, whatever else."""
    policy = _policy(_EXAMPLE)
    assert [_LOG.verifier_key] == [log.key for log in policy.logs]
    for count in range(7):
        for names in combinations(_KEYS, count):
            xs = sum(name.startswith("X") for name in names)
            assert policy.is_met_by(names) == (xs >= 2 and len(names) > xs)
    assert 3 == policy.needed


def test_a_policy_is_written_as_the_specification_has_it():
    """Logs, witnesses, groups with their numbers, the quorum."""
    policy = TrustPolicy(
        (NamedLog(_LOG.verifier_key, "https://log.example/"),),
        (Witness("TH", _COSIGNERS["X1"].verifier_key),),
        (Group("others", 1, ("TH",)),),
        "others",
    )
    expected = (
        f"log {_LOG.verifier_key.format()} https://log.example/\n"
        f"witness TH {_KEYS['X1']}\ngroup others 1 TH\nquorum others\n"
    )
    assert expected.encode() == policy.format()


def test_blanks_comments_and_names_of_any_octets_are_read():
    """Tabs and spaces at will; a # elsewhere is a character; names are octets, not characters."""
    octets = (
        b"\n \t\n  # a comment \xff\n"
        + f"\twitness \tK#1\t {_KEYS['X1']} \n".encode()
        + b"witness \xe2\x84\xaa#1 " + _KEYS["X2"].encode() + b" https://\xe4\x80\n"
        + b"witness \xa0\x85 " + _KEYS["X3"].encode() + b"\n"
        + b"witness \xc2\xa0\xe2\x80\x83 " + _KEYS["Y1"].encode() + b"\n"
        + b"group g all K#1 \xe2\x84\xaa#1 \xa0\x85\nquorum g\n"
    )  # fmt: skip
    policy = TrustPolicy.parse(octets)
    # The Kelvin sign is not the letter, and blanks of Unicode are no blanks here.
    assert 4 == len({witness.name for witness in policy.witnesses})
    assert policy == TrustPolicy.parse(policy.format())
    assert b"group g 3 K#1 \xe2\x84\xaa#1 \xa0\x85\n" in policy.format()


@st.composite
def _policies(draw) -> TrustPolicy:
    """Draw witnesses, and groups over names that are in no group yet."""
    count = draw(st.integers(1, 6))
    witnesses = tuple(
        Witness(f"w{number}", Cosigner(f"w{number}", bytes([number + 1]) * 32).verifier_key)
        for number in range(count)
    )
    free = [witness.name for witness in witnesses]
    groups = []
    for number in range(draw(st.integers(0, 5))):
        if not free:
            break
        members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        groups.append(Group(f"g{number}", draw(st.integers(1, len(members))), tuple(members)))
        free = [name for name in free if name not in members] + [f"g{number}"]
    names = ["none", *(one.name for one in (*witnesses, *groups))]
    return TrustPolicy((), witnesses, tuple(groups), draw(st.sampled_from(names)))


def _naive(policy: TrustPolicy, name: str, names: set[str]) -> bool:
    """Decide as the specification words it: by itself, or by k of its members."""
    for group in policy.groups:
        if group.name == name:
            return sum(_naive(policy, one, names) for one in group.members) >= group.k
    return name == "none" or name in names


def _subsets(policy: TrustPolicy):
    names = [witness.name for witness in policy.witnesses]
    for count in range(len(names) + 1):
        yield from (set(chosen) for chosen in combinations(names, count))


@given(_policies())
def test_a_quorum_is_what_a_naive_reading_says(policy):
    """For every set of witnesses; and more witnesses never make it less."""
    for names in _subsets(policy):
        assert policy.is_met_by(names) == _naive(policy, policy.quorum, names)
    met = [names for names in _subsets(policy) if policy.is_met_by(names)]
    assert all(policy.is_met_by(a | b) for a in met for b in met)


@given(_policies())
def test_the_number_needed_is_the_size_of_the_smallest_quorum(policy):
    """Found by trying all of them."""
    assert policy.needed == min(len(one) for one in _subsets(policy) if policy.is_met_by(one))


@given(_policies())
def test_witnesses_that_do_not_count_change_nothing(policy):
    """What is left out of `counted` can be added to no set so that it becomes a quorum."""
    if policy.quorum == "none":
        assert len(policy.counted) == len(policy.witnesses)
        return
    for names in _subsets(policy):
        assert policy.is_met_by(names) == policy.is_met_by(names & set(policy.counted))
    everyone = {witness.name for witness in policy.witnesses}
    assert policy.is_met_by(everyone)


@given(_policies())
def test_policies_round_trip(policy):
    """What was written is read."""
    assert policy == TrustPolicy.parse(policy.format())


@given(st.binary(max_size=200))
def test_octets_that_are_no_policy_end_in_one_error(octets):
    """And nothing else."""
    try:
        policy = TrustPolicy.parse(octets)
    except EncodingError:
        return
    assert policy == TrustPolicy.parse(policy.format())


_W1 = f"witness a {_KEYS['X1']}\n"
_W2 = f"witness b {_KEYS['X2']}\n"
_TYPE_1 = VerifierKey("x", _COSIGNERS["X1"].verifier_key.public_key).format()
_SAME_KEY = CosignatureKey("other", _COSIGNERS["X1"].verifier_key.public_key).format()
_MALFORMED = {
    "empty": ("", 1),
    "no quorum": (_W1, 2),
    "two quorums": (f"{_W1}quorum a\nquorum a\n", 3),
    "two quorums of none": ("quorum none\nquorum none\n", 2),
    "quorum of nothing": (f"{_W1}quorum\n", 2),
    "quorum of two names": (f"{_W1}{_W2}quorum a b\n", 3),
    "quorum before its name": (f"quorum a\n{_W1}", 1),
    "no last newline": (f"{_W1}quorum a", 2),
    "cut comment": ("quorum none\n# and", 2),
    "unknown word": ("quorum none\nwitnesses a\n", 2),
    "capital letters": ("Quorum none\n", 1),
    "a comment behind a line": ("quorum none # said\n", 1),
    "witness without a key": ("witness a\n", 1),
    "witness with two URLs": (f"{_W1.strip()} u v\n", 1),
    "log without a key": ("log\n", 1),
    "log with a name": (f"log vn {_LOG.verifier_key.format()} u\n", 1),
    "witness with the key of a log": (f"witness a {_TYPE_1}\n", 1),
    "log with the key of a witness": (f"log {_KEYS['X1']}\n", 1),
    "key with another id": (_W1.replace("+", "+0", 1), 1),
    "witness twice": (_W1 + _W2 + _W1, 3),
    "one key under two names": (_W1 + f"witness c {_KEYS['X1']}\n", 2),
    "one key under two key names": (_W1 + f"witness c {_SAME_KEY}\n", 2),
    "one name of two keys": (_W1 + f"witness a {_KEYS['X2']}\n", 2),
    "log twice": (f"log {_LOG.verifier_key.format()}\n" * 2, 2),
    "a log that is its own witness": (f"log {_TYPE_1}\n{_W1}", 2),
    "a witness called none": (f"witness none {_KEYS['X1']}\n", 1),
    "a group called none": (f"{_W1}group none any a\n", 2),
    "a group called as a witness": (f"{_W1}{_W2}group a any b\n", 3),
    "a group of nobody": (f"{_W1}group g any\n", 2),
    "a group of none": ("group g any none\n", 1),
    "a group in itself": (f"{_W1}group g any a g\n", 2),
    "a group before its members": (f"group g any a\n{_W1}", 1),
    "a member twice in one group": (f"{_W1}{_W2}group g any a a\n", 3),
    "a member of two groups": (f"{_W1}{_W2}group g all a b\ngroup h any a\n", 4),
    "a nested group in two": (f"{_W1}{_W2}group g any a\ngroup h any g\ngroup i all g b\n", 5),
    "a number of 0": (f"{_W1}group g 0 a\n", 2),
    "a number over the members": (f"{_W1}group g 2 a\n", 2),
    "a negative number": (f"{_W1}group g -1 a\n", 2),
    "a leading zero": (f"{_W1}group g 01 a\n", 2),
    "a plus sign": (f"{_W1}group g +1 a\n", 2),
    "digits of another script": (f"{_W1}group g \u0661 a\n", 2),
    "ten thousand digits": (f"{_W1}group g {'9' * 10_000} a\n", 2),
    "carriage return": ("quorum none\r\n", 1),
    "form feed as a blank": ("quorum\fnone\n", 1),
    "NUL": ("quorum none\n\0\n", 2),
    "DEL": ("quorum none\n# \x7f\n", 2),
    "a blank of Unicode": (f"{_W1}quorum\u00a0a\n", 2),
    "byte order mark": ("\ufeffquorum none\n", 1),
}


@pytest.mark.parametrize(("text", "line"), _MALFORMED.values(), ids=_MALFORMED)
def test_what_is_no_policy_is_refused_by_its_line(text, line):
    """The error names the first line that is wrong, and repeats nothing of it."""
    with pytest.raises(EncodingError, match=f"malformed trust policy: line {line}: "):
        TrustPolicy.parse(text.encode())


def test_a_policy_has_an_end():
    """64 witnesses are read, 65 are not; nor is a file over its cap."""
    keys = [Cosigner(f"w{i}", i.to_bytes(32, "big")).verifier_key for i in range(MOST + 1)]
    lines = [f"witness w{i} {key.format()}\n" for i, key in enumerate(keys)]
    assert MOST == len(_policy("".join(lines[:MOST]) + "quorum w0\n").witnesses)
    with pytest.raises(EncodingError, match=f"line {MOST + 1}: "):
        _policy("".join(lines) + "quorum w0\n")
    comment = b"#" + b"x" * (CAP - 14)
    TrustPolicy.parse(comment + b"\nquorum none\n")
    with pytest.raises(EncodingError, match="larger"):
        TrustPolicy.parse(comment + b"x\nquorum none\n")


def test_values_that_no_file_can_say_are_no_policy():
    """A policy made in memory is held to the same."""
    witness = Witness("a", _COSIGNERS["X1"].verifier_key)
    for name in ("", "a b", "a\n", "a\t"):
        with pytest.raises(ValueError, match="not a name"):
            TrustPolicy((), (Witness(name, witness.key),), (), "none")
    with pytest.raises(ValueError, match="URL"):
        TrustPolicy((), (Witness("a", witness.key, "u v"),), (), "none")
    with pytest.raises(ValueError, match="not defined"):
        TrustPolicy((), (witness,), (), "b")


def test_a_quorum_of_cosignatures_opens_a_checkpoint():
    """It says who has cosigned, when, who has not, and how many are needed."""
    cosigned = _policy(_EXAMPLE).require(_note("Y2", "X3", "X1"), _LOG.verifier_key)
    assert Checkpoint.parse(_BODY) == cosigned.opened.checkpoint
    assert {"X1": _TIME_S, "X3": _TIME_S, "Y2": _TIME_S} == cosigned.times_s
    assert ("X2", "Y1", "Y3") == cosigned.missing
    assert (3, 6, 3) == (cosigned.count, cosigned.of, cosigned.needed)


@pytest.mark.parametrize("names", [(), ("X1", "X2", "X3"), ("X1", "Y1", "Y2", "Y3")])
def test_fewer_than_a_quorum_do_not(names):
    """Nothing is false, so that is said apart; what is missing is named."""
    with pytest.raises(QuorumError) as caught:
        _policy(_EXAMPLE).require(_note(*names), _LOG.verifier_key)
    assert {*_KEYS} - {*names} == set(caught.value.missing)
    assert (len(names), 3) == (caught.value.cosigned, caught.value.needed)
    # The twin without a check of the quorum opens it.
    assert len(names) == _policy(_EXAMPLE).look(_note(*names), _LOG.verifier_key).count


def test_a_witness_that_signs_twice_counts_once():
    """Cosignatures of two times are two lines of one witness."""
    policy = _policy(f"{_W1}{_W2}group g all a b\nquorum g\n")
    note = _note("X1") + sign_line(_BODY, _COSIGNERS["X1"].at(_TIME_S + 1))
    with pytest.raises(QuorumError):
        policy.require(note, _LOG.verifier_key)
    note += sign_line(_BODY, _COSIGNERS["X2"].at(_TIME_S))
    assert 2 == policy.require(note, _LOG.verifier_key).count


def test_a_false_line_of_a_known_witness_refuses_the_note():
    """signed-note: even where a quorum is there without it; an unknown witness's is passed over."""
    policy = _policy(_EXAMPLE)
    for name, refused in (("Y3", True), ("Z", False)):
        cosigner = _COSIGNERS.get(name, Cosigner("fedquery/Z/witness", bytes(32)))
        line = signature_line(cosigner.name, cosigner.verifier_key.key_id, bytes(72))
        note = _note("X1", "X2", "Y1") + line
        if refused:
            with pytest.raises(SignatureError) as caught:
                policy.require(note, _LOG.verifier_key)
            assert not isinstance(caught.value, QuorumError)
        else:
            assert 3 == policy.require(note, _LOG.verifier_key).count


def test_a_cosignature_of_another_checkpoint_does_not_count():
    """A line is moved: it is false under this one."""
    other = Checkpoint(_LOG.name, 8, bytes(32)).format()
    note = _note("X1", "X2") + sign_line(other, _COSIGNERS["Y1"].at(_TIME_S))
    with pytest.raises(SignatureError):
        _policy(_EXAMPLE).require(note, _LOG.verifier_key)


def test_a_log_that_the_policy_does_not_name_is_refused():
    """Without log lines, whoever uses the policy knows the log."""
    other = Signer("fedquery.log/example/LA", b"\x02" * 32)
    body = Checkpoint(other.name, 7, bytes(32)).format()
    note = sign_checkpoint(Checkpoint.parse(body), other)
    note += b"".join(sign_line(body, one.at(_TIME_S)) for one in _COSIGNERS.values())
    with pytest.raises(QuorumError, match="not this one"):
        _policy(_EXAMPLE).require(note, other.verifier_key)
    nameless = _EXAMPLE.partition("\n")[2]
    assert 6 == _policy(nameless).require(note, other.verifier_key).count


def test_a_log_is_not_its_own_witness():
    """Neither the witness key of its operator counts, nor its own key in another use."""
    policy = _policy(f"{_W1}{_W2}group g any a b\nquorum g\n")
    own = _COSIGNERS["X1"].verifier_key.public_key
    assert 1 == policy.require(_note("X1"), _LOG.verifier_key).count
    with pytest.raises(QuorumError) as caught:
        policy.require(_note("X1"), _LOG.verifier_key, own)
    assert ("b",) == caught.value.missing
    with pytest.raises(QuorumError):
        policy.require(_note("X1"), _LOG.verifier_key, own_name=_COSIGNERS["X1"].name)
    twice = Cosigner(_LOG.name, _LOG.seed)
    itself = _policy(f"witness a {twice.verifier_key.format()}\nquorum a\n")
    with pytest.raises(QuorumError):
        itself.require(_note() + sign_line(_BODY, twice.at(_TIME_S)), _LOG.verifier_key)


def test_a_policy_of_none_asks_for_nobody_and_counts_all():
    """The log itself must have signed all the same."""
    policy = _policy(f"{_WITNESS_LINES}quorum none\n")
    found = policy.require(_note("X1"), _LOG.verifier_key)
    assert (1, 6, 0) == (found.count, found.of, found.needed)
    with pytest.raises(SignatureError):
        policy.require(_note("X1"), Signer(_LOG.name, bytes(32)).verifier_key)


def test_some_of_those_who_cosigned_can_be_left_out():
    """As those whose clock is wrong are."""
    policy = _policy(f"{_W1}{_W2}group g any a b\nquorum g\n")
    found = policy.look(_note("X1", "X2"), _LOG.verifier_key)
    policy.require_quorum(found, {"a"})
    with pytest.raises(QuorumError):
        policy.require_quorum(found, {"c"})
