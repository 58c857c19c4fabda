"""Builds the encoder in C. Without a compiler it is left out and onnxruntime is used. The rest is in pyproject.toml."""

import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext


class BuildEncoder(build_ext):
    """Builds the encoder, or prints why it cannot be built."""

    def build_extension(self, ext: Extension) -> None:
        try:
            super().build_extension(ext)
        except Exception as error:
            print(f"warning: encoder.c was left out, so models run on onnxruntime: {error}", file=sys.stderr)  # noqa: T201
            raise  # setuptools skips an optional extension


setup(
    cmdclass={"build_ext": BuildEncoder},
    ext_modules=[
        Extension(
            "valence.inference.fused._encoder",
            ["src/valence/inference/fused/encoder.c"],
            extra_compile_args=["-std=gnu11", "-O3", "-fvisibility=hidden"],
            optional=True,
        )
    ],
)
