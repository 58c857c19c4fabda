"""Texts to features in torch: the frozen body run once over a data set, in batches of similar length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from valence.encoder.precision import Precision
from valence.encoder.readouts import BodyWithReadouts
from valence.model.head import Floats
from valence.model.windows import spans, special_tokens

# Padded tokens in one pass: enough to keep the matrix units busy, and they fit into 1 GB, or 16 GB on a GPU.
_BATCH_TOKENS = {"cpu": 8192, "cuda": 131_072}
_LENGTH_STEP = 16  # lengths are padded to a multiple: each new shape costs the CPU a kernel compilation


@dataclass(frozen=True)
class _Window:
    text: int
    ids: list[int]


def compute(
    body: BodyWithReadouts, tokenizer: Any, texts: Sequence[str], *, max_tokens: int, precision: Precision, title: str
) -> dict[str, Floats]:
    """Readout name -> features of shape (len(texts), width), float32; of a long text the mean of its windows.

    `title` is shown with the progress bar; if it is empty there is no bar.
    """
    windows = _windows(tokenizer, texts, max_tokens)
    return _means(body, windows, len(texts), tokenizer.pad_token_id, precision, title)


def compute_encoded(
    body: BodyWithReadouts, ids: Sequence[list[int]], *, pad_id: int, precision: Precision, title: str
) -> dict[str, Floats]:
    """As `compute`, for texts given as token ids with their special tokens, each of them one window."""
    windows = [_Window(text, window) for text, window in enumerate(ids)]
    return _means(body, windows, len(ids), pad_id, precision, title)


def _means(
    body: BodyWithReadouts, windows: list[_Window], texts: int, pad_id: int, precision: Precision, title: str
) -> dict[str, Floats]:
    sums = {name: np.zeros((texts, width), np.float32) for name, width in body.readouts.items()}
    counts = np.bincount([window.text for window in windows], minlength=texts).astype(np.float32)
    body.eval().to(precision.device)
    bar = tqdm(total=len(windows), desc=title, unit="window", disable=None if title else True)
    with torch.inference_mode(), precision.autocast(), bar as progress:
        for batch in _batches(windows, _BATCH_TOKENS[precision.device]):
            rows = [window.text for window in batch]
            ids, mask = (tensor.to(precision.device) for tensor in _padded(batch, pad_id))
            for name, output in zip(body.readouts, body(ids, mask), strict=True):
                np.add.at(sums[name], rows, output.float().cpu().numpy())
            progress.update(len(batch))
    return {name: total / counts[:, None] for name, total in sums.items()}


def _windows(tokenizer: Any, texts: Sequence[str], max_tokens: int) -> list[_Window]:
    special = special_tokens(tokenizer.backend_tokenizer)
    return [
        _Window(text, special.around(ids[start:end]))
        for text, ids in enumerate(tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"])
        for start, end in spans(len(ids), max_tokens - len(special))
    ]


def _batches(windows: list[_Window], tokens: int) -> Iterator[list[_Window]]:
    """Batches of at most `tokens` padded tokens, the longest first, so that a lack of memory shows at once."""
    batch: list[_Window] = []
    for window in sorted(windows, key=lambda window: -len(window.ids)):
        if batch and (len(batch) + 1) * _rounded(len(batch[0].ids)) > tokens:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _padded(batch: list[_Window], pad: int) -> tuple[Tensor, Tensor]:
    length = _rounded(max(len(window.ids) for window in batch))
    ids = torch.full((len(batch), length), pad)
    mask = torch.zeros((len(batch), length), dtype=torch.long)
    for row, window in enumerate(batch):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        mask[row, : len(window.ids)] = 1
    return ids, mask


def _rounded(length: int) -> int:
    return -(-length // _LENGTH_STEP) * _LENGTH_STEP
