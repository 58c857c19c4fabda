"""Stage 2: the saved model is opened again, its body is frozen, and only its final layer changes.

The frozen body's features are computed once. Fitting the final layer on them is a convex problem, solved to the
optimum in seconds; testing on the reserved set costs one matrix product.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from valence.data.examples import Dataset
from valence.data.splits import SplitConfig, cut
from valence.evaluation.comparison import Beside
from valence.evaluation.scored import AnyScored
from valence.fitting.choice import HeadChoice
from valence.fitting.head_on_body import AUTO, HeadOptions, check_readout, head_on_body
from valence.model.folder import FittedHead
from valence.model.labels import Labels
from valence.model.multi_label import fitter_for
from valence.model.offsets import Objective
from valence.model.results import LabelCheck, LearningCurve
from valence.system.errors import SettingsError
from valence.training import ranks
from valence.training.baselines import tfidf_beside
from valence.training.body_source import open_body
from valence.training.frozen_body import FrozenBody, Spread, comparable, described
from valence.training.label_check import check_choice
from valence.training.learning_curve import learning_curve
from valence.training.run import Finished, Run, TrainedModel, begin

log = logging.getLogger(__name__)

_MOST_SUSPECTS = 100  # rows whose labels look wrong that are saved with the model


@dataclass(frozen=True, kw_only=True)
class TransferConfig(SplitConfig):
    """Everything that the result of stage 2 depends on, with its rows (SplitConfig); saved with the model.

    Attributes:
        readout: what the head reads: `final` for tasks like the body's own, `general` for others; `auto` tries both,
            each alone and beside hashed n-grams, and takes the best on held-out rows.
        class_weight: "balanced" gives each class the same weight, however rare it is; None weights each row the same.
        optimise: the metric that the answers are chosen for on validation; None answers with the most probable label,
            but with a rare one from a lower probability if that gains macro F1 at little cost in accuracy; of several
            labels per text each is answered by its F1.
        learning_curve: also fit the head on parts of the training rows, to see whether more rows would help.
        check_labels: also look for training and validation rows whose labels look wrong; the head is then always
            chosen by cross-validation.
        baseline: also fit TF-IDF with logistic regression on the same rows, and compare the model with it.
        precision: number format of the matrix products in torch: auto, bf16 or fp32.
    """

    readout: str = AUTO
    class_weight: str | None = None
    optimise: Objective | None = None
    learning_curve: bool = False
    check_labels: bool = False
    baseline: bool = True
    precision: str = "auto"


def transfer(
    source: str,
    dataset: Dataset,
    out: Path,
    config: TransferConfig,
    spread: Spread | None = None,
    *,
    command: str = "",
) -> Finished:
    """Fits a new head on the frozen body of `source`, tests it on the reserved set, and writes the model folder `out`.

    Args:
        source: a model folder, "bundled" for the one in the package, or a base (by name, path or Hub id) to skip
            stage 1.
        dataset: what the head is fitted and tested on; one without test rows is tested by nested cross-validation.
        out: the folder to write.
        config: see TransferConfig.
        spread: reads the texts on other machines; without it, this machine does.
        command: the command line, for the result.

    Raises ModelFolderError if the saved weights are damaged or incomplete, DataError if the labels don't fit.
    """
    ranks.check_alone("valence transfer")
    _check(dataset, config)
    run = begin([dataset], config, command, may_cross_validate=True)
    splits, labels = run.sets[0].splits, run.labels
    start = open_body(source, labels, config.precision, spread)
    check_readout(start.body.readouts, config.readout)
    parts = (splits.train, splits.validation)
    options = _options(config, start.body.id)
    choice = head_on_body(start.body.readouts, start.read, labels, parts, options, plan=run.plan)
    readout = choice.chosen.readout
    fitted = FittedHead(choice.head, labels, readout, start.body.id, ngrams=choice.ngrams)
    rows = run.tested(choice.tested) if choice.tested else _of_test(start, run, fitted)
    curve = _learning_curve(start, run, config, readout) if config.learning_curve else None
    what = _in_words(start, fitted)
    results = run.measure(
        [rows],
        what=what,
        trained_parameters=choice.parameters,
        accelerator=start.accelerator,
        learning_curve=curve,
        label_check=_label_check(choice, run) if config.check_labels else None,
    )
    provenance = run.provenance(
        "transfer",
        start.history.commands,
        body_from=start.history.body_from,
        features=start.read_by,
        **choice.as_json(),
    )
    model = TrainedModel(start.body, choice.head, readout, start.with_head, choice.ngrams)
    earlier = comparable(start.history, results[0])
    return run.finish(out, model, results, provenance, comparisons=earlier, beside=_baseline(run, rows, what, config))


def _options(config: TransferConfig, body: str) -> HeadOptions:
    return HeadOptions(
        readout=config.readout,
        class_weight=config.class_weight,
        optimise=config.optimise,
        cross_validate=config.check_labels,
        seed=config.seed,
        body=body,
    )


def _of_test(start: FrozenBody, run: Run, fitted: FittedHead) -> AnyScored:
    test = run.sets[0].splits.test
    inputs = fitted.inputs(start.read(test.texts, fitted.readout, "test")[:], test.texts)
    return run.scored(fitted.head, [fitted.head.predict_proba(inputs)])[0]


def _in_words(start: FrozenBody, fitted: FittedHead) -> str:
    body = described(start.body, start.history)
    reads = body if fitted.in_network else f"{body}, {fitted.reads}"
    return f"only the final layer changed, body {reads}"


def _baseline(run: Run, rows: AnyScored, what: str, config: TransferConfig) -> Beside | None:
    if not config.baseline:
        return None
    return tfidf_beside(run, rows, what, class_weight=config.class_weight, optimise=config.optimise)


def _label_check(choice: HeadChoice, run: Run) -> LabelCheck:
    """Of the training and the validation rows."""
    splits = run.sets[0].splits
    found = check_choice(choice, splits.train.joined(splits.validation), run.labels)
    return found.model_copy(update={"suspects": found.suspects[:_MOST_SUSPECTS]})


def _learning_curve(start: FrozenBody, run: Run, config: TransferConfig, readout: str) -> LearningCurve:
    """Of the readout alone: n-grams need many rows before they help, and would bend the curve."""
    splits, labels = run.sets[0].splits, run.labels
    parts = (splits.train, splits.validation)
    if not len(splits.validation):
        parts = cut(splits.train, rows=max(1, len(splits.train) // 5), seed=config.seed)
    train, validation = (start.read(part.texts, readout, "")[:] for part in parts)
    return learning_curve(
        fitter_for(labels, class_weight=config.class_weight),
        train,
        labels.encode(parts[0].labels),
        validation,
        labels.encode(parts[1].labels),
        classes=len(labels),
        seed=config.seed,
    )


def _check(dataset: Dataset, config: TransferConfig) -> None:
    if config.learning_curve and Labels.discover(dataset.train.labels).multi_label:
        raise SettingsError(
            "--learning-curve is for texts with one label each, and these texts have several.",
            hint="Leave it out; --train-rows fits the head on fewer rows.",
            code="multi-label-unsupported",
        )
