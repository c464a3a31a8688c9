"""The memory of an idle node beside the pages of the index that it has touched."""

from pathlib import Path


def idle_mib(pid: int) -> dict[str, float]:
    """Read what a process holds: private pages, and file pages of its index.

    Args:
        pid: the process.
    """
    private = index = whole = 0
    inside_index = False
    for line in Path(f"/proc/{pid}/smaps").read_text(encoding="utf-8").splitlines():
        if line[:1] in "0123456789abcdef" and "-" in line.split(" ", 1)[0]:
            inside_index = "/index/" in line
        elif line.startswith("Rss:"):
            size = int(line.split()[1])
            whole += size
            index += size if inside_index else 0
        elif line.startswith(("Private_Dirty:", "Private_Clean:")) and not inside_index:
            private += int(line.split()[1])
    return {
        "rss_mib": round(whole / 1024, 1),
        "without_index_mib": round((whole - index) / 1024, 1),
        "private_mib": round(private / 1024, 1),
    }
