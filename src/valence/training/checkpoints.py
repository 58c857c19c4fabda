"""Checkpoints that are used only if they are complete.

transformers writes a checkpoint file by file into its place, so a killed run can leave an incomplete one. A complete
one has a list of its files, written last.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from valence.system.files import write_json
from valence.training import ranks

_LIST = "complete.json"  # file -> bytes
_STATE = "trainer_state.json"


class MarkComplete(TrainerCallback):  # type: ignore[misc]  # its package has no types
    """Writes the list of a checkpoint's files once all processes have written theirs."""

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:  # noqa: ARG002
        ranks.wait()
        if ranks.is_first():
            mark(Path(str(args.output_dir)) / f"checkpoint-{state.global_step}")


def mark(checkpoint: Path) -> None:
    """Marks the checkpoint as complete."""
    write_json(checkpoint / _LIST, _sizes(checkpoint))


def last_complete(folder: Path) -> Path | None:
    """The newest complete checkpoint whose best checkpoint so far is complete too; None if there is none."""
    steps = {int(path.name.partition("-")[2]): path for path in folder.glob("checkpoint-*")}
    return next((steps[step] for step in sorted(steps, reverse=True) if _is_usable(steps[step])), None)


def _is_usable(checkpoint: Path) -> bool:
    if not _is_complete(checkpoint):
        return False
    best = json.loads((checkpoint / _STATE).read_text("utf-8")).get("best_model_checkpoint")
    return best is None or _is_complete(Path(best))


def _is_complete(checkpoint: Path) -> bool:
    try:
        listed = json.loads((checkpoint / _LIST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(listed) and listed == _sizes(checkpoint)


def _sizes(checkpoint: Path) -> dict[str, int]:
    return {
        path.name: path.stat().st_size for path in sorted(checkpoint.iterdir()) if path.is_file() and path.name != _LIST
    }
