"""Progress is said where nobody looks too, seldom, and with the time that is left."""

import pytest
from fedquery_node import progress


def test_a_line_says_rate_and_time_left():
    """Half of the rows in ten seconds leave ten more; none yet say nothing of the end."""
    assert "publishing phones: 500 of 1000 rows, 50 a second, 10 s left" == progress.line(
        "publishing phones", 500, 1000, 10.0
    )
    assert "x: 0 of 10 rows, 0 a second, 0 s left" == progress.line("x", 0, 10, 1.0)


@pytest.mark.parametrize(("every_s", "lines"), [(1.0, 3), (100.0, 3), (0.1, 0)])
def test_lines_come_every_ten_seconds(monkeypatch, capsys, every_s, lines):
    """Work that is over sooner says nothing and counts nothing."""
    now_s = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now_s[0])
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: False, raising=False)
    counted = []

    def total():
        counted.append(1)
        return 300

    with progress.shown("publishing", total) as advance:
        for _ in range(30 if every_s < 100 else 3):
            now_s[0] += every_s
            advance(10)
    said = capsys.readouterr().err.splitlines()
    assert (lines, bool(lines)) == (len(said), bool(counted))
    assert 1 >= len(counted)
    assert all(line.startswith("publishing: ") for line in said)


def test_work_of_unknown_length_says_how_far_it_is(monkeypatch, capsys):
    """It is told how many rows are done by now, and no end is made up."""
    now_s = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now_s[0])
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: False, raising=False)
    with progress.counted("reading") as advance:
        for done in (100, 250, 450):
            now_s[0] += 10
            advance(done)
    assert [
        "reading: 100 rows, 10 a second",
        "reading: 250 rows, 12 a second",
        "reading: 450 rows, 15 a second",
    ] == capsys.readouterr().err.splitlines()
