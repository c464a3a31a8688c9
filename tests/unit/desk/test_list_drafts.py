"""Lists that are being made: few, of one session each, and gone with it."""

import pytest

from fedquery.desk.access import NotThereError
from fedquery.desk.drafts import Draft
from fedquery.desk.list_drafts import ListDraft, ListDrafts
from fedquery.desk.list_reading import Reading


class Clock:
    """A clock that is set."""

    now_ms = 0

    def __call__(self):
        """Tell the time."""
        return self.now_ms


@pytest.fixture
def clock():
    """Give a clock."""
    return Clock()


@pytest.fixture
def drafts(clock):
    """Keep none yet."""
    return ListDrafts(clock)


def draft(number, session=b"a"):
    """Make a list of a session."""
    question = Draft(draft_id=f"{number:016x}", session=session, begun_ms=0)
    return ListDraft(question=question, reading=Reading())


def test_a_session_makes_one_list_at_a_time(drafts):
    """They are large; the newer one takes the place of the older."""
    for number in range(2):
        drafts.begin(draft(number))
    with pytest.raises(NotThereError):
        drafts.read(b"a", draft(0).draft_id)
    assert draft(1) == drafts.read(b"a", draft(1).draft_id)


def test_all_sessions_together_make_so_many(drafts):
    """The oldest goes."""
    for number in range(5):
        drafts.begin(draft(number, bytes([number])))
    with pytest.raises(NotThereError):
        drafts.read(bytes([0]), draft(0).draft_id)
    assert drafts.read(bytes([1]), draft(1).draft_id)


def test_a_list_is_its_sessions_alone_and_ends_with_it(drafts, clock):
    """Also where a clock was set."""
    drafts.begin(draft(1))
    with pytest.raises(NotThereError):
        drafts.read(b"b", draft(1).draft_id)
    drafts.forget(b"b")
    assert drafts.read(b"a", draft(1).draft_id)
    clock.now_ms = 8 * 3_600_000 + 1
    with pytest.raises(NotThereError):
        drafts.read(b"a", draft(1).draft_id)
    clock.now_ms = 0
    drafts.begin(draft(2))
    drafts.forget(b"a")
    with pytest.raises(NotThereError):
        drafts.read(b"a", draft(2).draft_id)


def test_a_list_of_no_repr_shows_what_is_in_it(drafts):
    """Neither file nor reading."""
    assert "Reading" not in repr(draft(1))
    drafts.begin(draft(1))
    assert "Draft" not in repr(drafts).replace("ListDrafts", "")
