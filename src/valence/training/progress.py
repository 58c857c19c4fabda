"""What a training run shows: one bar on a terminal, and one line for each validation pass."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.utils import logging as library

log = logging.getLogger(__name__)

_SHOWN = {"loss": "loss", "accuracy": "accuracy", "micro_f1": "micro F1"}


class Progress(TrainerCallback):  # type: ignore[misc]  # its package has no types
    """Takes the place of the Trainer's own bars and of the dicts that it prints."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None

    def on_train_begin(self, _args: TrainingArguments, state: TrainerState, _control: TrainerControl, **_: Any) -> None:
        if state.is_world_process_zero:
            self._bar = tqdm(
                total=state.max_steps, initial=state.global_step, desc="training", unit="step", disable=None
            )

    def on_step_end(self, _args: TrainingArguments, state: TrainerState, _control: TrainerControl, **_: Any) -> None:
        if self._bar is not None:
            self._bar.update(state.global_step - self._bar.n)

    def on_evaluate(
        self,
        _args: TrainingArguments,
        state: TrainerState,
        _control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        if self._bar is None or not metrics:
            return
        with logging_redirect_tqdm():  # above the bar, not beside it
            log.info("Step %d of %d: validation %s.", state.global_step, state.max_steps, in_words(metrics))

    def on_train_end(self, _args: TrainingArguments, _state: TrainerState, _control: TrainerControl, **_: Any) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@contextmanager
def without_library_bars() -> Iterator[None]:
    """Hides transformers' own bars, such as one for each file that it writes; a download outside keeps its own."""
    shown = library.is_progress_bar_enabled()
    library.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            library.enable_progress_bar()


def in_words(metrics: dict[str, float]) -> str:
    """The figures of one validation pass; of several sets, each by its name.

    >>> in_words({"eval_loss": 0.70711, "eval_accuracy": 0.5, "eval_runtime": 0.1})
    'loss 0.7071, accuracy 0.5000'
    >>> in_words({"eval_imdb_loss": 0.3, "eval_imdb_runtime": 0.1})
    'imdb loss 0.3000'
    """
    found = []
    for key, value in metrics.items():
        name = key.removeprefix("eval_")
        shown = next((figure for figure in _SHOWN if name == figure or name.endswith(f"_{figure}")), None)
        if shown:
            of = name.removesuffix(shown).strip("_")
            found.append(f"{of} {_SHOWN[shown]} {value:.4f}".strip())
    return ", ".join(found)
