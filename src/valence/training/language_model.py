"""Masked-language-model adaptation: the base reads the task's own texts, labelled or not, before it learns the labels.

Gururangan et al. 2020, "Don't Stop Pretraining". Every token is read: long texts are cut into pieces, none is left out.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import DataCollatorForLanguageModeling, PreTrainedModel

from valence.encoder import network
from valence.encoder.bases import LocalBase
from valence.encoder.features import with_special_tokens
from valence.encoder.precision import Precision
from valence.errors import BaseModelError
from valence.files import folder_in_place_of, write_json
from valence.training import ranks
from valence.training.encoding import PadToStep
from valence.training.trainer import LoopConfig, train_language_model, validation_history

log = logging.getLogger(__name__)

_ADAPTED, _PROGRESS, _FIGURES = "adapted", "adaptation", "adaptation.json"


@dataclass(frozen=True)
class Texts:
    """What is read, and the texts on which the loss is measured."""

    train: Sequence[str]
    validation: Sequence[str]


def adapt(
    model: PreTrainedModel,
    tokenizer: Any,
    base: LocalBase,
    texts: Texts,
    config: LoopConfig,
    *,
    precision: Precision,
    run: Path,
) -> list[dict[str, float]]:
    """Puts the adapted encoder into `model`, in place; the figures of each validation pass.

    A run in progress lives in `run`, and an adaptation that came to its end there is taken as it is.
    Raises BaseModelError if the base has no masked language model, or its tokenizer no token to mask with.
    """
    language_model = _language_model(base, tokenizer)
    finished = run / _ADAPTED
    if not finished.exists():
        pieces, held_out = (
            TextPieces(tokenizer, part, max_tokens=config.max_tokens) for part in (texts.train, texts.validation)
        )
        log.info("Language model: %s pieces of %s texts.", f"{len(pieces):,}", f"{len(texts.train):,}")
        train_language_model(
            language_model, pieces, held_out, MaskTokens(tokenizer), config, precision=precision, folder=run / _PROGRESS
        )
        if ranks.is_first():
            write_json(run / _FIGURES, validation_history(run / _PROGRESS))
            with folder_in_place_of(finished) as draft:
                language_model.save_pretrained(draft)
        ranks.wait()
    adapted = network.language_model_from_base(LocalBase(base.name, finished, base.licence, base.revision))
    report = model.base_model.load_state_dict(adapted.base_model.state_dict(), strict=False)
    lost = [name for name in report.missing_keys if not name.startswith("pooler.")]
    assert not lost, f"the adapted encoder lacks {lost}"
    figures: list[dict[str, float]] = json.loads((run / _FIGURES).read_text("utf-8"))
    return figures


def _language_model(base: LocalBase, tokenizer: Any) -> PreTrainedModel:
    if tokenizer.mask_token_id is None:
        raise BaseModelError(
            f"The tokenizer of {base.path} has no token to mask with, so the base cannot be adapted.",
            way_out="Leave out --adapt-epochs, or give another --base.",
            code="base-no-language-model",
        )
    return network.language_model_from_base(base)


class TextPieces(Dataset[dict[str, Any]]):
    """Token ids of each text between special tokens; a text longer than the window is several pieces, side by side."""

    def __init__(self, tokenizer: Any, texts: Sequence[str], *, max_tokens: int) -> None:
        size = max_tokens - tokenizer.num_special_tokens_to_add()
        self._ids = [
            with_special_tokens(tokenizer, ids[start : start + size])
            for ids in tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
            for start in range(0, len(ids), size)
        ]

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> dict[str, Any]:
        ids = self._ids[index]
        return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": 0, "length": len(ids)}


class MaskTokens:
    """Collates pieces, and masks 15 % of their tokens as BERT does (Devlin et al. 2019, 3.1).

    What is masked depends on the batch alone, which is another one in every epoch: a data loader collates ahead, so a
    stream of random numbers would be further on in a run that is gone on with than in one that nobody disturbed.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._pad, self._special = PadToStep(tokenizer.pad_token_id), torch.tensor(tokenizer.all_special_ids)
        self._masking = DataCollatorForLanguageModeling(tokenizer)

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, Tensor]:
        """input_ids, attention_mask and labels of shape (batch, length); labels are -100 where nothing was masked."""
        padded = self._pad(rows)
        special = torch.isin(padded["input_ids"], self._special)
        self._masking.generator = torch.Generator().manual_seed(zlib.crc32(padded["input_ids"].numpy().tobytes()))
        ids, labels = self._masking.torch_mask_tokens(padded["input_ids"], special)
        return {"input_ids": ids, "attention_mask": padded["attention_mask"], "labels": labels}
