"""What runs a body: encoder.c, whose errors become a ModelFolderError here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from valence.inference.fused.encoder import open_fused
from valence.inference.fused.library import instructions_to_use, load_library
from valence.inference.windows import Ints
from valence.model.head import Floats
from valence.system.errors import ModelFolderError
from valence.system.machine import Instructions


class Runtime(Protocol):
    """Runs windows through the network. Safe to share between threads.

    Attributes:
        readouts: name -> width.
        name: its name and the version of its arithmetic. Two names mean features that differ in their last bits.
        instructions: what it computes with: those of encoder.c. They have no influence on features.
    """

    readouts: dict[str, int]
    name: str
    instructions: str

    def run(self, windows: Sequence[Ints], readout: str) -> Floats:
        """Features of shape (windows, width), of windows with their special tokens; runs in the caller's thread."""

    def run_all(self, windows: Sequence[Ints]) -> dict[str, Floats]:
        """The features of every readout by its name, in one pass through the network."""


class _ErrorsMapped:
    """A runtime whose errors name the file and say what to do."""

    def __init__(self, path: Path, runtime: Runtime) -> None:
        self._path, self._runtime = path, runtime
        self.readouts = runtime.readouts
        self.name = runtime.name
        self.instructions = runtime.instructions

    def run(self, windows: Sequence[Ints], readout: str) -> Floats:
        try:
            return self._runtime.run(windows, readout)
        except ValueError as error:
            raise _damaged(self._path, error) from error

    def run_all(self, windows: Sequence[Ints]) -> dict[str, Floats]:
        try:
            return self._runtime.run_all(windows)
        except ValueError as error:
            raise _damaged(self._path, error) from error


def open_runtime(path: Path, instructions: Instructions | None = None) -> Runtime:
    """Opens the file of a body.

    Args:
        path: the file.
        instructions: that encoder.c computes with; by default those of VALENCE_INSTRUCTIONS, else the fastest.

    Raises ModelFolderError if the file cannot be run, EngineMissingError if encoder.c was not built, and SettingsError
    for instructions that this computer does not have.
    """
    try:
        return _ErrorsMapped(path, open_fused(path, instructions))
    except (OSError, MemoryError, ValueError) as error:
        raise _damaged(path, error) from error


def runtime_of_this_machine() -> str:
    """What runs models on this machine, in words. Raises SettingsError as `open_runtime` does."""
    library = load_library()
    if library.missing:
        return f"nothing yet, because {library.missing}"
    return f"encoder.c with {instructions_to_use(library)} (this computer has: {', '.join(library.instructions)})"


def _damaged(path: Path, error: Exception) -> ModelFolderError:
    return ModelFolderError(
        f"{path} cannot be run: {error}.",
        hint=f"Copy it again, or make it again with `valence export --model {path.parent} --overwrite`.",
        code="model-damaged",
    )
