"""Compile the batch kernel when fedquery is installed, by `pip install .` or `pip install -e .`.

Where there is no C compiler, or none that understands the sources, the installation succeeds
without the kernel and libsodium computes alone; `fedquery doctor` says which it is. FEDQUERY_PURE=1
builds a wheel without it on purpose.
"""

import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SOURCES = Path("src/fedquery/oprf/kernel")
_MODULE = Path("src/fedquery/oprf/_native.abi3.so")
# No -march: each back end names its instructions and is called only where the processor has them.
# gcc's own vectors make the AVX2 back end a tenth slower. -g0: symbols would be ten times the code.
_FLAGS = ["-O3", "-g0", "-std=gnu11", "-fno-strict-aliasing", "-fvisibility=hidden"]
_FLAGS += ["-fno-tree-vectorize", "-fno-tree-slp-vectorize"]


class KernelHook(BuildHookInterface):  # type: ignore[type-arg] # hatchling gives it no argument here
    """Compile the kernel before the wheel, or the link of an editable installation, is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- the name is hatchling's
        """Compile, and say what is in the wheel."""
        target = Path(self.root) / _MODULE
        # A kernel of other sources must not stay behind.
        target.unlink(missing_ok=True)
        if os.environ.get("FEDQUERY_PURE") == "1":
            return
        try:
            self._compile(target)
        except Exception as error:  # noqa: BLE001 -- whatever a compiler did, libsodium is there
            self.app.display_warning(f"the batch kernel was not compiled: {error}")
            self.app.display_warning("libsodium computes alone, about nine times slower")
            return
        build_data["pure_python"] = False
        build_data["artifacts"].append(f"/{_MODULE}")
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"cp311-abi3-{platform}"

    def _compile(self, target: Path) -> None:
        from setuptools import Distribution, Extension  # noqa: PLC0415 -- not needed for a pure wheel

        folder = Path(self.root) / _SOURCES
        extension = Extension(
            "_native",
            sorted(str(path) for path in folder.glob("*.c")),
            depends=sorted(str(path) for path in folder.glob("*.h")),
            extra_compile_args=_FLAGS,
            extra_link_args=["-s"] if sys.platform == "linux" else [],
            py_limited_api=True,
        )
        distribution = Distribution({"name": "fedquery", "ext_modules": [extension]})
        with tempfile.TemporaryDirectory(prefix="fedquery-kernel-") as directory:
            command = distribution.get_command_obj("build_ext")
            command.build_lib = directory
            command.build_temp = directory
            command.ensure_finalized()
            command.run()
            (built,) = command.get_outputs()
            shutil.copyfile(built, target)
