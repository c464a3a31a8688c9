"""Log lines: one JSON object each, on standard error, with keys and values from a closed list.

    {"time":"2026-03-01T08:00:00.000Z","event":"ask","peer":"fedquery://coordinator/hub","ms":12}

A line is built from typed fields only; there is no free text, so an identifier has nowhere to
stand. A record with another key, or with a value that its key does not allow, is dropped and
counted, and a line says so. Of other libraries' records only the logger, the severity, the place
and the class of the exception are written: their messages and tracebacks quote values.
"""

import asyncio
import contextlib
import contextvars
import json
import logging
import re
import secrets
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final, TextIO

Field = int | str

_LOGGER: Final = logging.getLogger("fedquery")
_FIELDS: Final = "fedquery_fields"
_LARGEST: Final = 2**53 - 1

# Long runs of digits are refused everywhere: no name of ours has one, and every phone number does.
_NO_NUMBER: Final = r"(?!.*[0-9]{7})"
_TEXT_KEYS: Final[Mapping[str, re.Pattern[str]]] = {
    "event": re.compile(_NO_NUMBER + r"[a-z][a-z0-9-]{0,39}"),
    "ref": re.compile(r"[0-9a-f]{8}"),
    "nation": re.compile(r"[A-Z]{2}"),
    "agency": re.compile(_NO_NUMBER + r"[A-Z]{2}/[a-z0-9-]{1,40}"),
    "dataset": re.compile(_NO_NUMBER + r"[a-z0-9-]{1,40}"),
    "class": re.compile(_NO_NUMBER + r"[A-Za-z_][A-Za-z0-9_.]{0,79}"),
    "code": re.compile(_NO_NUMBER + r"[A-Z0-9_]{1,40}"),
    "outcome": re.compile(_NO_NUMBER + r"[a-z0-9-]{1,40}"),
    "why": re.compile(_NO_NUMBER + r"[a-z0-9()-]{1,80}"),
    "at": re.compile(_NO_NUMBER + r"[A-Za-z0-9_.<>-]{1,80}:[0-9]{1,6}"),
    "level": re.compile(r"[a-z]{1,20}"),
    "peer": re.compile(
        _NO_NUMBER + r"fedquery://[a-z]{1,20}/[A-Za-z0-9-]{1,40}(/[a-z0-9-]{1,40})?"
    ),
    "file": re.compile(r"[A-Z]{2}\.cedar|schema\.cedarschema"),
    "backend": re.compile(_NO_NUMBER + r"[A-Za-z0-9_.-]{1,80}"),
}
_NUMBER_KEYS: Final = frozenset({"code", "ms", "version", "line", "bytes", "size", "port", "pid"})

_request: contextvars.ContextVar[dict[str, Field] | None] = contextvars.ContextVar(
    "fedquery_request", default=None
)


class _Drops:
    """How many records were dropped in this process; a test asks that it is none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def add(self) -> int:
        with self._lock:
            self.count += 1
            return self.count


_drops: Final = _Drops()


def dropped() -> int:
    """Count the records that were dropped since the process started."""
    return _drops.count


def reference() -> str:
    """Draw a reference that ties what a person sees to the line that the operator has."""
    return secrets.token_hex(4)


def event(name: str, **fields: Field) -> None:
    """Write one line.

    Args:
        name: what happened, such as `ask`.
        **fields: the rest of the line; see the module for what each key allows.
    """
    _LOGGER.info("", extra={_FIELDS: {"event": name, **fields}}, stacklevel=2)


def fault(name: str, error: BaseException, **fields: Field) -> str:
    """Write one line about an unexpected exception: its class and place, never its text.

    Returns:
        the reference in the line, for the peer or the person.
    """
    ref = reference()
    shape: dict[str, Field] = {"class": type(error).__name__, "at": _place(error), "ref": ref}
    _LOGGER.error("", extra={_FIELDS: {"event": name, **fields, **shape}}, stacklevel=2)
    return ref


def shape_of(error: BaseException) -> str:
    """Name the class and place of an exception, and nothing of its text."""
    return f"{type(error).__name__} at {_place(error)}"


@contextlib.contextmanager
def request(name: str, *, unless_code: str = "", **fields: Field) -> Iterator[dict[str, Field]]:
    """Gather the one line of a request and write it, with its duration, when the block ends.

    Args:
        name: what happened, such as `ask`.
        unless_code: with this `code` in the end no line is written.
        **fields: the rest of the line.

    Yields:
        the fields so far; `annotate` adds to them from anywhere in the same task.
    """
    gathered: dict[str, Field] = dict(fields)
    token = _request.set(gathered)
    started_s = time.monotonic()
    try:
        yield gathered
    finally:
        _request.reset(token)
        gathered["ms"] = int((time.monotonic() - started_s) * 1000)
        if not unless_code or gathered.get("code") != unless_code:
            event(name, **gathered)


def annotate(**fields: Field) -> None:
    """Add fields to the line of the request that is being served, if there is one."""
    gathered = _request.get()
    if gathered is not None:
        gathered.update(fields)


def configure(stream: TextIO | None = None) -> None:
    """Send every record and every unhandled exception of this process through this module.

    Args:
        stream: where the lines go; standard error if not given.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(_only_listed)
    handler.setFormatter(_LineFormatter())
    for logger, severity in ((logging.getLogger(), logging.WARNING), (_LOGGER, logging.INFO)):
        logger.handlers[:] = [handler]
        logger.setLevel(severity)
    _LOGGER.propagate = False
    # With this on, logging itself would print the record it failed on, traceback and all.
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda _kind, error, _traceback: _unhandled(error)
    threading.excepthook = lambda arguments: _unhandled(arguments.exc_value)
    sys.unraisablehook = lambda arguments: _unhandled(arguments.exc_value)


def loop_exception_handler(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """Write what an event loop could not deliver; for `loop.set_exception_handler`."""
    error = context.get("exception")
    _unhandled(error if isinstance(error, BaseException) else None)


def _unhandled(error: BaseException | None) -> None:
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return
    fault("unhandled", error if error is not None else RuntimeError())


def _place(error: BaseException) -> str:
    """Name the innermost file and line of a traceback."""
    traceback = error.__traceback__
    if traceback is None:
        return "<none>:0"
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return _shorten(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)


def _shorten(path: str, line: int) -> str:
    name = re.sub(r"[^A-Za-z0-9_.<>-]", "_", path.rsplit("/", 1)[-1])[-80:] or "<none>"
    return f"{name}:{line}"


def _allowed(key: str, value: object) -> bool:
    # bool is a subclass of int and has no key.
    if isinstance(value, int) and not isinstance(value, bool):
        return key in _NUMBER_KEYS and abs(value) <= _LARGEST
    pattern = _TEXT_KEYS.get(key)
    return isinstance(value, str) and pattern is not None and bool(pattern.fullmatch(value))


def _only_listed(record: logging.LogRecord) -> bool:
    """Let other libraries' records pass to the formatter, and of ours only what is listed."""
    if not _is_ours(record):
        return True
    fields = getattr(record, _FIELDS, None)
    if isinstance(fields, dict) and all(_allowed(key, value) for key, value in fields.items()):
        return True
    count = _drops.add()
    at = _shorten(record.pathname, record.lineno)
    setattr(record, _FIELDS, {"event": "line-dropped", "at": at, "size": count})
    return True


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name == _LOGGER.name or record.name.startswith(f"{_LOGGER.name}.")


class _LineFormatter(logging.Formatter):
    """Write the fields of our records, and of others' the shape without the words."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line of JSON."""
        fields = getattr(record, _FIELDS) if _is_ours(record) else self._shape(record)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {"time": f"{moment}.{int(record.msecs):03}Z", **fields}
        return json.dumps(line, separators=(",", ":"))

    def _shape(self, record: logging.LogRecord) -> dict[str, Field]:
        shape: dict[str, Field] = {
            "event": "library",
            "backend": record.name,
            "level": record.levelname.lower(),
            "at": _shorten(record.pathname, record.lineno),
            "ref": reference(),
        }
        if record.exc_info is not None and isinstance(record.exc_info[1], BaseException):
            shape["class"] = type(record.exc_info[1]).__name__
            shape["at"] = _place(record.exc_info[1])
        # A logger's or a class's name is chosen at run time and may be made of a value.
        return {key: value for key, value in shape.items() if _allowed(key, value)}
