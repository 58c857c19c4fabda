"""A RoBERTa that has read film reviews alone: trained from scratch, a base in FacebookAI/roberta-base's layout.

    python runs/roberta_from_scratch.py --out models/reviews-base [--minutes 5] [--layers 6] [--width 512]

Byte-level BPE is learnt from the 75,000 training reviews of IMDb, labelled or not, and then a masked language model on
them (Liu et al. 2019, "RoBERTa", without the next sentence, masks drawn anew each time). What it writes goes into the
three stages as any base does: `valence pretrain --base models/reviews-base`. Meant for a GPU: it stops when the time
is over.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from tokenizers import ByteLevelBPETokenizer
from torch import Tensor
from transformers import (
    DataCollatorForLanguageModeling,
    RobertaConfig,
    RobertaForMaskedLM,
    RobertaTokenizerFast,
    set_seed,
)

from valence.data import sources
from valence.encoder.precision import Precision, choose
from valence.system.files import folder_in_place_of, write_json
from valence.system.machine import processor

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
BOS, EOS = SPECIAL.index("<s>"), SPECIAL.index("</s>")
WINDOW = 512  # tokens; RoBERTa counts positions from the padding index on, so there are two more
VALIDATION_SHARE = 0.01
WARM_UP = 0.06  # of the time


def learn_tokenizer(texts: Sequence[str], folder: Path, *, vocabulary: int) -> RobertaTokenizerFast:
    """Byte-level BPE, saved in `folder` as vocab.json, merges.txt and what transformers adds."""
    bpe = ByteLevelBPETokenizer()
    bpe.train_from_iterator(texts, vocab_size=vocabulary, min_frequency=2, special_tokens=SPECIAL, show_progress=False)
    bpe.save_model(str(folder))
    tokenizer = RobertaTokenizerFast.from_pretrained(folder, model_max_length=WINDOW)
    tokenizer.save_pretrained(folder)
    return tokenizer


def packed(tokenizer: RobertaTokenizerFast, texts: Sequence[str], length: int) -> Tensor:
    """All texts in a row, cut into rows of `length` ids; each row begins with <s>, each text ends with </s>."""
    ids = [each for found in tokenizer(list(texts), add_special_tokens=False)["input_ids"] for each in (*found, EOS)]
    rows = len(ids) // (length - 1)
    cut = torch.tensor(ids[: rows * (length - 1)]).view(rows, length - 1)
    return torch.cat([torch.full((rows, 1), BOS), cut], dim=1)


def passes(rows: Tensor, batch: int) -> Iterator[Tensor]:
    """Batches of rows in random order, pass after pass."""
    while True:
        order = torch.randperm(len(rows))
        for start in range(0, len(rows) - batch + 1, batch):
            yield rows[order[start : start + batch]]


class Reader:
    """Loss of a model on rows of ids: 15 % of them masked as BERT does (Devlin et al. 2019, 3.1), anew each time."""

    def __init__(self, model: RobertaForMaskedLM, tokenizer: RobertaTokenizerFast, precision: Precision) -> None:
        self.model, self._precision = model, precision
        self._mask = DataCollatorForLanguageModeling(tokenizer).torch_mask_tokens

    def loss(self, ids: Tensor) -> Tensor:
        """Of rows of shape (batch, length), on the CPU."""
        inputs, targets = (each.to(self._precision.device) for each in self._mask(ids, ids < len(SPECIAL)))
        with self._precision.autocast():
            loss: Tensor = self.model(input_ids=inputs, labels=targets).loss
        return loss


def train(reader: Reader, rows: Tensor, given: argparse.Namespace) -> dict[str, float]:
    """Trains for `given.minutes`; the learning rate rises, then falls with the time that is left. Returns figures."""
    held_out = max(1, round(len(rows) * VALIDATION_SHARE))
    validation, training, model = rows[:held_out], rows[held_out:], reader.model
    optimiser = torch.optim.AdamW(model.parameters(), given.learning_rate, (0.9, 0.98), weight_decay=0.01, fused=True)
    began, step, share = time.perf_counter(), 0, 0.0
    for batch in passes(training, given.batch_size):
        share = (time.perf_counter() - began) / (given.minutes * 60)
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = given.learning_rate * min(share / WARM_UP, (1 - share) / (1 - WARM_UP))
        loss = reader.loss(batch)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        if step % 100 == 0:
            print(f"step {step}, {share:.0%} of the time: loss {loss.item():.3f}", flush=True)
    model.eval()
    with torch.no_grad():
        losses = [reader.loss(each).item() for each in torch.split(validation, given.batch_size)]
    return {
        "steps": step,
        "passes": round(step * given.batch_size / len(training), 2),
        "tokens": step * given.batch_size * rows.shape[1],
        "validation_loss": round(sum(losses) / len(losses), 4),
        "wall_time_s": round(time.perf_counter() - began, 1),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="The base's folder to write.")
    parser.add_argument("--data", default="imdb", help="imdb, or a folder in its layout.")
    parser.add_argument("--minutes", type=float, default=5, help="Of training.")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--vocabulary", type=int, default=16_000, help="Pieces that the tokenizer learns.")
    parser.add_argument("--length", type=int, default=256, help="Tokens in a row of training.")
    parser.add_argument("--batch-size", type=int, default=256, help="Rows in a step.")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="Peak.")
    parser.add_argument("--seed", type=int, default=42)
    given = parser.parse_args(arguments)
    set_seed(given.seed)
    precision = choose()
    dataset = sources.load(given.data)
    texts = [*dataset.train.texts, *dataset.unlabelled]
    with folder_in_place_of(given.out) as draft:
        tokenizer = learn_tokenizer(texts, draft, vocabulary=given.vocabulary)
        rows = packed(tokenizer, texts, given.length)
        print(
            f"{len(texts):,} texts, {rows.numel():,} tokens of {len(tokenizer):,} kinds, on {precision.name}.",
            flush=True,
        )
        config = RobertaConfig(
            vocab_size=len(tokenizer),
            hidden_size=given.width,
            num_hidden_layers=given.layers,
            num_attention_heads=given.width // 64,
            intermediate_size=4 * given.width,
            max_position_embeddings=WINDOW + 2,
            type_vocab_size=1,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            layer_norm_eps=1e-5,
        )
        model = RobertaForMaskedLM(config).to(precision.device)
        figures = train(Reader(model, tokenizer, precision), rows[torch.randperm(len(rows))], given)
        model.cpu().save_pretrained(draft)
        made = {
            "parameters": model.num_parameters(),
            "data": {"name": dataset.name, "checksum": dataset.checksum, "texts": len(texts)},
            **{name: getattr(given, name) for name in ("length", "batch_size", "learning_rate", "seed")},
            **figures,
            "processor": " and ".join(filter(None, (precision.accelerator, processor()))),
        }
        write_json(draft / "made.json", made)
    print(json.dumps(made, indent=2))


if __name__ == "__main__":
    main()
