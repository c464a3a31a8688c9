"""The files of opened cases in an agency's home: cases/<mark>.case, for its owner alone."""

from pathlib import Path
from typing import Final

from fedquery.ask.case import check_number, file_mark
from fedquery.ask.home import AskHome, open_home
from fedquery.cases.case_file import CASE_FILE_CAP, CaseFile
from fedquery.config.keyfile import make_private_directory, read_private
from fedquery.config.whole_file import replace_file
from fedquery.errors import ConfigError, EncodingError

CASES: Final = "cases"
_SUFFIX: Final = ".case"


def path_of(home: AskHome, number: str) -> Path:
    """Say where the file of a case is; its name is a keyed hash of the number."""
    check_number(number)
    return home.path / CASES / (file_mark(number, home.pseudonym_key) + _SUFFIX)


def read_case(home: AskHome, number: str) -> CaseFile | None:
    """Read the file of a case, or give none where it was not opened.

    Raises:
        ConfigError: if the file is damaged, or others may read it.
    """
    path = path_of(home, number)
    return _read(path) if path.exists() else None


def opened_in(path: Path, number: str) -> CaseFile | None:
    """Read the file of a case in a home that need not be one: where no case was opened, none is.

    Raises:
        ConfigError: if there are cases, and the home or the file of this one is damaged.
    """
    return read_case(open_home(path), number) if (path / CASES).is_dir() else None


def write_case(home: AskHome, case: CaseFile) -> None:
    """Write the file of a case, in the place of an older one.

    Raises:
        ConfigError: if it cannot be written.
    """
    path = path_of(home, case.number)
    make_private_directory(path.parent)
    replace_file(path, case.render(), mode=0o600)


def all_cases(home: AskHome) -> list[CaseFile]:
    """Read all cases of a home, ascending by number.

    Raises:
        ConfigError: if a file is damaged, or others may read it.
    """
    paths = sorted((home.path / CASES).glob(f"[!.]*{_SUFFIX}"))
    return sorted((_read(path) for path in paths), key=lambda case: case.number)


def find_pseudonym(home: AskHome, pseudonym: str) -> CaseFile | None:
    """Find the opened case that one holder knows by a pseudonym, or none.

    Raises:
        ConfigError: if its file is damaged, or others may read it.
    """
    # In the JSON of the file the line ends of a card stand escaped.
    sought = f"\\ncase {pseudonym}\\n".encode()
    for path in sorted((home.path / CASES).glob(f"[!.]*{_SUFFIX}")):
        if sought in read_private(path, CASE_FILE_CAP):
            return _read(path)
    return None


def _read(path: Path) -> CaseFile:
    try:
        return CaseFile.parse(read_private(path, CASE_FILE_CAP))
    except EncodingError:
        raise ConfigError(
            f"{path}: is no case file", do="Put it back from a backup, or open the case anew."
        ) from None
