"""What stage 1 does when it is asked for more: adaptation, rates by layer, early stopping, a policy that is chosen."""

from __future__ import annotations

import json
import logging
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import TrainerControl, TrainerState, TrainingArguments

from valence.data import sources
from valence.data.examples import Dataset, Examples, Splits, content_checksum
from valence.encoder import bases, network
from valence.encoder.precision import choose as precision_of
from valence.model.folder import ModelFolder
from valence.model.labels import Labels
from valence.system.errors import BaseModelError, SettingsError
from valence.training import layer_rates, truncation
from valence.training.encoding import cut
from valence.training.language_model import MaskTokens, TextPieces
from valence.training.pretrain import PretrainConfig, pretrain
from valence.training.trainer import Patience

LABELS = Labels(["negative", "positive"])
PRAISE, BLAME, FILLER = ["wonderful", "moving", "superb"], ["dull", "awful", "clumsy"], "the film was acting".split()


def long_reviews(rows: int, *, at_the_end: bool) -> Examples:
    """Texts of some 100 tokens whose only telling words stand at one end."""
    draw = random.Random(rows)
    texts, labels = [], []
    for row in range(rows):
        filler = [draw.choice(FILLER) for _ in range(100)]
        telling = [draw.choice(PRAISE if row % 2 else BLAME) for _ in range(8)]
        texts.append(" ".join(filler + telling if at_the_end else telling + filler))
        labels.append("positive" if row % 2 else "negative")
    return Examples(tuple(texts), tuple(labels), tuple(map(str, range(rows))))


def dataset(train: Examples, test: Examples, unlabelled: tuple[str, ...] = ()) -> Dataset:
    return Dataset("reviews", train, test, content_checksum(zip(train.keys, train.texts, strict=True)), unlabelled)


@pytest.fixture(scope="module")
def config(tiny_roberta: Path) -> PretrainConfig:
    return PretrainConfig(
        base=str(tiny_roberta), epochs=1, batch_size=16, learning_rate=2e-3, max_tokens=62, precision="fp32"
    )


@pytest.fixture(scope="module")
def reviews(small_data: Path) -> Dataset:
    return sources.load(str(small_data / "aclImdb"))


@pytest.mark.parametrize(
    "at_the_end", [False, pytest.param(True, marks=pytest.mark.slow(reason="trains again, for the other end"))]
)
def test_the_policy_that_keeps_the_telling_words_is_chosen_and_reported(
    at_the_end: bool, config: PretrainConfig, tmp_path: Path
) -> None:
    data = dataset(long_reviews(200, at_the_end=at_the_end), long_reviews(40, at_the_end=at_the_end))
    folder = pretrain(data, tmp_path / "out", replace(config, truncation="auto")).folder
    found = folder.head().provenance["truncation"]
    losses = found["validation_log_loss"]
    assert found["long_rows"] == [160, 40]
    assert set(losses) == {"head", "head-tail", "tail"}
    assert found["chosen"] == min(losses, key=losses.__getitem__)
    assert losses["tail" if at_the_end else "head"] < losses["head" if at_the_end else "tail"]


def test_few_long_texts_choose_nothing_and_the_network_is_as_it_was(
    config: PretrainConfig, reviews: Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    base = bases.find(config.base)
    tokenizer, model = network.tokenizer_of(base.path), network.from_base(base, LABELS)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    splits = Splits(reviews.train, reviews.test, reviews.test)
    long = long_reviews(60, at_the_end=True)
    with caplog.at_level(logging.INFO, logger="valence"):
        for each, tried in ((splits, 0), (Splits(long, long, long), 3)):
            found = truncation.choose(
                model, tokenizer, each, LABELS, max_tokens=62, precision=precision_of("fp32"), seed=1
            )
            assert len(found["validation_log_loss"]) == tried
    assert "few texts are longer" in caplog.text
    after = model.state_dict()
    assert list(before) == list(after)
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_tail_keeps_the_end() -> None:
    assert cut([1, 2, 3, 4, 5], 3, "tail") == [3, 4, 5]


def test_rates_fall_by_layer_and_only_what_is_trainable_has_one(config: PretrainConfig) -> None:
    model = network.from_base(bases.find(config.base), LABELS)
    made = layer_rates.optimizer(model, learning_rate=1.0, layer_decay=0.5, weight_decay=0.01)
    rate = {id(each): (group["lr"], group["weight_decay"]) for group in made.param_groups for each in group["params"]}
    named = {name: rate[id(each)] for name, each in model.named_parameters()}
    assert len(named) == len(rate)
    assert named["classifier.out_proj.weight"] == (1.0, 0.01)
    assert named["classifier.out_proj.bias"] == (1.0, 0.0)
    assert [named[f"roberta.encoder.layer.{layer}.output.dense.weight"][0] for layer in range(3)] == [0.125, 0.25, 0.5]
    assert named["roberta.encoder.layer.2.output.LayerNorm.weight"] == (0.5, 0.0)
    assert named["roberta.embeddings.word_embeddings.weight"] == (0.0625, 0.01)


@pytest.mark.slow(reason="trains again; the rates are tested above")
def test_lower_layers_move_less(config: PretrainConfig, reviews: Dataset, tmp_path: Path) -> None:
    folder = pretrain(reviews, tmp_path / "out", replace(config, layer_decay=0.1)).folder
    before = network.from_base(bases.find(config.base), LABELS).state_dict()
    after = network.from_folder(folder.path).state_dict()
    moved = [
        float((after[name] - before[name]).abs().mean())
        for name in (f"roberta.encoder.layer.{layer}.attention.self.value.weight" for layer in range(3))
    ]
    assert 0 < moved[0] < moved[1] / 3 < moved[2] / 9


def test_rates_by_layer_without_layers_are_refused(config: PretrainConfig, reviews: Dataset, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--layer-decay is for training the layers of the body"):
        pretrain(reviews, tmp_path / "out", replace(config, layer_decay=0.9, freeze_body=True))
    assert not list(tmp_path.iterdir())


def test_patience_ends_a_run_that_gets_no_better(config: PretrainConfig, reviews: Dataset, tmp_path: Path) -> None:
    """With a rate that moves nothing, the first pass is the best one."""
    still = replace(config, learning_rate=1e-12, epochs=6)
    folder = pretrain(reviews, tmp_path / "out", replace(still, patience=2)).folder
    assert len(folder.head().provenance["validation"]) == 3


@pytest.mark.parametrize(("figures", "stops"), [([], False), ([0.5, 0.6, 0.6], False), ([0.5, 0.7, 0.6, 0.7], True)])
def test_a_run_that_is_gone_on_with_stops_where_it_would_have(
    figures: list[float], stops: bool, tmp_path: Path
) -> None:
    arguments = TrainingArguments(str(tmp_path), metric_for_best_model="accuracy", report_to=[])
    state = TrainerState(log_history=[{"loss": 1.0}, *({"eval_accuracy": each} for each in figures)])
    for event in ("on_train_begin", "on_evaluate"):
        control = TrainerControl()
        getattr(Patience(2), event)(arguments, state, control)
        assert control.should_training_stop is stops


@pytest.mark.slow(reason="trains a masked language model; its batches are tested below")
def test_adaptation_reads_the_unlabelled_texts_and_learns_from_them(
    config: PretrainConfig, reviews: Dataset, tmp_path: Path
) -> None:
    data = replace(reviews, unlabelled=tuple(reversed(reviews.train.texts)))
    out = tmp_path / "out"
    folder = pretrain(data, out, replace(config, adapt_epochs=6, epochs=1)).folder
    found = folder.head().provenance["adaptation"]
    losses = [each["loss"] for each in found["validation"]]
    assert found["texts"] == 320 + 400, "the training texts without validation, and the unlabelled ones"
    assert len(losses) == 6
    assert losses[-1] < losses[0] - 0.3
    assert not (tmp_path / "out.training").exists()
    assert folder.body().id != pretrain(data, out, config).folder.body().id


@pytest.mark.slow(reason="trains a masked language model; its batches are tested below")
def test_an_adaptation_that_came_to_its_end_is_not_made_again(
    config: PretrainConfig, reviews: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapting = replace(config, adapt_epochs=1)
    whole = pretrain(reviews, tmp_path / "whole", adapting).folder.body().id

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("valence.training.pretrain.train", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pretrain(reviews, tmp_path / "out", adapting)
    assert json.loads((tmp_path / "out.training" / "adaptation.json").read_text("utf-8"))
    monkeypatch.setattr("valence.training.language_model.train_language_model", interrupted)
    assert pretrain(reviews, tmp_path / "out", adapting, resume=True).folder.body().id == whole
    assert ModelFolder(tmp_path / "out").head().provenance["adaptation"]["texts"] == 320


def test_a_base_without_a_mask_is_refused(tiny_roberta: Path) -> None:
    from valence.training.language_model import _language_model

    tokenizer = network.tokenizer_of(tiny_roberta)
    tokenizer.mask_token = None
    with pytest.raises(BaseModelError, match="has no mask token"):
        _language_model(bases.find(str(tiny_roberta)), tokenizer)


def test_every_token_is_in_one_piece_and_a_seventh_of_them_is_asked_for(tiny_roberta: Path) -> None:
    tokenizer = network.tokenizer_of(tiny_roberta)
    texts = [*long_reviews(20, at_the_end=True).texts, ""]
    pieces = TextPieces(tokenizer, texts, max_tokens=62)
    rows = [pieces[number] for number in range(len(pieces))]
    whole = sum(len(ids) for ids in tokenizer(texts, add_special_tokens=False)["input_ids"])
    assert sum(len(row["input_ids"]) - 2 for row in rows) == whole
    assert max(len(row["input_ids"]) for row in rows) == 62
    batch, again, other = (MaskTokens(tokenizer)(each) for each in (rows, rows, rows[::-1]))
    assert torch.equal(batch["input_ids"], again["input_ids"]), "a batch that is collated again is masked alike"
    assert not torch.equal(batch["labels"], other["labels"].flip(0)), "in another batch a text is masked otherwise"
    asked = batch["labels"] != -100
    special = np.isin(batch["input_ids"].numpy(), tokenizer.all_special_ids)
    assert 0.1 < asked.float().sum() / whole < 0.2
    masked = batch["input_ids"] == tokenizer.mask_token_id
    assert 0.7 < masked.sum() / asked.sum() < 0.9
    assert not (asked.numpy() & special & ~masked.numpy()).any(), "special tokens are never asked for"
