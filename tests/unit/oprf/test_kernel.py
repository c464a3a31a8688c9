"""The kernel's C sources under valgrind, sanitizers and bound checks, each with its bad twin."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fedquery.oprf.kernel import constants

_ROOT = Path(__file__).parents[3]
_KERNEL = _ROOT / "src" / "fedquery" / "oprf" / "kernel"
_HARNESS = _ROOT / "tests" / "kernel" / "harness.c"
# As hatch_build.py compiles it, but with symbols, in a form that valgrind reads from clang too.
_FLAGS = ["-O3", "-g1", "-gdwarf-4", "-std=gnu11", "-fno-strict-aliasing", "-fno-tree-vectorize"]
_FLAGS += ["-fno-tree-slp-vectorize", "-Wno-psabi"]
_BACKENDS = {
    "portable": ("backend_portable.c", []),
    "avx2": ("backend_avx2.c", []),
    # Not the code that is shipped, but its source: how it is compiled is of no matter here.
    # Lines of so many inlined lanes would take gcc minutes.
    "emulated": ("backend_ifma.c", ["-DFEDQUERY_EMULATED", "-O1", "-g0"]),
}
# What valgrind and the older sanitizers do not know.
_IFMA = {"ifma": ("backend_ifma.c", [])}
_CC = shutil.which(os.environ.get("CC", "cc"))

pytestmark = pytest.mark.skipif(_CC is None, reason="there is no C compiler")


# What a processor must have to run them, as Linux writes it.
_NEEDS = {"avx2": "avx2", "ifma": "avx512ifma"}
# For harness.c: clang ends what a back end says of itself with its file.
_TARGETS = {
    "avx2": ["-mavx2"],
    "ifma": [f"-mavx512{each}" for each in ("f", "dq", "bw", "vl", "ifma")] + ["-mbmi2"],
}
_SHIPPED = ["portable", "avx2", "ifma"]


def _runs(backend):
    try:
        return _NEEDS.get(backend, "") in Path("/proc/cpuinfo").read_text(encoding="ascii")
    except OSError:
        return backend not in _NEEDS


def _build(tmp_path, backend, *flags, kernel=_KERNEL):
    if not _runs(backend):
        pytest.skip("this processor cannot run this back end")
    source, more = (_BACKENDS | _IFMA)[backend]
    more = [*more, *_TARGETS.get(backend, ())]
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
    "early refusal": (
        "scalar.c",
        "        canonical &= minus_order(&less, &a);\n",
        "        canonical &= minus_order(&less, &a);\n        if (!canonical) return 0;\n",
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


def _elements(limbs):
    """Give the values of four elements, from the limbs of the one or the other radix."""
    count = len(limbs) // 4
    bits = [51 * at if count == 5 else (51 * at + 1) // 2 for at in range(count)]
    return [
        sum(limb << bit for limb, bit in zip(limbs[at : at + count], bits, strict=True))
        for at in range(0, len(limbs), count)
    ]


def _add_products(zz, p, plus, minus, t2d):
    a, b, c = (p[1] - p[0]) * minus, (p[1] + p[0]) * plus, p[3] * t2d
    e, f, g, h = b - a, zz - c, zz + c, b + a
    return [e * f, g * h, f * g, e * h]


def _computed(x, negative):
    """Compute what harness.c computes of four elements, in Python's integers."""
    a, b, c = x[0] ** 2, x[1] ** 2, 2 * x[2] ** 2
    e, f, g, h = 2 * x[0] * x[1], c + a - b, b - a, a + b
    given = [x[0] * x[1], x[0] ** 2, x[0] + x[1], x[0] - x[1], e * f, g * h, f * g, e * h]
    for zz, plus, minus, t2d in ((x[2] * x[3], x[1], x[2], x[0]), (2 * x[2], x[3], x[0], x[1])):
        if negative:
            given += _add_products(zz, x, minus, plus, -t2d)
        else:
            given += _add_products(zz, x, plus, minus, t2d)
    return [value % constants.P for value in given]


def _disagreements(program):
    """Count the results that are not what Python computes, and tell whether limbs grew."""
    ended = _run(str(program), "limbs")
    wrong = 0
    for number, line in enumerate(ended.stdout.splitlines()):
        words = [int(word, 16) for word in line.split()]
        limbs, results = words[:-16], words[-16:]
        wrong += results != _computed(_elements(limbs), number % 2)
    return wrong, ended.returncode


@pytest.mark.parametrize("backend", _SHIPPED)
def test_arithmetic_from_limbs_at_their_bounds(tmp_path, backend) -> None:
    """As compiled, products, sums and points from the largest limbs are those of integers."""
    assert (0, 0) == _disagreements(_build(tmp_path, backend))


_OVERFLOWS = {
    "bias of a wide difference": ("avx2", "field_avx2.h", "LIMB_OF_P(i, 35)", "LIMB_OF_P(i, 33)"),
    "bias of a difference": ("portable", "field_portable.h", "(LIMB_MASK << 2)", "LIMB_MASK"),
    "a carry too few": (
        *("portable", "field_portable.h", "    r1 += r0 >> 51;\n    r0 &= LIMB_MASK;\n"),
        "",
    ),
    "p itself": ("avx2", "field_avx2.h", "SHR(ADD(a->v[0], ALL(19)), 26)", "SHR(a->v[0], 26)"),
}


@pytest.mark.parametrize("fault", _OVERFLOWS.values(), ids=_OVERFLOWS)
def test_faults_at_the_bounds_are_seen(tmp_path, fault) -> None:
    """The check above sees a bias or a carry that is wrong for the rarest limbs."""
    backend, *change = fault
    program = _build(tmp_path, backend, kernel=_changed(tmp_path, *change))
    assert (0, 0) != _disagreements(program)


@pytest.mark.parametrize("backend", [*_SHIPPED, "emulated"])
def test_no_traces_of_secrets_are_left(tmp_path, backend) -> None:
    """After a call the stack, the vector registers and freed memory hold nothing of it."""
    ended = _run(str(_build(tmp_path, backend)), "traces")
    assert 0 == ended.returncode, ended.stdout


_TRACES = {
    "stack": ("table.h", "    wipe_stack();\n", ""),
    "registers": ("table.h", "    wipe_registers();\n", ""),
    "memory": ("batch.h", "    explicit_wipe(w, sizeof *w);\n", ""),
    "depth": ("wipe.h", "#define TRACES_DEPTH 49152", "#define TRACES_DEPTH 2048"),
}


@pytest.mark.parametrize("fault", _TRACES.values(), ids=_TRACES)
def test_traces_that_are_left_are_seen(tmp_path, fault) -> None:
    """The check above sees what is not overwritten, or not deep enough."""
    ended = _run(str(_build(tmp_path, "portable", kernel=_changed(tmp_path, *fault))), "traces")
    assert 1 == ended.returncode, ended.stdout


def test_every_call_of_a_back_end_wipes_its_traces() -> None:
    """module.c calls a back end through COMPUTE alone, and wipes after scalars."""
    text = (_KERNEL / "module.c").read_text(encoding="ascii")
    calls = re.findall(r"(?s)(.{17})\bb->(\w+)\(", text)
    assert {"multiply", "from_uniform", "expand", "finalize", "derive"} <= {c for _, c in calls}
    for before, call in calls:
        assert call == "wipe_traces" or re.search(r"COMPUTE\((result = )?$", before), call
    scalars = len(re.findall(r"scalar_\w+\(memory_of|operation\(memory_of", text))
    assert scalars + 1 == text.count("wipe_stack();")


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
