"""Compare the kernel's times for fixed and for random scalars; not part of `make test`.

make timing

For each back end that this processor runs: Welch's t of a sparse scalar, of one whose digits are
all -8, and of a random one against random ones (|t| above 4.5 says that the times differ), and the
same of a twin in which a leak was planted, which must be seen. On a busy machine run it again.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).parent
_KERNEL = _HERE.parents[1] / "src" / "fedquery" / "oprf" / "kernel"
_FLAGS = ["-O3", "-std=gnu11", "-fno-strict-aliasing", "-fno-tree-vectorize"]
_FLAGS += ["-fno-tree-slp-vectorize", "-w"]
_LINE = "        select_row(&l->row"
_LEAK = "        if (!digits[at * LANES]) continue;\n" + _LINE


def main() -> int:
    """Run it."""
    cpu = Path("/proc/cpuinfo").read_text(encoding="ascii")
    failed = False
    for name, feature in (("ifma", "avx512ifma"), ("avx2", "avx2"), ("portable", "")):
        if feature not in cpu:
            print(f"{name:9} skipped: this processor cannot run it")  # noqa: T201 -- a program
            continue
        with tempfile.TemporaryDirectory() as directory:
            differs, shown = _run(name, _KERNEL, Path(directory))
            twin = Path(directory) / "kernel"
            shutil.copytree(_KERNEL, twin)
            text = (twin / "point.h").read_text(encoding="ascii")
            (twin / "point.h").write_text(text.replace(_LINE, _LEAK), encoding="ascii")
            seen, control = _run(name, twin, Path(directory))
        print(f"{name:9} t = {shown}; with a planted leak {control}")  # noqa: T201 -- a program
        failed |= differs or not seen
    return int(failed)


def _run(name: str, kernel: Path, directory: Path) -> tuple[bool, str]:
    program = directory / "harness"
    source = f'-DBACKEND_SOURCE="backend_{name}.c"'
    subprocess.run(
        [
            *("cc", *_FLAGS, f"-I{kernel}", source, str(_HERE / "harness.c")),
            *(str(kernel / "scalar.c"), "-o", str(program), "-lm"),
        ],
        check=True,
    )
    ended = subprocess.run([str(program), "times"], capture_output=True, check=False, text=True)
    return ended.returncode != 0, ended.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
