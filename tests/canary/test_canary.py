"""No identifier that the suite asked about is in anything that the suite wrote (promise P1).

It runs last, by itself, over what the run before it left: output, logs, the coordinator's files,
and the database of an asker, in which identifiers are sealed to an auditor. A nation's records hold
identifiers by right and are passed over by name.
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# The national number of every canary phone holds 5550199, of every canary account 99900199.
PHONES = [f"+{code}85550199{n}" for code in ("66", "84") for n in range(10)]
ACCOUNTS = [f"TH:004:99900199{n:02}" for n in range(10)]
PASSED_OVER = {"node.db", "node.db-wal", "node.db-shm"}
HOLDS_BY_RIGHT = {"receipts", "import", "index"}
LARGEST = 256 * 1024 * 1024


def forms(identifier: str) -> Iterator[bytes]:
    """Every spelling of an identifier that is looked for."""
    for text in (identifier, identifier.lstrip("+")):
        octets = text.encode()
        yield octets
        yield octets[::-1]
        yield octets.hex().encode()
        yield octets.hex().upper().encode()
        yield text.encode("utf-16-le")
        yield hashlib.sha256(octets).hexdigest().encode()
        yield hashlib.sha256(octets).digest()
        for shift in range(3):
            # The middle of base64 does not depend on what stands before and behind.
            encoded = base64.b64encode(bytes(shift) + octets + bytes(3))
            yield encoded[4 * bool(shift) : (shift + len(octets)) // 3 * 4]


NEEDLES = {form for one in PHONES + ACCOUNTS for form in forms(one)}


def leaks(root: Path) -> list[str]:
    """Name the files below a directory that hold a canary, without the canary."""
    found = []
    for path in sorted(root.rglob("*")):
        if path.name in PASSED_OVER or HOLDS_BY_RIGHT & set(path.relative_to(root).parts):
            continue
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            continue
        octets = path.read_bytes()
        if any(needle in octets for needle in NEEDLES):
            found.append(str(path.relative_to(root)))
    return found


def test_no_identifier_in_anything_the_suite_wrote() -> None:
    """Zero canaries in output, logs, metrics, temporary files and the coordinator's data."""
    root = os.environ.get("FEDQUERY_CANARY_DIR")
    if root is None:
        pytest.skip("there is no run to look at: `make test` names its directory")
    assert (Path(root) / "pytest.out").stat().st_size > 0
    assert [] == leaks(Path(root))


@pytest.mark.parametrize("form", range(len(list(forms(PHONES[0])))))
def test_the_search_finds_a_planted_canary(tmp_path: Path, form: int) -> None:
    """Every form of a canary that somebody writes is found."""
    planted = list(forms(PHONES[3]))[form]
    (tmp_path / "service.log").write_bytes(b"before " + planted + b" after")
    assert ["service.log"] == leaks(tmp_path)


def test_a_clean_directory_is_clean(tmp_path: Path) -> None:
    """The search does not cry wolf."""
    (tmp_path / "service.log").write_bytes(b'{"event":"ask","nation":"VN","ms":12}\n' * 100)
    assert [] == leaks(tmp_path)
