"""Where the list of a screening stood: the numbers of its lines, and reasons for those unread.

They lie beside the screening. Nothing of what stood there is in them.
"""

from fedquery.ask.home import AskHome
from fedquery.ask.lists.lines import Lines
from fedquery.ask.screening.files import lines_path_of
from fedquery.config.whole_file import whole_file


def keep_lines(home: AskHome, job_id: str, lines: Lines) -> None:
    """Keep where a list stood, so that its report has numbers of lines after it was resumed.

    Raises:
        OSError: if it cannot be written.
    """
    with whole_file(lines_path_of(home, job_id)) as file:
        file.write(lines.dump())


def lines_of(home: AskHome, job_id: str, identifiers: int) -> Lines | None:
    """Read where a list stood; None where that was not kept, or is of a list of another length.

    Raises:
        EncodingError: if the file is damaged.
    """
    try:
        lines = Lines.load(lines_path_of(home, job_id).read_bytes())
    except FileNotFoundError:
        return None
    return lines if len(lines.places) == identifiers else None
