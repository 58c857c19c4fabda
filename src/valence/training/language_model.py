"""Masked-language-model adaptation: the base reads the task's texts, labelled or not, before it learns the labels.

Gururangan et al. 2020, "Don't Stop Pretraining". Every token is read: long texts are cut into pieces.
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
from valence.encoder.precision import Precision
from valence.system.errors import BaseModelError
from valence.system.files import folder_in_place_of, write_json
from valence.training import ranks
from valence.training.encoding import PadToStep, pieces
from valence.training.trainer import LoopConfig, train_language_model, validation_history

log = logging.getLogger(__name__)

_ADAPTED, _PROGRESS, _FIGURES = "adapted", "adaptation", "adaptation.json"


@dataclass(frozen=True)
class Texts:
    """The texts to read, and the texts that the loss is measured on."""

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
    """Adapts the encoder of `model`, in place, and returns the figures of each validation pass.

    `run` is the folder of the run in progress; an adaptation that was finished there is used as it is.
    Raises BaseModelError if the base has no masked language model, or its tokenizer has no mask token.
    """
    language_model = _language_model(base, tokenizer)
    finished = run / _ADAPTED
    if not finished.exists():
        training, held_out = (
            TextPieces(tokenizer, part, max_tokens=config.max_tokens) for part in (texts.train, texts.validation)
        )
        log.info("Language model: %s pieces of %s texts.", f"{len(training):,}", f"{len(texts.train):,}")
        train_language_model(
            language_model,
            training,
            held_out,
            MaskTokens(tokenizer),
            config,
            precision=precision,
            folder=run / _PROGRESS,
        )
        if ranks.is_first():
            write_json(run / _FIGURES, validation_history(run / _PROGRESS))
            with folder_in_place_of(finished) as draft:
                language_model.save_pretrained(draft)
        ranks.wait()
    adapted = network.language_model_from_base(LocalBase(base.name, finished, base.licence, base.revision))
    report = model.base_model.load_state_dict(adapted.base_model.state_dict(), strict=False)
    missing = [name for name in report.missing_keys if not name.startswith("pooler.")]
    assert not missing, f"the adapted encoder lacks {missing}"
    figures: list[dict[str, float]] = json.loads((run / _FIGURES).read_text("utf-8"))
    return figures


def _language_model(base: LocalBase, tokenizer: Any) -> PreTrainedModel:
    if tokenizer.mask_token_id is None:
        raise BaseModelError(
            f"The tokenizer of {base.path} has no mask token, so the base can't be adapted.",
            hint="Leave out --adapt-epochs, or give another --base.",
            code="base-no-language-model",
        )
    return network.language_model_from_base(base)


class TextPieces(Dataset[dict[str, Any]]):
    """All tokens of the texts, in pieces that fit into the window."""

    def __init__(self, tokenizer: Any, texts: Sequence[str], *, max_tokens: int) -> None:
        self._ids = pieces(tokenizer, texts, max_tokens=max_tokens)

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> dict[str, Any]:
        ids = self._ids[index]
        return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": 0, "length": len(ids)}


class MaskTokens:
    """Collates pieces and masks 15% of their tokens as BERT does (Devlin et al. 2019, section 3.1).

    The masked tokens depend only on the batch, which is different in every epoch. A stream of random numbers would not
    do: a data loader collates ahead, so a resumed run would be at another place in the stream than an undisturbed one.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._pad, self._special = PadToStep(tokenizer.pad_token_id), torch.tensor(tokenizer.all_special_ids)
        self._masking = DataCollatorForLanguageModeling(tokenizer)

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, Tensor]:
        """input_ids, attention_mask and labels of shape (batch, length); labels are -100 where no token was masked."""
        padded = self._pad(rows)
        special = torch.isin(padded["input_ids"], self._special)
        self._masking.generator = torch.Generator().manual_seed(zlib.crc32(padded["input_ids"].numpy().tobytes()))
        ids, labels = self._masking.torch_mask_tokens(padded["input_ids"], special)
        return {"input_ids": ids, "attention_mask": padded["attention_mask"], "labels": labels}
