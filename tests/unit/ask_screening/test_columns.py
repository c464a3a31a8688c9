"""What a list came to is the same by columns and one by one, whatever is known of it."""

from array import array
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from unit.ask_screening.test_reading import IDENTIFIERS, PHONES, home, read  # noqa: F401 - a fixture

from fedquery.ask.outcome import Outcome
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
from fedquery.ask.screening.look import rows_of
from fedquery.ask.screening.questions import Came, Said

_KNOWN = st.sampled_from((NOT_ASKED, ABSENT, WEAK, EXACT, UNSEARCHED, LOST))
_STOPPED = Outcome(
    place=0, nation="VN", dataset="of", kind="phone", word="unavailable", why="timeout"
)


@st.composite
def boards(draw, listed):
    """Draw what is known of a list."""
    board = Board(listed)
    for number in range(3):
        board.said[number] = Said(
            number + 1, 1000 + number, number == 1, f"r{number}", ("P",), None
        )
    for nation in draw(st.lists(st.sampled_from(("VN", "LA", "KH")), unique=True)):
        board.datasets[nation] = {}
        if draw(st.integers(0, 3)) == 0:
            board.unasked[nation] = replace(_STOPPED, nation=nation, dataset="", kind="")
            continue
        kinds = draw(st.lists(st.sampled_from(listed.kinds), max_size=2))
        for at, kind in enumerate(kinds):
            one = DatasetBoard.empty(nation, f"of{at}", kind, listed.forms)
            one.states = bytearray(draw(_KNOWN) for _ in range(listed.forms))
            one.by = array("I", (draw(st.integers(0, 2)) for _ in range(listed.forms)))
            if draw(st.booleans()):
                one.stopped = replace(_STOPPED, nation=nation, alarm=draw(st.booleans()))
            board.datasets[nation][one.dataset] = one
    return board


@given(
    chosen=st.one_of(
        st.lists(st.sampled_from(PHONES), min_size=1, max_size=8),
        st.lists(st.sampled_from(IDENTIFIERS), min_size=1, max_size=8),
    ),
    data=st.data(),
)
def test_each_place_has_the_outcomes_that_its_identifier_has_alone(home, chosen, data):  # noqa: F811 - the fixture
    """And each of these has the place, and hits the claim id of their own form."""
    with read(home, chosen, 5) as listed:
        board = data.draw(boards(listed))
        rows = list(rows_of(board))
        assert [row.identifier for row in rows] == chosen
        for place, (row, number) in enumerate(zip(rows, listed.each_place(), strict=True)):
            subject = listed.subject(number)._replace(place=place)
            assert row.outcomes == board.outcomes(subject)
            assert all(one.place == row.place == place for one in row.outcomes)
            for one in row.outcomes:
                form = one.claim_id.rpartition("-")[2]
                assert (one.word == "hit") == (form != "")
                assert not form or int(form) in subject.forms


def test_what_is_told_of_a_question_is_what_it_came_to_last(home):  # noqa: F811 - the fixture
    """Nothing of an outcome that was made before is kept once a question is taken anew."""
    with read(home, PHONES[:2], 5) as listed:
        board = Board(listed)
        board.datasets["VN"] = {"of": DatasetBoard.empty("VN", "of", "phone", 2)}
        forms = array("I", (0, 1))
        for version in (1, 2):
            said = Said(version, 1000, version == 2, "receipt", (), None)
            board.take("VN", "of", 7, Came(said, forms, bytes((ABSENT, EXACT))))
            absent, found = (row.outcomes[0] for row in rows_of(board))
            assert (absent.version, found.version) == (version, version)
            assert absent.word == ("no hit" if version == 1 else "stale")
            assert found.claim_id == f"{listed.job.job_id}-7-1"
