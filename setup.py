"""Builds what is written in C; without a compiler, Python does its work instead. The rest is in pyproject.toml."""

import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

# Source -> the compiler's options beside the usual ones, and what happens without it.
SOURCES = {
    "src/valence/inference/fused/encoder.c": ([], "models run on onnxruntime"),
    # Without contraction, sums of products have the same last bit on every processor.
    "src/valence/fitting/sparse.c": (["-ffp-contract=off"], "heads with n-grams take longer to fit"),
}


class BuildOptional(build_ext):
    """Builds a source, or prints why it cannot be built."""

    def build_extension(self, ext: Extension) -> None:
        try:
            super().build_extension(ext)
        except Exception as error:
            (source,) = ext.sources
            name, without = source.rpartition("/")[2], SOURCES[source][1]
            print(f"warning: {name} was left out, so {without}: {error}", file=sys.stderr)  # noqa: T201
            raise  # setuptools skips an optional extension


def extension(source: str) -> Extension:
    """The module of a source: src/package/name.c becomes package._name."""
    package, _, name = source.removeprefix("src/").removesuffix(".c").replace("/", ".").rpartition(".")
    options = ["-std=gnu11", "-O3", "-fvisibility=hidden", *SOURCES[source][0]]
    return Extension(f"{package}._{name}", [source], extra_compile_args=options, optional=True)


setup(cmdclass={"build_ext": BuildOptional}, ext_modules=[extension(source) for source in SOURCES])
