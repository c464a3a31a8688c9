"""Drafts are of one session, in memory, and not without end."""

from dataclasses import replace

import pytest

from fedquery.desk.access import NotThereError
from fedquery.desk.case_form import CaseFields
from fedquery.desk.drafts import Draft, Drafts

MINE, OTHERS = b"m" * 32, b"o" * 32
HOUR_MS = 3_600_000


class Clock:
    """A clock that stands where it is put."""

    now_ms = 1_000

    def __call__(self):
        """Tell the time."""
        return self.now_ms


@pytest.fixture
def clock():
    """Make the clock."""
    return Clock()


@pytest.fixture
def drafts(clock):
    """Make the drafts of a desk."""
    return Drafts(clock)


def draft(number=0, session=MINE):
    """Make a draft."""
    return Draft(draft_id=f"{number:016x}", session=session, begun_ms=1_000)


def test_a_draft_is_read_by_its_session_alone(drafts):
    """To others it is not there, and so is one that never was."""
    kept = drafts.begin(draft())
    assert kept == drafts.read(MINE, kept.draft_id)
    for session, draft_id in ((OTHERS, kept.draft_id), (MINE, "f" * 16)):
        with pytest.raises(NotThereError):
            drafts.read(session, draft_id)


def test_a_change_is_what_is_read_next(drafts):
    """And the id stays."""
    kept = drafts.begin(draft())
    drafts.change(replace(kept, nations=("VN",)))
    assert ("VN",) == drafts.read(MINE, kept.draft_id).nations


def test_drafts_are_kept_for_the_sessions_that_live(drafts):
    """Those of all others are gone from the memory, and not only out of reach."""
    drafts.begin(draft(1))
    kept = drafts.begin(draft(2, OTHERS))
    drafts.keep({OTHERS})
    assert [kept] == list(drafts._kept.values())


def test_an_old_draft_and_those_of_an_ended_session_are_gone(drafts, clock):
    """Nothing that was typed outlives its day or its session."""
    kept = drafts.begin(draft())
    other = drafts.begin(draft(1, OTHERS))
    drafts.forget(OTHERS)
    with pytest.raises(NotThereError):
        drafts.read(OTHERS, other.draft_id)
    clock.now_ms += 9 * HOUR_MS
    with pytest.raises(NotThereError):
        drafts.read(MINE, kept.draft_id)


def test_a_session_has_sixteen_drafts_and_takes_no_room_of_others(drafts):
    """Its oldest makes room for its newest."""
    drafts.begin(draft(99, OTHERS))
    for number in range(20):
        drafts.begin(draft(number))
    assert drafts.read(OTHERS, f"{99:016x}")
    assert drafts.read(MINE, f"{19:016x}")
    with pytest.raises(NotThereError):
        drafts.read(MINE, f"{3:016x}")
    assert drafts.read(MINE, f"{4:016x}")


def test_a_draft_does_not_print_what_it_holds():
    """Logs and tracebacks print whatever they can reach."""
    kept = Draft(
        draft_id="0" * 16, session=MINE, begun_ms=0, fields=CaseFields(number="FIR 12/2026")
    )
    assert "FIR" not in repr(kept)
    assert "FIR" not in repr(kept.fields)
