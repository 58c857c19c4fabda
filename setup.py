"""Builds what is written in C, with a packaged compiler where the machine has none. The rest is in pyproject.toml."""

import hashlib
import os
import re
import shlex
import shutil
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

ENCODER = Path("src/valence/inference/fused")
# Module -> its sources. Headers beside the sources are theirs.
MODULES = {
    "valence.inference.fused._encoder": [*sorted(ENCODER.glob("*.c")), *sorted(ENCODER.glob("sets/*.c"))],
    "valence.fitting._sparse": [Path("src/valence/fitting/sparse.c")],
}
# Without contraction, sums of products have the same last bit on every processor. No code here reads errno.
OPTIONS = ["-std=gnu11", "-O3", "-g0", "-fvisibility=hidden", "-ffp-contract=off", "-fno-math-errno"]
# The libraries name no C library: they find memcpy and the like in the Python that loads them, be it glibc's or musl's.
# Python's own options would add where it is installed on this machine.
LINK = ["-shared", "-nostdlib"]
# A C compiler as a package (clang), which pip fetches only for the build, and only if it is needed.
PACKAGED = "ziglang==0.17.1"


def compiler() -> str | None:
    """The machine's C compiler: the one that CC names, the one that built Python, or another; None if there is none."""
    if "CC" in os.environ:
        return os.environ["CC"]
    own = sysconfig.get_config_var("CC") or "cc"
    return next((each for each in (own, "cc", "gcc", "clang") if shutil.which(shlex.split(each)[0])), None)


class Wheel(bdist_wheel):
    """A wheel for every Python 3 and, on Linux, for every C library: its libraries are not modules of Python."""

    def get_tag(self) -> tuple[str, str, str]:
        _, _, platform = super().get_tag()
        if platform.startswith("linux_"):
            kind = platform.removeprefix("linux_")
            platform = f"manylinux_2_17_{kind}.musllinux_1_1_{kind}"
        return "py3", "none", platform


class Build(build_ext):
    """Builds with the machine's compiler or, without one, with the packaged one. A failure says what to do."""

    def get_ext_filename(self, fullname: str) -> str:
        return str(Path(*fullname.split(".")).with_suffix(".so"))

    def run(self) -> None:
        found = compiler()
        if found and found != sysconfig.get_config_var("CC"):
            os.environ["CC"] = found
        super().run()

    def build_extensions(self) -> None:
        if not compiler() and find_spec("ziglang"):
            self._use_packaged()
        elif sys.platform == "linux":
            self.compiler.set_executables(linker_so=[*self.compiler.compiler_so[:1], *LINK])
        super().build_extensions()

    def _use_packaged(self) -> None:
        # For any processor of this kind, and without a C library of its own: the symbols of Python's are there.
        caches = str(Path(self.build_temp, "zig").resolve())
        os.environ |= {"ZIG_GLOBAL_CACHE_DIR": caches, "ZIG_LOCAL_CACHE_DIR": caches}
        run = [sys.executable, "-m", "ziglang", "cc"]
        self.compiler.set_executables(compiler_so=[*run, "-mcpu=baseline", "-fPIC"], linker_so=[*run, *LINK])

    def build_extension(self, ext: Extension) -> None:
        try:
            super().build_extension(ext)
        except Exception as error:
            raise SystemExit(
                f"The C code of Valence ({ext.name}) can't be built: {error}\n"
                f"Install a C compiler (gcc or clang, with the headers of the C library) and install Valence again."
            ) from error


def extension(module: str) -> Extension:
    sources = MODULES[module]
    headers = sorted({header for source in sources for header in source.parent.glob("*.h")})
    version = code_version([file.read_text("utf-8") for file in (*sources, *headers)])
    return Extension(
        module,
        [str(source) for source in sources],
        depends=[str(header) for header in headers],
        define_macros=[("CODE_VERSION", f'"{version}"')],
        extra_compile_args=OPTIONS,
    )


def code_version(texts: list[str]) -> str:
    """Twelve hex digits of what the compiler sees of C sources, without comments and layout.

    What was computed with a library is kept only for a library with the same version.
    """
    code = (re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL) for text in texts)
    return hashlib.sha256("\n".join(" ".join(each.split()) for each in code).encode()).hexdigest()[:12]


if __name__ == "__main__":
    setup(
        cmdclass={"build_ext": Build, "bdist_wheel": Wheel},
        ext_modules=[extension(module) for module in MODULES],
        # pip asks for these (by egg_info) before it builds, and installs them where only the build sees them.
        setup_requires=[PACKAGED] if "egg_info" in sys.argv and not compiler() else [],
    )
