"""The encoder in C; all else is in pyproject.toml. Without a C compiler it is left out, and onnxruntime does its work."""

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
