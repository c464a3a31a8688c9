"""Log lines: a closed list of keys and values; no words of anybody, no values of any exception."""

import io
import json
import logging
import re
import subprocess
import sys
import threading
import warnings

import pytest

from fedquery.config import logs

CANARY = "+66855501990"


@pytest.fixture
def lines():
    """Send all records of this process to a buffer, and give a function that reads its lines."""
    kept = (sys.excepthook, threading.excepthook, sys.unraisablehook, logging.raiseExceptions)
    loggers = [logging.getLogger(), logging.getLogger("fedquery")]
    before = [(list(logger.handlers), logger.level, logger.propagate) for logger in loggers]
    stream = io.StringIO()
    logs.configure(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook, sys.unraisablehook, logging.raiseExceptions = kept
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagate


def test_an_event_is_one_line_of_json(lines):
    """An event is one object with its time and its fields, and nothing else."""
    logs.event("ask", nation="VN", agency="TH/cyber-police", ms=12, code="OK")
    (line,) = lines()
    assert re.fullmatch(r"[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z", line.pop("time"))
    expected = {
        "event": "ask",
        "nation": "VN",
        "agency": "TH/cyber-police",
        "ms": 12,
        "code": "OK",
    }
    assert expected == line


@pytest.mark.parametrize(
    "fields",
    [
        {"identifier": "x"},
        {"message": "x"},
        {"nation": CANARY},
        {"nation": "Vn"},
        {"ms": "12"},
        {"ms": True},
        {"ms": 1.5},
        {"ms": 2**53},
        {"dataset": "66855501990"},
        {"agency": "TH/66855501990"},
        {"why": f"refused {CANARY}"},
        {"at": "a.py:1\n"},
        {"peer": "fedquery://coordinator/66855501990"},
        {"class": None},
        {"time": "x"},
        {"outcome": ["hit"]},
        {"file": "rows.csv"},
        {"file": f"{CANARY}.cedar"},
    ],
)
def test_a_record_with_anything_else_is_dropped_and_counted(lines, fields):
    """An unlisted key or a value that its key does not allow leaves only its place and a count."""
    before = logs.dropped()
    logs.event("ask", ref="0123abcd", **fields)
    (line,) = lines()
    assert logs.dropped() == before + 1
    assert set(line) == {"time", "event", "at", "size"}
    assert line["event"] == "line-dropped"
    assert line["at"].startswith("test_logs.py:")


def test_free_text_through_our_logger_is_dropped(lines):
    """The logger of fedquery takes no message, whoever calls it."""
    logging.getLogger("fedquery.psi").error("asked about %s", CANARY)
    (line,) = lines()
    assert line["event"] == "line-dropped"
    assert "5550199" not in json.dumps(line)


def test_a_traceback_shows_class_and_place_only(lines):
    """Of an exception there are class, place and reference; its text and cause are nowhere."""
    try:
        try:
            int(CANARY + "x")
        except ValueError as error:
            raise KeyError(CANARY) from error
    except KeyError as error:
        reference = logs.fault("ask-fault", error, peer="fedquery://coordinator/hub")
    (line,) = lines()
    assert line["class"] == "KeyError"
    assert line["ref"] == reference
    assert re.fullmatch(r"test_logs\.py:[0-9]+", line["at"])
    assert "5550199" not in json.dumps(line)


def test_other_libraries_keep_their_words(lines):
    """A third-party record shows logger, severity and place; below WARNING it is not there."""
    library = logging.getLogger("some.library")
    library.info("connected to %s", CANARY)
    library.warning("cannot read %s", CANARY)
    try:
        {}[CANARY]
    except KeyError:
        library.exception("while asking " + CANARY)
    logging.getLogger(f"pool-{CANARY}").error("down")
    warning, failure, odd = lines()
    assert warning["level"] == "warning"
    assert warning["backend"] == "some.library"
    assert "class" not in warning
    assert failure["class"] == "KeyError"
    assert "backend" not in odd
    assert "5550199" not in json.dumps([warning, failure, odd])


def test_a_request_is_one_line(lines):
    """What is annotated within a request stands in its one line, with the time it took."""
    with logs.request("ask", peer="fedquery://coordinator/hub") as line:
        logs.annotate(nation="VN", outcome="answered")
        line["code"] = "OK"
    logs.annotate(nation="TH")
    (written,) = lines()
    assert isinstance(written.pop("ms"), int)
    del written["time"]
    assert written == {
        "event": "ask",
        "peer": "fedquery://coordinator/hub",
        "nation": "VN",
        "outcome": "answered",
        "code": "OK",
    }


def test_hooks_write_shapes_only(lines):
    """Unhandled exceptions of the program, of threads, of destructors and of the loop are lines."""

    def fail():
        raise LookupError(CANARY)

    error = LookupError(CANARY)
    sys.excepthook(LookupError, error, None)
    thread = threading.Thread(target=fail, name=CANARY)
    thread.start()
    thread.join()
    logs.loop_exception_handler(None, {"message": CANARY, "exception": error})
    logs.loop_exception_handler(None, {"message": CANARY})
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # Entering the block put the old hook back; this is what captureWarnings had set.
        warnings.showwarning = logging._showwarning
        warnings.warn_explicit(CANARY, UserWarning, "some.py", 1)
    written = lines()
    assert [line["event"] for line in written[:4]] == ["unhandled"] * 4
    assert [line["class"] for line in written[:3]] == ["LookupError"] * 3
    assert "5550199" not in json.dumps(written)


def test_a_crashing_program_leaks_nothing():
    """A whole process that dies on an exception with an identifier in it prints one safe line."""
    program = f"from fedquery.config import logs; logs.configure(); int('{CANARY}x')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"" == done.stdout
    assert b"5550199" not in done.stderr
    assert json.loads(done.stderr)["class"] == "ValueError"


def test_a_reference_is_eight_hex_digits():
    """References are random and short enough to be read out."""
    drawn = {logs.reference() for _ in range(50)}
    assert len(drawn) == 50
    assert all(re.fullmatch("[0-9a-f]{8}", reference) for reference in drawn)
