"""The kernel's C sources under valgrind, sanitizers and bound checks, each with its bad twin."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
_KERNEL = _ROOT / "src" / "fedquery" / "oprf" / "kernel"
_HARNESS = _ROOT / "tests" / "kernel" / "harness.c"
# As hatch_build.py compiles it, but with symbols.
_FLAGS = ["-O3", "-g1", "-std=gnu11", "-fno-strict-aliasing", "-fno-tree-vectorize"]
_FLAGS += ["-fno-tree-slp-vectorize", "-Wno-psabi"]
_BACKENDS = {
    "portable": ("backend_portable.c", []),
    "avx2": ("backend_avx2.c", []),
    # Not the code that is shipped, but its source: how it is compiled is of no matter here.
    "emulated": ("backend_ifma.c", ["-DFEDQUERY_EMULATED", "-O1"]),
}
_CC = shutil.which(os.environ.get("CC", "cc"))

pytestmark = pytest.mark.skipif(_CC is None, reason="there is no C compiler")


def _runs_avx2():
    try:
        return "avx2" in Path("/proc/cpuinfo").read_text(encoding="ascii")
    except OSError:
        return False


def _build(tmp_path, backend, *flags, kernel=_KERNEL):
    if backend == "avx2" and not _runs_avx2():
        pytest.skip("this processor has no AVX2")
    source, more = _BACKENDS[backend]
    program = tmp_path / backend
    built = subprocess.run(
        [
            *(_CC, *_FLAGS, *more, *flags, f"-I{kernel}", f'-DBACKEND_SOURCE="{source}"'),
            *(str(_HARNESS), str(kernel / "scalar.c"), "-o", str(program), "-lm"),
        ],
        capture_output=True,
        check=False,
        text=True,
    )
    assert 0 == built.returncode, built.stderr
    return program


def _run(*command):
    return subprocess.run(command, capture_output=True, check=False, text=True)


def _valgrind(program):
    if shutil.which("valgrind") is None or not Path("/usr/include/valgrind").is_dir():
        pytest.skip("valgrind or its headers are not installed")
    return _run("valgrind", "--quiet", "--error-exitcode=9", str(program), "secrets")


def _changed(tmp_path, file, old, new):
    """Copy the sources with one line changed."""
    copy = tmp_path / "kernel"
    shutil.copytree(_KERNEL, copy)
    text = (copy / file).read_text(encoding="ascii")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="ascii")
    return copy


@pytest.mark.parametrize("backend", _BACKENDS)
def test_no_branch_and_no_address_depends_on_a_secret(tmp_path, backend) -> None:
    """Keys, blinds and inputs are poisoned: valgrind follows them through every operation."""
    ended = _valgrind(_build(tmp_path, backend, "-DWITH_VALGRIND"))
    assert 0 == ended.returncode, ended.stderr[-3000:]


_LEAKS = {
    "skipped digit": (
        "point.h",
        "        select_row(&l->row",
        "        if (!digits[at * LANES]) continue;\n        select_row(&l->row",
    ),
    "row by address": (
        "point.h",
        "    *r = t;\n}\n\n/* Mul",
        "    *r = table[MASK_BITS(digit_equals(magnitude, 3)) & 1];\n}\n\n/* Mul",
    ),
    "early end": (
        "scalar.c",
        "    return below_order(&r, (uint64_t)c);\n",
        "    if (r.w[0] & 1) return r;\n    return below_order(&r, (uint64_t)c);\n",
    ),
}


@pytest.mark.parametrize("leak", _LEAKS.values(), ids=_LEAKS)
def test_planted_leaks_are_seen(tmp_path, leak) -> None:
    """The check above sees a skipped zero digit, a table read by its address, an early end."""
    kernel = _changed(tmp_path, *leak)
    ended = _valgrind(_build(tmp_path, "portable", "-DWITH_VALGRIND", kernel=kernel))
    assert 9 == ended.returncode
    assert "uninitialised" in ended.stderr


def test_limbs_keep_their_bounds(tmp_path) -> None:
    """From limbs at their bounds the IFMA source never exceeds 52 or 64 bits, nor goes below 0."""
    program = _build(tmp_path, "emulated", "-DFEDQUERY_COUNT_BOUNDS")
    ended = _run(str(program), "bounds")
    assert 0 == ended.returncode, ended.stdout


def test_broken_bounds_are_counted(tmp_path) -> None:
    """The check above counts a bias that is too small."""
    kernel = _changed(tmp_path, "field_ifma.h", "ALL(LIMB_MASK << 10)", "ALL(LIMB_MASK << 5)")
    program = _build(tmp_path, "emulated", "-DFEDQUERY_COUNT_BOUNDS", kernel=kernel)
    ended = _run(str(program), "bounds")
    assert 1 == ended.returncode


@pytest.mark.parametrize("backend", _BACKENDS)
def test_sanitizers_find_nothing(tmp_path, backend) -> None:
    """Every batch size runs under AddressSanitizer and UndefinedBehaviorSanitizer."""
    # UndefinedBehaviorSanitizer takes a minute to compile the emulated lanes, and the other two
    # share all of the source but their fields.
    kinds = "address" if backend == "emulated" else "address,undefined"
    program = _build(tmp_path, backend, "-O1", f"-fsanitize={kinds}", "-fno-sanitize-recover=all")
    ended = _run(str(program), "sizes")
    assert 0 == ended.returncode, ended.stderr[-3000:]


def test_the_sanitizers_see_a_tail_that_is_not_padded(tmp_path) -> None:
    """The check above sees a tail that is read past its end."""
    kernel = _changed(
        tmp_path,
        "batch.h",
        "recode_group(w, scalars + 32 * first, smaller(count - first, LANES), 0)",
        "recode_group(w, scalars + 32 * first, LANES, 0)",
    )
    program = _build(tmp_path, "emulated", "-fsanitize=address", kernel=kernel)
    ended = _run(str(program), "sizes")
    assert 0 != ended.returncode
    assert "heap-buffer-overflow" in ended.stderr


def test_constants_are_what_the_curve_gives() -> None:
    """The header of constants is the one that its program computes."""
    run = subprocess.run(
        [sys.executable, "-c", "import constants; print(constants.text(), end='')"],
        cwd=_KERNEL,
        capture_output=True,
        check=True,
        text=True,
    )
    assert (_KERNEL / "constants.h").read_text(encoding="ascii") == run.stdout
