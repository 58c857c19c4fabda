"""setuptools, and on a machine without a C compiler the one that the package ziglang brings, for the encoder in C."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (  # noqa: F401 - what a build front end looks for here
    build_sdist,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

_ZIG = "ziglang==0.17.1"


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    return [*build_meta.get_requires_for_build_wheel(config_settings), *_compiler()]


def get_requires_for_build_editable(config_settings: Any = None) -> list[str]:
    return [*build_meta.get_requires_for_build_editable(config_settings), *_compiler()]


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    _name_compiler()
    return build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    _name_compiler()
    return build_meta.build_editable(wheel_directory, config_settings, metadata_directory)


def _compiler() -> list[str]:
    there = os.environ.get("CC") or any(map(shutil.which, ("cc", "gcc", "clang")))
    return [] if there or sys.platform == "win32" else [_ZIG]


def _name_compiler() -> None:
    if _compiler():
        # For any processor of this kind, not for this machine's alone.
        os.environ["CC"] = f"{sys.executable} -m ziglang cc -mcpu=baseline"
