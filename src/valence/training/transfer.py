"""Stage 2: the model recreated from its saved weights, frozen, and only its final layer changed.

The frozen body's features are computed once. Fitting the final layer on them is a convex problem, solved to the
optimum in seconds; the test on the reserved set costs one matrix product.
"""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from valence.data.examples import Dataset, Examples, Splits
from valence.data.splits import prepare
from valence.data.store import home
from valence.encoder import bases, features, network
from valence.encoder.bases import BASES
from valence.encoder.precision import choose
from valence.encoder.readouts import FINAL, BodyWithReadouts
from valence.errors import ModelFolderError, SettingsError
from valence.evaluation.results import Origin, check_labels_covered, command_line, result
from valence.evaluation.scored import Scored
from valence.model.folder import Body, FittedHead, ModelFolder
from valence.model.head import Floats, HeadFit, HeadFitter
from valence.model.labels import Labels
from valence.training.feature_cache import cached, key_of
from valence.training.learning_curve import learning_curve
from valence.training.provenance import versions
from valence.training.saving import Trained, describe_body, save

log = logging.getLogger(__name__)

_BASE_WINDOW = 256  # tokens; the window of a base that has been through no stage 1, as all-MiniLM-L6-v2's card has it


@dataclass(frozen=True)
class TransferConfig:
    """Everything that decides what stage 2 gives; it is saved with the model.

    Attributes:
        readout: what the head reads: `final` for tasks like the body's own, `general` for others.
        class_weight: "balanced" weighs each class alike however rare it is; None weighs each row alike.
        validation_rows: cut from train; the L2 penalty and the temperature are chosen on them.
        train_rows: at most so many training rows; None takes all.
        test_rows: at most so many test rows; None takes all.
        learning_curve: also fit the head on parts of the training rows, to see what more of them would give.
    """

    readout: str = "final"
    class_weight: str | None = None
    validation_rows: int = 2500
    train_rows: int | None = None
    test_rows: int | None = None
    learning_curve: bool = False
    seed: int = 42
    precision: str = "auto"


@dataclass(frozen=True)
class _Source:
    """The network that stage 2 starts from, with where it came from."""

    module: BodyWithReadouts
    tokenizer: Any
    body: Body
    folder: ModelFolder | None
    commands: list[str]


def transfer(source: str, dataset: Dataset, out: Path, config: TransferConfig) -> ModelFolder:
    """Fits a new head on the frozen body of `source`, tests it on the reserved set, and writes the model folder `out`.

    Args:
        source: a model folder from stage 1, or a base (by name, path or Hub id) to skip stage 1.
        dataset: what the head is fitted and tested on.
        out: the folder to write.
        config: see TransferConfig.

    Raises ModelFolderError if the saved weights are damaged or incomplete, DataError if the labels don't fit.
    """
    started = time.perf_counter()
    labels = Labels.discover(dataset.train.labels)
    splits = prepare(
        dataset,
        train_rows=config.train_rows,
        validation_rows=config.validation_rows,
        test_rows=config.test_rows,
        seed=config.seed,
    )
    check_labels_covered(set(splits.train.labels), set(splits.test.labels))
    start = _open(source, labels)
    if config.readout not in start.body.readouts:
        raise SettingsError(f"The body has no readout {config.readout!r}; it has {', '.join(start.body.readouts)}.")
    train, validation, test = (
        _features(start, part, config, title)
        for part, title in ((splits.train, "train"), (splits.validation, "validation"), (splits.test, "test"))
    )
    fitter = HeadFitter(class_weight=config.class_weight)
    targets, expected = labels.encode(splits.train.labels), labels.encode(splits.validation.labels)
    fit = fitter.fit(train, targets, validation, expected, classes=len(labels))
    log.info("Head fitted: penalty %g, temperature %.3f.", fit.penalty, fit.head.temperature)
    origin = Origin(
        name=f"{dataset.name}: only the final layer changed, body {_described(start, config)}",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=config.seed,
        trained_parameters=fit.head.weight.size + fit.head.bias.size,
    )
    curve = None
    if config.learning_curve:
        curve = learning_curve(fitter, train, targets, validation, expected, classes=len(labels), seed=config.seed)
    scored = Scored(fit.head.predict_proba(test), labels.encode(splits.test.labels), labels.names, splits.test.texts)
    tested = result(scored, origin, started=started, learning_curve=curve)
    provenance = _provenance(start, dataset, splits, config, fit)
    return _save(start, FittedHead(fit.head, labels, config.readout, start.body.id, provenance=provenance), tested, out)


def _open(source: str, labels: Labels) -> _Source:
    """The network with every saved weight checked: its digest must be the one that body.json was written with."""
    if source not in BASES and (Path(source) / "body.json").exists():
        folder = ModelFolder(source)
        body = folder.body()
        folder.file("model.safetensors")
        model, tokenizer = network.from_folder(folder.path), network.tokenizer_of(folder.path)
        found = network.body_id(model, tokenizer)
        if found != body.id:
            raise ModelFolderError(
                f"{source}: the weights and tokenizer give body {found[:12]}, but body.json says {body.id[:12]}.",
                way_out="Copy the whole folder again, or train it again.",
                code="model-mismatch",
            )
        return _Source(BodyWithReadouts(model), tokenizer, body, folder, folder.head().provenance.get("commands", []))
    base = bases.find(source)
    model, tokenizer = network.from_base(base, labels), network.tokenizer_of(base.path)
    window = min(_BASE_WINDOW, network.window_of(model, tokenizer))
    body = describe_body(model, tokenizer, base=base.name, licence=base.licence, max_tokens=window)
    return _Source(BodyWithReadouts(model), tokenizer, body, None, [])


def _described(start: _Source, config: TransferConfig) -> str:
    origin = f"from stage 1 ({start.body.base})" if start.folder else f"{start.body.base} without stage 1"
    return origin if config.readout == FINAL else f"{origin}, {config.readout} readout"


def _features(start: _Source, part: Examples, config: TransferConfig, title: str) -> Floats:
    """Features of shape (n, width), from the cache where the same body has read the same texts before."""
    precision, window = choose(config.precision), start.body.max_tokens

    def compute() -> dict[str, Floats]:
        return features.compute(
            start.module, start.tokenizer, part.texts, max_tokens=window, precision=precision, title=title
        )

    key = key_of(start.body.id, part.texts, max_tokens=window, precision=precision.name)
    return cached(home() / "features", key, compute)[config.readout]


def _provenance(
    start: _Source, dataset: Dataset, splits: Splits, config: TransferConfig, fit: HeadFit
) -> dict[str, Any]:
    return {
        "stage": "transfer",
        "commands": [*start.commands, command_line()],
        "config": asdict(config),
        "penalty": fit.penalty,
        "validation_log_loss": {f"{penalty:g}": round(loss, 6) for penalty, loss in fit.validation_log_loss.items()},
        "data": {"name": dataset.name, "checksum": dataset.checksum, "train_rows": len(splits.train)},
        "versions": versions(),
    }


def _save(start: _Source, head: FittedHead, tested: dict[str, Any], out: Path) -> ModelFolder:
    """Writes the folder; the body's ONNX file comes along where the source has one, since the body is the same."""
    before = start.folder.results().get("results", []) if start.folder else []
    earlier = [each for each in before if each["data"] != tested["data"]]
    trained = Trained(start.module.body, start.tokenizer, start.body, head, [tested], earlier)
    assert network.body_id(start.module.body, start.tokenizer) == start.body.id, "stage 2 must not move the body"
    onnx = start.folder.file("body.onnx") if start.folder and "body.onnx" in start.body.files else None
    return save(trained, out, extra_files=[onnx] if onnx else [])
