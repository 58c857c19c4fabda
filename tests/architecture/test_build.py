"""The C sources are built where there is a compiler for them, and without a warning."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from setuptools import Distribution, Extension  # type: ignore[import-untyped]  # it has no types

from valence.export import quantize
from valence.fitting import sparse
from valence.inference.fused import encoder, library, weights
from valence.system.machine import INSTRUCTIONS

ROOT = Path(__file__).parents[2]
ENCODER = ROOT / "src" / "valence" / "inference" / "fused"
SOURCES = [*sorted(ENCODER.rglob("*.c")), ROOT / "src" / "valence" / "fitting" / "sparse.c"]


def test_both_were_built() -> None:
    """With the machine's compiler or the packaged one; a fit without its library is only slower."""
    assert library.load_library().functions is not None
    assert sparse._library() is not None


# Here, and on a processor for which only the portable kernels are compiled.
@pytest.mark.parametrize("elsewhere", [[], ["-DPORTABLE_ONLY"]], ids=["here", "elsewhere"])
@pytest.mark.parametrize("compiler", [name for name in ("cc", "clang") if shutil.which(name)])
def test_they_compile_without_a_warning(compiler: str, elsewhere: list[str], tmp_path: Path) -> None:
    command = [compiler, "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", *elsewhere]
    done = subprocess.run([*command, *SOURCES], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_library_is_of_these_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its version is part of the key of cached features, so it must be that of the code that computes them."""
    monkeypatch.chdir(ROOT)
    extension = runpy.run_path("setup.py")["extension"]("valence.inference.fused._encoder")
    ((_, version),) = extension.define_macros
    assert f'"{library.load_library().version}"' == version, "build again: python setup.py build_ext --inplace"
    assert {*map(Path, extension.depends)} == {*(path.relative_to(ROOT) for path in ENCODER.glob("*.h"))}


def test_a_version_is_of_the_code_and_not_of_its_comments() -> None:
    code_version = runpy.run_path(str(ROOT / "setup.py"))["code_version"]
    assert code_version(["int a; /* one\n two */\n"]) == code_version(["/* */ int a;"])
    assert len({code_version(texts) for texts in (["int a;"], ["int b;"], ["int a;", "int b;"])}) == 3


def test_every_status_of_the_c_code_has_a_message() -> None:
    (statuses,) = re.findall(r"enum \{ DONE, ([^}]*) \}", (ENCODER / "encoder.c").read_text())
    assert list(encoder.ERRORS) == list(range(1, len(statuses.split(",")) + 1))


def test_the_sets_of_instructions_have_the_same_order_in_c_and_python() -> None:
    (sets,) = re.findall(r"enum \{ (PORTABLE, [^}]*), SETS \}", (ENCODER / "kernels.h").read_text())
    assert [name.lower().replace("_", "-") for name in sets.split(", ")] == list(INSTRUCTIONS)


def test_c_python_and_the_export_agree_on_zero_points() -> None:
    (numbers,) = re.findall(
        r"enum \{ ZERO_POINT = (\d+), ZERO_POINT_AFTER_GELU = (\d+), LARGEST = 255 \}",
        (ENCODER / "network.h").read_text(),
    )
    assert tuple(map(int, numbers)) == (weights.ZERO_POINT, weights.ZERO_POINT_AFTER_GELU)
    assert (weights.ZERO_POINT, weights.ZERO_POINT_AFTER_GELU) == (quantize.ZERO_POINT, quantize.GELU_ZERO_POINT)


@pytest.mark.parametrize(
    ("machine", "tag"),
    [
        ("linux_aarch64", "manylinux_2_17_aarch64.musllinux_1_1_aarch64"),
        ("macosx_11_0_arm64", "macosx_11_0_arm64"),
    ],
)
def test_a_wheel_is_for_every_python_and_every_c_library(machine: str, tag: str) -> None:
    wheel = runpy.run_path(str(ROOT / "setup.py"))["Wheel"](Distribution({"ext_modules": [Extension("some", [])]}))
    wheel.plat_name = machine
    wheel.ensure_finalized()
    assert wheel.get_tag() == ("py3", "none", tag)


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux: other systems have one C library each")
@pytest.mark.parametrize("built", [ENCODER / "_encoder.so", Path(sparse.__file__).with_name("_sparse.so")])
def test_a_library_names_no_c_library(built: Path) -> None:
    code = built.read_bytes()
    assert b"valence_interface" in code
    assert b"GLIBC" not in code
    assert b"libc." not in code


def test_a_build_that_fails_says_what_to_do(tmp_path: Path) -> None:
    """It ends the installation: an engine that is missing would only show when a model is opened."""
    done = _setup("build_ext", "--build-temp", tmp_path, "--build-lib", tmp_path, "--force", CC="no-such-compiler")
    assert done.returncode != 0
    assert "no-such-compiler" in done.stderr
    assert "Install a C compiler (gcc or clang" in done.stderr
    assert not list(tmp_path.rglob("*.so"))


@pytest.mark.skipif(not shutil.which("cc"), reason="compares a machine that has a C compiler with one that has none")
def test_the_packaged_compiler_is_asked_for_only_where_the_machine_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["setup.py", "egg_info", "--egg-base", str(tmp_path)])
    asked: list[list[str]] = []
    monkeypatch.setattr("setuptools.setup", lambda **given: asked.append(given["setup_requires"]))
    for path in (os.environ["PATH"], str(tmp_path)):
        monkeypatch.setenv("PATH", path)
        runpy.run_path("setup.py", run_name="__main__")
    assert [[each.partition("==")[0] for each in needed] for needed in asked] == [[], ["ziglang"]]


def test_the_packaged_compiler_builds_for_every_processor_of_its_kind(tmp_path: Path) -> None:
    """A stand-in for it writes down how it is called: the real one is 100 MB."""
    (tmp_path / "ziglang.py").write_text("import sys; print('called', *sys.argv[1:]); sys.exit(1)")
    done = _setup("build_ext", "--build-temp", tmp_path, "--force", PATH=str(tmp_path), PYTHONPATH=str(tmp_path))
    assert "called cc -mcpu=baseline -fPIC" in done.stdout
    assert "-ffp-contract=off" in done.stdout
    assert "Install a C compiler (gcc or clang" in done.stderr


def _setup(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "setup.py", *map(str, arguments)]
    given = {name: value for name, value in os.environ.items() if name != "CC"} | environment
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
