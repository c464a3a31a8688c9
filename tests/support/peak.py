"""How much memory it takes to read a file of a list, in a process of its own."""

import subprocess
import sys
from pathlib import Path

_READ = """
import sys
from pathlib import Path
from fedquery.tabular import FileError, opened
rows = complaints = 0
try:
    with opened(Path(sys.argv[1])) as table:
        width = len(table.names or (0,))
        for row in table.rows({"it": 0}, width):
            rows += 1
            complaints += bool(row.complaint)
except FileError as error:
    print(error)
# The most that this program has held; what the system says otherwise counts its parent too.
status = Path("/proc/self/status").read_text()
print(rows, complaints, status.partition("VmHWM:")[2].split()[0])
"""


class Reading:
    """What came of reading a file.

    Attributes:
        error: what was said of the file as a whole; nothing where it was read.
        rows: how many rows were read.
        complaints: how many of these cannot be taken.
        peak_mib: the most memory that was held, in MiB.
    """

    def __init__(self, path: Path) -> None:
        ended = subprocess.run(
            [sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True
        )
        *errors, last = ended.stdout.splitlines()
        self.error = "".join(errors)
        self.rows, self.complaints, peak_kib = map(int, last.split())
        self.peak_mib = peak_kib / 1024
