"""What is done by columns and by ranges comes to what is done one by one."""

from array import array
from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.ask.screening.answers import _best_of
from fedquery.ask.screening.board import (
    ABSENT,
    EXACT,
    LOST,
    NOT_ASKED,
    UNSEARCHED,
    WEAK,
    Board,
    DatasetBoard,
)
from fedquery.ask.screening.drawing import PlainSource, SpelledSource
from fedquery.ask.screening.listed import Subject
from fedquery.ask.screening.questions import Came, Inputs, Said
from fedquery.ask.screening.summing import _words, counted
from fedquery.ask.screening.targets import Input, Target
from fedquery.ask.screening.walking import Asks
from fedquery.identifiers.rules import as_today

_SAID = Said(1, 0, False, "", (), None)
_ANSWERED = {ABSENT, WEAK, EXACT}
kept_forms = st.lists(
    st.tuples(st.integers(0, 1), st.binary(min_size=1, max_size=3)),
    max_size=30,
    unique_by=lambda one: one[1],
).map(lambda forms: [bytes((exact,)) + octets for exact, octets in forms])


def target_of(states, kinds=("phone",)):
    """Make a target of which the board alone counts."""
    board = DatasetBoard.empty("VN", "phones", kinds[0], len(states))
    board.states[:] = bytes(states)
    return Target(None, None, board, as_today)


def listed_of(forms, part, kinds=("phone",)):
    """Make a list of forms in parts; forms of odd numbers are of the second kind."""
    return SimpleNamespace(
        kinds=kinds,
        each_form=lambda: ((at, forms[at : at + part]) for at in range(0, len(forms), part)),
        kind_of=lambda number: kinds[number % len(kinds)],
    )


@given(
    kept_forms,
    st.integers(1, 7),
    st.lists(st.sampled_from((1, 4, 16)), max_size=12),
    st.data(),
)
def test_forms_are_drawn_by_columns_as_one_by_one(forms, part, classes, data):
    """Each question has the same forms, in the same order, however the list lies in parts."""
    kinds = data.draw(st.sampled_from((("phone",), ("phone", "account"))))
    states = [data.draw(st.sampled_from((NOT_ASKED, ABSENT, LOST))) for _ in forms]
    target, listed = target_of(states, kinds), listed_of(forms, part, kinds)
    plain = PlainSource(target.open_forms(listed))
    spelled = SpelledSource(target.inputs(listed))
    drawn = [plain.draw(Asks(size_class)) for size_class in classes]
    assert drawn == [spelled.draw(Asks(size_class)) for size_class in classes]
    asked = [number for one in drawn for number in one.forms]
    wanted = [
        number
        for number, state in enumerate(states)
        if state == NOT_ASKED and kinds[number % len(kinds)] == "phone"
    ]
    assert asked == wanted[: sum(classes)]
    assert [octets for one in drawn for octets in one.octets] == [
        forms[number][1:] for number in asked
    ]


def test_what_is_drawn_shows_nothing():
    """Tracebacks print whatever they can reach."""
    drawn = PlainSource(iter([([0], [b"\1phone:v1:+66812345678"])])).draw(Asks(1))
    assert "812345678" not in repr(drawn)
    assert "812345678" not in repr(Input(0, 1, b"phone:v1:+66812345678", b""))


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=12
    )
)
def test_a_form_is_what_its_best_spelling_is(found):
    """An exact hit goes before a possible one, that before none; the first best one is claimed."""
    inputs = Inputs(
        (),
        array("I", (form for form, _, _ in found)),
        bytes(exact for _, exact, _ in found),
        array("I"),
    )
    forms, states, best = _best_of(inputs, bytes(present for _, _, present in found))
    assert sorted(forms) == sorted({form for form, _, _ in found})
    for form, state, index in zip(forms, states, best, strict=True):
        worth = {
            at: (2 if exact else 1) if present else 0
            for at, (other, exact, present) in enumerate(found)
            if other == form
        }
        assert state == (ABSENT, WEAK, EXACT)[max(worth.values())]
        assert index == max(worth, key=lambda at: (worth[at], -at))


states_of_forms = st.lists(
    st.sampled_from((NOT_ASKED, UNSEARCHED, ABSENT, WEAK, EXACT)), min_size=1, max_size=12
)


@given(states_of_forms, st.data())
def test_a_range_of_forms_is_taken_as_one_by_one(states, data):
    """What was answered before stays, whether the forms of a question follow one another or not."""
    board = target_of(states).board
    board.answered = sum(state in _ANSWERED for state in states)
    first = data.draw(st.integers(0, len(states) - 1))
    forms = data.draw(
        st.one_of(
            st.just(list(range(first, len(states)))),
            st.lists(st.integers(0, len(states) - 1), unique=True),
        )
    )
    came = [data.draw(st.sampled_from((ABSENT, WEAK, EXACT))) for _ in forms]
    board.take(7, Came(_SAID, array("I", forms), bytes(came)))
    taken = dict(zip(forms, came, strict=True))
    taken = {form: state for form, state in taken.items() if states[form] not in _ANSWERED}
    assert list(board.states) == [taken.get(form, state) for form, state in enumerate(states)]
    assert list(board.by) == [7 * (form in taken) for form in range(len(states))]
    assert board.answered == sum(state in _ANSWERED for state in board.states)
    assert board.hits == sum(state != ABSENT for state in taken.values())


class _Watched(array):
    """The questions of forms, that are written before another thread can ask for them."""

    states = bytearray()

    def __setitem__(self, at, value):
        """Require that nobody could have looked."""
        forms = self.states[at] if isinstance(at, slice) else [self.states[at]]
        assert _ANSWERED.isdisjoint(forms)
        super().__setitem__(at, value)


@given(st.sampled_from(([0, 1, 2], [0, 2])))
def test_a_form_has_its_question_before_its_state(forms):
    """Outcomes are made in another thread: it would look for what no question said."""
    board = target_of([NOT_ASKED] * 3).board
    board.by = _Watched("I", bytes(12))
    board.by.states = board.states
    board.take(7, Came(_SAID, array("I", forms), bytes([EXACT]) * len(forms)))
    assert [7 * (form in forms) for form in range(3)] == list(board.by)


@given(
    st.lists(
        st.tuples(st.sampled_from((ABSENT, WEAK, EXACT)), st.booleans(), st.integers(0, 9)),
        min_size=1,
        max_size=10,
    )
)
def test_words_are_counted_at_once_as_one_by_one(found):
    """Also where an identifier of the list is a less exact form of another one of it."""
    states = [state for state, _, _ in found]
    # Each has a form of its own, and some have that of another one too, which is never exact.
    others = [other % len(found) for _, _, other in found]
    subjects = [
        Subject(at, (at, other) if has_weaker and other != at and states[other] != EXACT else (at,))
        for at, ((_, has_weaker, _), other) in enumerate(zip(found, others, strict=True))
    ]
    listed = SimpleNamespace(
        kinds=("phone",),
        forms=len(states),
        subjects=len(states),
        each_subject=lambda: subjects,
        kind_of=lambda _number: "phone",
        job=SimpleNamespace(job_id="0" * 16),
    )
    board = Board(listed, {"VN": {"phones": target_of([NOT_ASKED] * len(states)).board}})
    board.take("VN", "phones", 1, Came(_SAID, array("I", range(len(states))), bytes(states)))
    words = list(_words(board, "VN"))
    expected = Counter(word for word, _ in words), sum(is_weak for _, is_weak in words)
    assert counted(board, "VN") == expected


@pytest.mark.parametrize("other", [NOT_ASKED, UNSEARCHED, ABSENT])
def test_a_possible_hit_says_that_another_form_was_not_answered(other):
    """As in a lookup: the form that was not answered may be the exact one."""
    board = DatasetBoard.empty("VN", "phones", "phone", 2)
    board.states[:] = bytes((other, WEAK))
    listed = SimpleNamespace(
        kinds=("phone",), kind_of=lambda _number: "phone", job=SimpleNamespace(job_id="0" * 16)
    )
    whole = Board(listed, datasets={"VN": {"phones": board}}, said={0: _SAID})
    (found,) = whole.of_nation("VN", SimpleNamespace(place=0, forms=(0, 1)))
    assert ("hit", True) == (found.word, found.weak)
    assert ("" if other == ABSENT else "not-asked") == found.why
