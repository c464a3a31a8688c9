"""A list is read whole, in its order, and what stands twice in it is one subject."""

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.ask import nation as made
from unit.psi.holding import octets

from fedquery.ask.home import open_home
from fedquery.ask.screening import reading
from fedquery.ask.screening.files import erase, job_ids, path_of
from fedquery.ask.screening.job import Job
from fedquery.ask.screening.listed import Listed
from fedquery.ask.screening.reading import ListReader
from fedquery.errors import BusyError, InputError, SealError
from fedquery.identifiers import parse
from fedquery.storage.transaction import transaction

_SEEDS = itertools.count(5000)
# Accounts share a form without their bank, addresses their mailbox, hosts their domain.
_TEXTS = (
    *(("account", f"TH:{bank}:123456789{end}") for bank in ("004", "014") for end in (0, 1)),
    *(("email", f"{name}@example.com") for name in ("a", "a+b", "a+c", "d")),
    *(("domain", f"{name}example.com") for name in ("", "www.", "mail.")),
    *(("url", f"https://www.example.com/{name}") for name in ("x", "y")),
    *(("phone", f"+6681234567{end}") for end in range(4)),
)
IDENTIFIERS = [parse(kind, text).identifier for kind, text in _TEXTS]
# Of one form each, so that those that are new are taken by columns.
PHONES = [parse("phone", f"+668123456{end}").identifier for end in range(10, 50)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Make a home."""
    directory = tmp_path_factory.mktemp("homes") / "asker"
    with contextlib.closing(made.asker(directory, made.honest()).connection):
        pass
    return open_home(directory)


@contextlib.contextmanager
def read(home, identifiers, batch):
    """Read a list, some at a time."""
    job = Job.begin(home, octets(next(_SEEDS)))
    try:
        reader = ListReader(job)
        with transaction(job.connection):
            for at in range(0, len(identifiers), batch):
                reader.take(identifiers[at : at + batch])
            reader.finish()
        yield Listed.of(job)
    finally:
        job.close()
        erase(home, job.job_id)


@given(
    chosen=st.one_of(
        st.lists(st.sampled_from(IDENTIFIERS), min_size=1, max_size=40),
        st.lists(st.sampled_from(PHONES), min_size=1, max_size=40),
    ),
    batch=st.integers(1, 7),
    part=st.integers(1, 5),
)
def test_every_place_has_its_identifier_and_every_form_one_number(home, chosen, batch, part):
    """However it is cut into batches and parts, what is read is what was written."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "PART", part)
        patched.setattr("fedquery.ask.screening.listed.PART", part)
        with read(home, chosen, batch) as listed:
            subjects = list(listed.each_subject())
            assert [
                listed.identifier(listed.subject(number)) for number in listed.each_place()
            ] == chosen
            assert listed.places == len(chosen)
            assert listed.subjects == len(subjects) == len(set(chosen))
            forms = {one.encode() for each in chosen for one in (each, *each.weaker())}
            packed = [form for _, some in listed.each_form() for form in some]
            assert len(packed) == listed.forms == len(forms)
            assert {form[1:] for form in packed} == forms
            for subject in subjects:
                identifier = listed.identifier(subject)
                assert chosen[subject.place] == identifier
                asked = [identifier, *identifier.weaker()]
                assert [listed.form(form) for form in subject.forms] == [
                    one.encode() for one in asked
                ]
                assert [listed.kind_of(form) for form in subject.forms] == [
                    one.kind for one in asked
                ]


def kept(listed):
    """Give all that a list has on the disk, but for what differs by nonce and salt."""
    job = listed.job
    parts = {
        what: list(job.read_parts(what))
        for what in (reading.PLACES, reading.SUBJECTS, reading.FORMS, reading.KINDS)
    }
    rows = job.connection.execute("SELECT mark, number, subject FROM form").fetchall()
    return parts, sorted(rows), job.read_fact("list")


@given(
    chosen=st.lists(st.sampled_from(PHONES), min_size=1, max_size=40, unique=True),
    again=st.lists(st.sampled_from(PHONES + IDENTIFIERS), max_size=10),
    batch=st.integers(1, 9),
    part=st.integers(1, 5),
)
def test_what_is_taken_by_columns_lies_as_if_taken_one_by_one(home, chosen, again, batch, part):
    """Until something comes again, and from there on."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "PART", part)
        patched.setattr("fedquery.ask.screening.listed.PART", part)
        with read(home, chosen + again, batch) as listed:
            by_columns = kept(listed)
        patched.setattr(ListReader, "_took_new", lambda *_: False)
        with read(home, chosen + again, batch) as listed:
            assert kept(listed) == by_columns


def test_nothing_of_the_list_can_be_read_from_the_file(home):
    """Neither an identifier nor a part of one stands in the file, and nobody else may open it."""
    with read(home, IDENTIFIERS, 5) as listed:
        path = path_of(home, listed.job.job_id)
        kept = path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
        for text in (b"123456789", b"example", b"+668", b"phone"):
            assert text not in kept
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_was_moved_to_another_place_does_not_open(home):
    """A part that somebody exchanged for another one is found out."""
    with read(home, IDENTIFIERS, 5) as listed:
        connection = listed.job.connection
        (places,) = connection.execute("SELECT sealed FROM part WHERE what = 'places'").fetchone()
        connection.execute("UPDATE part SET sealed = ? WHERE what = 'subjects'", (places,))
        with pytest.raises(SealError):
            list(listed.each_subject())


def test_a_screening_that_runs_is_neither_run_again_nor_erased(home):
    """Two programs cannot ask one list at once."""
    with read(home, IDENTIFIERS, 5) as listed:
        job_id = listed.job.job_id
        with pytest.raises(BusyError):
            Job.open(home, job_id, octets(1))
        with pytest.raises(BusyError):
            erase(home, job_id)


def test_what_is_erased_is_gone(home):
    """No file of it is left, and it cannot be opened any more."""
    with read(home, IDENTIFIERS, 5) as listed:
        job_id = listed.job.job_id
    assert job_id not in job_ids(home)
    assert list(path_of(home, job_id).parent.glob(f"{job_id}*")) == []
    for name in (job_id, "../asker", "0"):
        with pytest.raises(InputError):
            Job.open(home, name, octets(1))
