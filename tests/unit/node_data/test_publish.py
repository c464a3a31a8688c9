"""Publishing: views by release, one key per version, all or nothing."""

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from fedquery_node import schema, version_build
from fedquery_node.audiences import Audiences
from fedquery_node.config import NodeSettings
from fedquery_node.dividing import View, uniform_views, views_of
from fedquery_node.evaluate_pool import Epoch, Work
from fedquery_node.publication_commit import Commit
from fedquery_node.rows import Chunk
from fedquery_node.views import viewers_of
from hypothesis import given
from hypothesis import strategies as st
from unit.node_data.published import NOW_MS, phone, record, sees

from fedquery.errors import ConfigError, StorageError
from fedquery.identifiers import vectors_digest
from fedquery.storage import log_check


def test_each_nation_sees_what_is_released_to_it(node: SimpleNamespace) -> None:
    """A row is in the views of the nations it names, and in no other."""
    record(node.connection, 1, ["TH"])
    record(node.connection, 2, ["LA", "TH"])
    record(node.connection, 3, ["*"])
    record(node.connection, 4, [])
    node.publisher.publish(node.connection, "phones", ["LA", "TH", "CN"], NOW_MS)
    assert [True, True, True, False] == [sees(node, "TH", n) for n in range(1, 5)]
    assert [False, True, True, False] == [sees(node, "LA", n) for n in range(1, 5)]
    assert [False, False, True, False] == [sees(node, "CN", n) for n in range(1, 5)]


def test_a_row_of_a_team_is_in_the_views_of_its_agencies_only(node: SimpleNamespace) -> None:
    """Another agency of the same nation sees what the nation sees; a team of nobody shows nothing.

    Released to the nation, the same rows would be seen by every agency of it.
    """
    record(node.connection, 1, ["TH"])
    record(node.connection, 2, ["Joint Team"])
    record(node.connection, 3, ["Joint Team", "TH"])
    record(node.connection, 4, ["Other Team"])
    record(node.connection, 5, ["*"])
    teams = {"TH/cyber-police": frozenset({"Joint Team"}), "LA/police": frozenset({"Joint Team"})}
    publisher = replace(node.publisher, teams=teams)
    publication = publisher.publish(node.connection, "phones", ["LA", "TH"], NOW_MS).publication
    assert {"LA", "TH", "TH/cyber-police", "LA/police"} == set(publication.commitments)
    expected = {
        "TH": [True, False, True, False, True],
        "TH/cyber-police": [True, True, True, False, True],
        "LA": [False, False, False, False, True],
        "LA/police": [False, True, True, False, True],
    }
    for viewer, rows in expected.items():
        assert rows == [sees(node, viewer, n) for n in range(1, 6)]
    assert "TH/cyber-police" == publication.viewer_of("TH/cyber-police")
    assert "TH" == publication.viewer_of("TH/tax")


def test_an_agency_of_a_team_shares_its_nations_view_where_they_see_the_same(
    node: SimpleNamespace,
) -> None:
    """It has a commitment all the same: whether there are rows for a team does not show."""
    record(node.connection, 1, ["TH"])
    teams = {"TH/cyber-police": frozenset({"Joint Team"}), "VN/fiu": frozenset({"Joint Team"})}
    publisher = replace(node.publisher, teams=teams)
    publication = publisher.publish(node.connection, "phones", ["LA", "TH"], NOW_MS).publication
    assert {"LA", "TH", "TH/cyber-police"} == set(publication.commitments)
    view_ids = dict(node.connection.execute("SELECT viewer, view_id FROM view").fetchall())
    assert view_ids["TH"] == view_ids["TH/cyber-police"] != view_ids["LA"]
    found = dict(node.connection.execute("SELECT viewer, teams FROM view").fetchall())
    assert ('["Joint Team"]', "[]") == (found["TH/cyber-police"], found["TH"])


def test_several_records_of_one_phone_are_one_row(node: SimpleNamespace) -> None:
    """What one record releases is released; the number of records does not show."""
    record(node.connection, 1, ["TH"])
    record(node.connection, 1, ["LA"], again=1)
    node.publisher.publish(node.connection, "phones", ["LA", "TH"], NOW_MS)
    assert sees(node, "TH", 1)
    assert sees(node, "LA", 1)
    view_ids = node.connection.execute("SELECT DISTINCT view_id FROM view").fetchall()
    assert [("v1",)] == view_ids


def test_a_publication_is_in_a_checkpoint_when_it_is_there(node: SimpleNamespace) -> None:
    """The leaf is in the log at its index, below a signed checkpoint, and the log verifies."""
    record(node.connection, 1, ["TH"])
    publication = node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS).publication
    log = schema.log_of(node.settings)
    leaf, index = node.connection.execute("SELECT leaf, log_index FROM publication").fetchone()
    assert publication.encode() == leaf
    assert [leaf] == log.entries(node.connection, index, index + 1)
    latest = log.latest_checkpoint(node.connection)
    assert latest is not None
    assert index < latest[0].size
    assert 1 == log_check.verify(log, node.connection)
    assert vectors_digest("phone") == publication.vectors_digest


def test_a_version_has_keys_of_its_own(node: SimpleNamespace) -> None:
    """Two versions of the same rows share no key, no tag and no salt."""
    record(node.connection, 1, ["TH"])
    for _ in range(2):
        node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS)
    keys = node.connection.execute("SELECT public_key, salt FROM view").fetchall()
    assert 2 == len({key for key, _ in keys})
    assert 2 == len({salt for _, salt in keys})
    states = node.connection.execute("SELECT state FROM publication ORDER BY version").fetchall()
    assert [("retiring",), ("serving",)] == states


def test_the_numbers_come_from_all_rows_and_are_one_for_all(node: SimpleNamespace) -> None:
    """A nation that sees nothing gets buckets of the same count and size as one that sees all."""
    node.connection.execute("BEGIN")
    for number in range(1_500):
        record(node.connection, number, ["TH"])
    node.connection.execute("COMMIT")
    publication = node.publisher.publish(
        node.connection, "phones", ["LA", "TH"], NOW_MS
    ).publication
    assert 1 == publication.prefix_bits
    sizes = {path.stat().st_size for path in node.home.glob("index/phones/1/*.tags")}
    assert {8 * publication.capacity * 2} == sizes


def test_the_capacity_does_not_shrink_for_ninety_days(node: SimpleNamespace) -> None:
    """A dataset that empties keeps its size for ninety days, and no longer."""
    for number in range(100):
        record(node.connection, number, ["TH"])
    large = node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS).publication.capacity
    node.connection.execute("DELETE FROM record_kept")
    day_ms = 24 * 3_600_000
    later = NOW_MS + 89 * day_ms
    assert (
        large
        == node.publisher.publish(node.connection, "phones", ["TH"], later).publication.capacity
    )
    # The last publication of this capacity starts its ninety days again.
    last = later + 91 * day_ms
    assert (
        large > node.publisher.publish(node.connection, "phones", ["TH"], last).publication.capacity
    )


def test_a_crash_before_the_commit_publishes_nothing(
    node: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old stays whole, and the next attempt succeeds under the same version with another seed."""
    record(node.connection, 1, ["TH"])

    class Crash(BaseException):
        """The process ends here."""

    def crash(*_args: object, **_kwargs: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(Commit, "commit", crash)
        with pytest.raises(Crash):
            node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS)
    left = node.keys.read_seed("phones", 1)
    assert 0 == node.connection.execute("SELECT count(*) FROM publication").fetchone()[0]
    assert (
        1 == node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS).publication.version
    )
    assert left != node.keys.read_seed("phones", 1)
    assert sees(node, "TH", 1)


def test_a_full_disk_leaves_its_room_and_the_version_before(
    node: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written of the new version is gone, its seed too, and the old one is served on."""
    record(node.connection, 1, ["TH"])
    node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS)

    def full(*_args: object) -> int:
        raise OSError(errno.ENOSPC, "no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(OSError, match="no space"):
            node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS)
    assert ["1"] == [path.name for path in (node.home / "index" / "phones").iterdir()]
    assert (1,) == node.keys.seeds_of("phones")
    assert sees(node, "TH", 1)
    assert (
        2 == node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS).publication.version
    )


def test_a_failing_commit_rolls_back_whole(
    node: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leaf, rows and checkpoint are one transaction."""
    record(node.connection, 1, ["TH"])
    log = schema.log_of(node.settings)

    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(type(log), "sign_checkpoint", fail)
        with pytest.raises(OSError, match="full"):
            node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS)
    assert 0 == log.size(node.connection)
    assert 0 == node.connection.execute("SELECT count(*) FROM view").fetchone()[0]


def test_rows_that_meet_in_one_tag_get_another_seed(
    node: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collision is parted by another seed, not published."""
    record(node.connection, 1, ["TH"])
    record(node.connection, 2, ["TH"])
    real, calls = version_build.evaluate_all, []

    def colliding(*args: object, **kwargs: object) -> Iterator[object]:
        calls.append(1)
        for done in real(*args, **kwargs):
            if len(calls) > 1:
                yield done
            else:
                for part in done.parts:
                    part.claims[:, :8] = 1
                yield done

    monkeypatch.setattr(version_build, "evaluate_all", colliding)
    node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS)
    assert 2 == len(calls)
    assert sees(node, "TH", 1)


def test_a_pool_of_processes_publishes_the_same_rows(node: SimpleNamespace) -> None:
    """Workers of their own give every row its tag."""
    node.connection.execute("BEGIN")
    for number in range(4_200):
        record(node.connection, number, ["TH"])
    node.connection.execute("COMMIT")
    seen: list[int] = []
    parallel = replace(node.publisher, workers=2)
    published = parallel.publish(node.connection, "phones", ["TH"], NOW_MS, seen.append)
    assert (4_200, 4_200) == (sum(seen), published.rows)
    assert all(sees(node, "TH", number) for number in (0, 1_999, 2_000, 4_199))
    assert not sees(node, "TH", 4_200)


@pytest.mark.parametrize(
    ("dataset", "nations"), [("emails", ["TH"]), ("phones", []), ("phones", ["TH", "VN"])]
)
def test_what_cannot_be_published_is_refused(
    node: SimpleNamespace, dataset: str, nations: list[str]
) -> None:
    """An unknown dataset, nobody to publish for, and oneself are errors."""
    with pytest.raises(ConfigError):
        node.publisher.publish(node.connection, dataset, nations, NOW_MS)
    assert () == node.keys.seeds_of("phones")


SUBJECTS = range(3, 10)


def audiences_of(releases: list[tuple[frozenset[str], list[int]]], nations: list[str]) -> Audiences:
    """Release subjects by lists, one after the other."""
    audiences = Audiences(SUBJECTS[0], SUBJECTS[-1])
    for release, subjects in releases:
        named = frozenset(nations) if "*" in release else release & frozenset(nations)
        audiences.release(np.array(subjects, np.int64), named)
    return audiences


def rows_of(view: View) -> frozenset[int]:
    """Say which of all subjects are in a view."""
    places = view.places_of(np.array(SUBJECTS, np.int64))
    return frozenset(SUBJECTS if places is None else (SUBJECTS[at] for at in places))


@given(
    st.lists(
        st.tuples(
            st.frozensets(st.sampled_from(["TH", "LA", "CN", "*", "XX"])),
            st.lists(st.sampled_from(SUBJECTS)),
        )
    )
)
def test_views_are_membership(releases: list[tuple[frozenset[str], list[int]]]) -> None:
    """Every nation is in one view, whose subjects are exactly those released to it."""
    nations = ["CN", "LA", "TH"]
    views = views_of(audiences_of(releases, nations), viewers_of(nations))
    assert nations == sorted(nation for view in views for nation in view.viewers)
    assert len(views) == len({rows_of(view) for view in views})
    for view in views:
        for nation in view.viewers:
            expected = {
                one for release, subjects in releases if {nation, "*"} & release for one in subjects
            }
            assert expected == rows_of(view)


@given(st.frozensets(st.sampled_from(["TH", "LA", "CN", "*", "XX"])))
def test_one_list_for_all_gives_the_views_of_many(release: frozenset[str]) -> None:
    """Where all records have one list, the shortcut and the general way agree."""
    nations = ["CN", "LA", "TH"]
    general = views_of(audiences_of([(release, list(SUBJECTS))], nations), viewers_of(nations))
    assert [(view.view_id, view.viewers, rows_of(view)) for view in general] == [
        (view.view_id, view.viewers, rows_of(view))
        for view in uniform_views(release, viewers_of(nations))
    ]


def test_a_database_found_damaged_meanwhile_is_not_published(node: SimpleNamespace) -> None:
    """What was looked through beside the work has the last word before the commit."""
    record(node.connection, 1, ["TH"])

    def damaged() -> None:
        raise StorageError("the database is damaged")

    careful = replace(node.publisher, before_commit=damaged)
    with pytest.raises(StorageError, match="damaged"):
        careful.publish(node.connection, "phones", ["TH"], NOW_MS)
    assert 0 == node.connection.execute("SELECT count(*) FROM publication").fetchone()[0]
    assert (
        1 == node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS).publication.version
    )


def test_nothing_that_holds_a_seed_shows_it() -> None:
    """Neither an epoch nor a chunk of work shows the seed or an identifier."""
    epoch = Epoch(b"\x5a" * 32, "VN", "phones", 1)
    chunk = Chunk(np.array([1], np.int64), (phone(1),))
    shown = repr(epoch) + repr(Work(epoch, chunk, ()))
    assert "Z" not in shown
    assert "8485550" not in shown


def test_settings_are_what_the_fixture_says(node: SimpleNamespace) -> None:
    """The fixture's smallest bucket is in force, or the numbers above mean nothing."""
    settings: NodeSettings = node.settings
    assert 512 == settings.datasets["phones"].min_bucket
