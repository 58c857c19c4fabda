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

from valence.data.examples import Dataset
from valence.data.splits import SplitConfig, prepare
from valence.errors import SettingsError
from valence.evaluation.results import Origin, check_labels_covered, command_line, result
from valence.evaluation.scored import scored
from valence.model.folder import FINAL, FittedHead, ModelFolder
from valence.model.head import HeadFit
from valence.model.labels import Labels
from valence.model.multi_label import fitter_for
from valence.training import ranks
from valence.training.body_source import open_body
from valence.training.frozen_body import FrozenBody, Spread, described, shown_before
from valence.training.learning_curve import learning_curve
from valence.training.provenance import describe_data, versions
from valence.training.saving import Trained, save

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class TransferConfig(SplitConfig):
    """Everything that decides what stage 2 gives, with which rows (SplitConfig); it is saved with the model.

    Attributes:
        readout: what the head reads: `final` for tasks like the body's own, `general` for others.
        class_weight: "balanced" weighs each class alike however rare it is; None weighs each row alike.
        learning_curve: also fit the head on parts of the training rows, to see what more of them would give.
        precision: of the matrix work in torch: auto, bf16 or fp32.
    """

    readout: str = FINAL
    class_weight: str | None = None
    learning_curve: bool = False
    precision: str = "auto"


def transfer(
    source: str, dataset: Dataset, out: Path, config: TransferConfig, spread: Spread | None = None
) -> ModelFolder:
    """Fits a new head on the frozen body of `source`, tests it on the reserved set, and writes the model folder `out`.

    Args:
        source: a model folder, "bundled" for the one in the package, or a base (by name, path or Hub id) to do without
            stage 1.
        dataset: what the head is fitted and tested on.
        out: the folder to write.
        config: see TransferConfig.
        spread: reads the texts on other machines; without it this one does.

    Raises ModelFolderError if the saved weights are damaged or incomplete, DataError if the labels don't fit.
    """
    started = time.perf_counter()
    ranks.check_alone("valence transfer")
    labels = Labels.discover(dataset.train.labels)
    if config.learning_curve and labels.multi_label:
        raise SettingsError(
            "--learning-curve is for one label a text, and these texts have several.",
            way_out="Leave it away; --train-rows fits the head on fewer rows.",
            code="multi-label-unsupported",
        )
    splits = prepare(dataset, config)
    data = describe_data(dataset, splits)
    check_labels_covered(splits.train.label_counts.keys(), splits.test.label_counts.keys())
    start = open_body(source, labels, config.precision, spread)
    if config.readout not in start.body.readouts:
        raise SettingsError(f"The body has no readout {config.readout!r}; it has {', '.join(start.body.readouts)}.")
    train, validation, test = (
        start.read(part.texts, config.readout, title)
        for part, title in ((splits.train, "train"), (splits.validation, "validation"), (splits.test, "test"))
    )
    fitter = fitter_for(labels, class_weight=config.class_weight)
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
        accelerator=start.accelerator,
    )
    curve = None
    if config.learning_curve:
        curve = learning_curve(fitter, train, targets, validation, expected, classes=len(labels), seed=config.seed)
    truth = labels.encode(splits.test.labels)
    rows = scored(fit.head.predict_proba(test), truth, head=fit.head, labels=labels, texts=splits.test.texts)
    tested = result(rows, origin, started=started, learning_curve=curve)
    provenance = _provenance(start, data, config, fit)
    head = FittedHead(fit.head, labels, config.readout, start.body.id, provenance=provenance)
    return save(Trained(start.body, head, [tested], shown_before(start.results, tested)), out, start.with_head(head))


def _described(start: FrozenBody, config: TransferConfig) -> str:
    origin = described(start.body, start.body_from)
    return origin if config.readout == FINAL else f"{origin}, {config.readout} readout"


def _provenance(start: FrozenBody, data: dict[str, Any], config: TransferConfig, fit: HeadFit) -> dict[str, Any]:
    return {
        "stage": "transfer",
        "body_from": start.body_from,
        "commands": [*start.commands, command_line()],
        "config": asdict(config),
        "features": start.read_by,
        "penalty": fit.penalty,
        "validation_log_loss": {f"{penalty:g}": round(loss, 6) for penalty, loss in fit.validation_log_loss.items()},
        "data": data,
        "versions": versions(),
    }
