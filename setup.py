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
from setuptools.command.build_ext import build_ext

ENCODER = Path("src/valence/inference/fused")
# Module -> its sources. Headers beside the sources are theirs.
MODULES = {
    "valence.inference.fused._encoder": [*sorted(ENCODER.glob("*.c")), *sorted(ENCODER.glob("sets/*.c"))],
    "valence.fitting._sparse": [Path("src/valence/fitting/sparse.c")],
}
# Without contraction, sums of products have the same last bit on every processor. No code here reads errno.
OPTIONS = ["-std=gnu11", "-O3", "-g0", "-fvisibility=hidden", "-ffp-contract=off", "-fno-math-errno"]
# A C compiler as a package (clang), which pip fetches only for the build, and only if it is needed.
PACKAGED = "ziglang==0.17.1"


def compiler() -> str | None:
    """The machine's C compiler: the one that CC names, the one that built Python, or another; None if there is none."""
    if "CC" in os.environ:
        return os.environ["CC"]
    own = sysconfig.get_config_var("CC") or "cc"
    return next((each for each in (own, "cc", "gcc", "clang") if shutil.which(shlex.split(each)[0])), None)


class Build(build_ext):
    """Builds with the machine's compiler or, without one, with the packaged one. A failure says what to do."""

    def run(self) -> None:
        found = compiler()
        if found and found != sysconfig.get_config_var("CC"):
            os.environ["CC"] = found
        super().run()

    def build_extensions(self) -> None:
        if not compiler() and find_spec("ziglang"):
            self._use_packaged()
        super().build_extensions()

    def _use_packaged(self) -> None:
        # For any processor of this kind, and without a C library of its own: the symbols of Python's are there.
        caches = str(Path(self.build_temp, "zig").resolve())
        os.environ |= {"ZIG_GLOBAL_CACHE_DIR": caches, "ZIG_LOCAL_CACHE_DIR": caches}
        run = [sys.executable, "-m", "ziglang", "cc"]
        self.compiler.set_executables(
            compiler_so=[*run, "-mcpu=baseline", "-fPIC"], linker_so=[*run, "-shared", "-nostdlib"]
        )

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
        cmdclass={"build_ext": Build},
        ext_modules=[extension(module) for module in MODULES],
        # pip asks for these (by egg_info) before it builds, and installs them where only the build sees them.
        setup_requires=[PACKAGED] if "egg_info" in sys.argv and not compiler() else [],
    )
