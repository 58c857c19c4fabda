"""The order of the training texts: batches of similar length, which depend only on the seed and the epoch.

transformers draws the order of every epoch from one stream of random numbers. A run that is resumed in its second epoch
or later would be at another place in that stream: it would read some texts twice and others not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch.utils.data import Sampler
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_pt_utils import get_length_grouped_indices


class GroupedByLength(Sampler[int]):
    """Row numbers, shuffled, with rows of similar length in one batch; the same for the same seed and epoch."""

    def __init__(self, lengths: Sequence[int], batch_size: int, *, seed: int) -> None:
        self._lengths, self._batch_size, self._seed = list(lengths), batch_size, seed
        self.epoch = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self._seed + self.epoch)
        return iter(get_length_grouped_indices(self._lengths, self._batch_size, generator=generator))


class _TellEpoch(TrainerCallback):  # type: ignore[misc]  # its package has no types
    def __init__(self, sampler: GroupedByLength) -> None:
        self._sampler = sampler

    def on_epoch_begin(
        self,
        args: TrainingArguments,  # noqa: ARG002 - the Trainer gives it
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        train_dataloader: Any = None,
        **_: Any,
    ) -> None:
        self._sampler.epoch = state.global_step // len(train_dataloader)  # a step is one batch of each process


class OrderedTrainer(Trainer):  # type: ignore[misc]
    """The Trainer with this order."""

    def _get_train_sampler(self, train_dataset: Any = None) -> GroupedByLength:
        rows = self.train_dataset if train_dataset is None else train_dataset
        seed = self.args.seed if self.args.data_seed is None else self.args.data_seed
        lengths = [rows[row]["length"] for row in range(len(rows))]
        sampler = GroupedByLength(lengths, self.args.train_batch_size, seed=seed)
        self.add_callback(_TellEpoch(sampler))
        return sampler
