"""Write a report into a file, as its name says; whole or not at all.

It holds the identifiers, so nobody but its owner may read it.
"""

from collections.abc import Iterable
from pathlib import Path

from fedquery.ask.lists.report import Entry
from fedquery.ask.lists.report_form import ReportForm, write
from fedquery.config.whole_file import whole_file


def check_report(path: Path, *, force: bool) -> ReportForm:
    """Look at where a report is to be, before anything is asked.

    Args:
        path: the file that is to be written.
        force: whether it may take the place of another file.

    Raises:
        ValueError: if its name tells no form.
        FileExistsError: if there is such a file.
        FileNotFoundError, NotADirectoryError: if there is no such directory.
    """
    form = ReportForm(path.suffix.lower())
    if not path.parent.exists():
        raise FileNotFoundError(2, "no such directory")
    if not path.parent.is_dir():
        raise NotADirectoryError(20, "no directory")
    if not force and (path.exists() or path.is_symlink()):
        raise FileExistsError(17, "the report is there already")
    return form


def write_report(
    path: Path, job_id: str, found: Iterable[Entry], made_ms: int, *, force: bool
) -> None:
    """Write a report, mode 0600.

    Args:
        path: the file; its name tells the form.
        job_id: the id of the screening.
        found: its lines, which are read once.
        made_ms: the time.
        force: whether it may take the place of another file.

    Raises:
        FileExistsError: if there is another file meanwhile.
        OSError: if it cannot be written; nothing of it is left.
    """
    form = ReportForm(path.suffix.lower())
    with whole_file(path, mode=0o600, replace=force) as file:
        write(file, form, job_id, found, made_ms)
