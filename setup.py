"""The encoder in C; without a compiler it is left out, and onnxruntime does its work. All else is in pyproject.toml."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "valence.inference.fused._encoder",
            ["src/valence/inference/fused/encoder.c"],
            extra_compile_args=["-std=gnu11", "-O3", "-fvisibility=hidden"],
            optional=True,
        )
    ]
)
