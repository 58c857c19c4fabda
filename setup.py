"""Builds what is written in C; without a compiler, Python does its work instead. The rest is in pyproject.toml."""

import hashlib
import re
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ENCODER = Path("src/valence/inference/fused")
# Module -> its sources, and what happens without it. Headers beside the sources are theirs.
MODULES = {
    "valence.inference.fused._encoder": (
        [*sorted(ENCODER.glob("*.c")), *sorted(ENCODER.glob("sets/*.c"))],
        "encoder.c was left out, so models run on onnxruntime",
    ),
    "valence.fitting._sparse": (
        [Path("src/valence/fitting/sparse.c")],
        "sparse.c was left out, so heads with n-grams take longer to fit",
    ),
}
# Without contraction, sums of products have the same last bit on every processor. No code here reads errno.
OPTIONS = ["-std=gnu11", "-O3", "-g0", "-fvisibility=hidden", "-ffp-contract=off", "-fno-math-errno"]


class BuildOptional(build_ext):
    """Builds a module, or prints why it cannot be built."""

    def build_extension(self, ext: Extension) -> None:
        try:
            super().build_extension(ext)
        except Exception as error:
            print(f"warning: {MODULES[ext.name][1]}: {error}", file=sys.stderr)  # noqa: T201
            raise  # setuptools skips an optional extension


def extension(module: str) -> Extension:
    sources = MODULES[module][0]
    headers = sorted({header for source in sources for header in source.parent.glob("*.h")})
    version = code_version([file.read_text("utf-8") for file in (*sources, *headers)])
    return Extension(
        module,
        [str(source) for source in sources],
        depends=[str(header) for header in headers],
        define_macros=[("CODE_VERSION", f'"{version}"')],
        extra_compile_args=OPTIONS,
        optional=True,
    )


def code_version(texts: list[str]) -> str:
    """Twelve hex digits of what the compiler sees of C sources, without comments and layout.

    What was computed with a library is kept only for a library with the same version.
    """
    code = (re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL) for text in texts)
    return hashlib.sha256("\n".join(" ".join(each.split()) for each in code).encode()).hexdigest()[:12]


if __name__ == "__main__":
    setup(cmdclass={"build_ext": BuildOptional}, ext_modules=[extension(module) for module in MODULES])
