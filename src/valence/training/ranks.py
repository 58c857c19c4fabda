"""The processes of a training run: usually one, or several that torchrun started, each with a GPU of its own.

Every process reads the same data and takes its share of each batch. Only the first one writes, tests and prints.
torch is imported only when several processes have to wait for each other.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from valence.system.errors import SettingsError

if TYPE_CHECKING:
    from accelerate import PartialState

    from valence.encoder.precision import Precision

_PATIENCE = timedelta(days=1)  # the others wait while the first one tests; if it fails, torchrun stops them at once


def is_first() -> bool:
    """Whether this process writes and prints; a single process does. From torchrun's environment variables."""
    return int(os.environ.get("RANK", "0")) == 0


def count() -> int:
    """Number of processes in the run."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def wait() -> None:
    """Waits until every process of the run has called this."""
    from accelerate import PartialState

    PartialState().wait_for_everyone()


def share_of(batch_size: int) -> int:
    """Texts of one optimiser step that each process takes. Raises SettingsError if they can't be shared evenly."""
    share, remainder = divmod(batch_size, count())
    if remainder or not share:
        raise SettingsError(
            f"--batch-size {batch_size} can't be shared evenly by {count()} processes.",
            hint=f"Give a multiple of {count()}.",
            code="batch-not-shared",
        )
    return share


def check_alone(command: str) -> None:
    """Raises SettingsError in a run of several processes, each of which would write the same folder."""
    if count() > 1:
        raise SettingsError(
            f"{command} runs in one process, and torchrun started {count()}.",
            hint=f"Run `{command}` without torchrun; only `valence pretrain` can use several processes.",
            code="several-processes",
        )


@contextmanager
def together(precision: Precision) -> Iterator[PartialState]:
    """Joins the other processes; all of them leave the block when the first one has reached its end."""
    from accelerate import PartialState

    on_cpu = precision.device == "cpu"
    backend = {"backend": "gloo"} if on_cpu and count() > 1 else {}
    state = PartialState(cpu=on_cpu, timeout=_PATIENCE, **backend)
    yield state
    state.wait_for_everyone()
    if count() > 1:
        state.destroy_process_group()
