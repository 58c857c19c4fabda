"""The processes of one training run: alone, or one of several that torchrun started, each with a GPU of its own.

Every process reads the same data and takes its share of each batch. The first one alone writes, tests and speaks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from accelerate import PartialState

from valence.encoder.precision import Precision
from valence.errors import SettingsError

_PATIENCE = timedelta(days=1)  # the others wait while the first one tests; if it fails, torchrun ends them at once


def is_first() -> bool:
    """Whether this process is the one that writes and speaks; a process alone is. By torchrun's variables."""
    return int(os.environ.get("RANK", "0")) == 0


def count() -> int:
    """Processes in the run."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def wait() -> None:
    """Until every process of the run has come here."""
    PartialState().wait_for_everyone()


def share_of(batch_size: int) -> int:
    """Texts of one optimiser step that each process takes. Raises SettingsError if they cannot be shared evenly."""
    each, left = divmod(batch_size, count())
    if left or not each:
        raise SettingsError(
            f"--batch-size {batch_size} cannot be shared evenly by {count()} processes.",
            way_out=f"Give a multiple of {count()}.",
            code="batch-not-shared",
        )
    return each


def check_alone(command: str) -> None:
    """Raises SettingsError in a run of several processes, each of which would write the same folder."""
    if count() > 1:
        raise SettingsError(
            f"{command} is for one process, and torchrun started {count()}.",
            way_out=f"Run `{command}` by itself; `valence pretrain` is what several processes share.",
            code="several-processes",
        )


@contextmanager
def together(precision: Precision) -> Iterator[PartialState]:
    """Joins the other processes for the block; all of them leave it when the first one has come to its end."""
    on_cpu = precision.device == "cpu"
    backend = {"backend": "gloo"} if on_cpu and count() > 1 else {}
    state = PartialState(cpu=on_cpu, timeout=_PATIENCE, **backend)
    yield state
    state.wait_for_everyone()
    if count() > 1:
        state.destroy_process_group()
