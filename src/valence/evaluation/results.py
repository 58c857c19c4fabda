"""Measuring a classifier, and results files.

The objects are `model.results`' own; here they are made, written and read.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from valence.evaluation.comparison import Comparison
from valence.evaluation.details import calibration_details, label_details, rounded
from valence.evaluation.intervals import ENOUGH, MOST_LOG_LOSS, estimate, stretched
from valence.evaluation.mistakes import MOST_MISTAKES, mistakes_by_row
from valence.evaluation.multi_label import estimate as estimate_multi_label
from valence.evaluation.scored import AnyScored, MultiLabelScored
from valence.evaluation.slices import slices
from valence.model.results import CrossValidation, Estimate, LabelCheck, LearningCurve, Result
from valence.system.errors import DataError
from valence.system.files import write_json
from valence.system.machine import peak_memory_mb, processor


@dataclass(frozen=True)
class Origin:
    """Where a figure comes from: what was trained or tested, on which rows, and by which command.

    Attributes:
        name: what was measured, in words.
        split: "test" is the reserved set, on which nothing was chosen.
        trained_parameters: how many of the network's parameters were changed.
        accelerator: the GPU it ran on; empty for a CPU.
        command: the command line; empty if a Python program did it.
        cross_validation: how the rows were tested, if none was held out.
    """

    name: str
    data: str
    split: str
    data_checksum: str
    seed: int
    trained_parameters: int
    accelerator: str = ""
    command: str = ""
    cross_validation: CrossValidation | None = None


# Figures that are not between 0 and 1.
_LEAST = {"mcc": -1.0}
_MOST = {"brier": 2.0, "log_loss": MOST_LOG_LOSS}


def measure(
    scored: AnyScored,
    origin: Origin,
    *,
    started: float,
    learning_curve: LearningCurve | None = None,
    label_check: LabelCheck | None = None,
) -> Result:
    """The figures of scored rows, each with its interval, and where they come from.

    Args:
        scored: the test rows.
        origin: see Origin.
        started: `time.perf_counter()` at the start of the work that the wall time covers.
        learning_curve: from `training.learning_curve`, if it was asked for.
        label_check: of the training rows, if it was asked for.
    """
    if isinstance(scored, MultiLabelScored):
        figures = estimate_multi_label(scored, seed=origin.seed)
    else:
        figures = estimate(scored.probabilities, scored.truth, scored.predicted, seed=origin.seed)
    reliability, calibration = calibration_details(scored)
    labels = label_details(scored)
    dependence = origin.cross_validation.dependence if origin.cross_validation else 1.0
    parts = [
        part.model_copy(update={"accuracy": rounded(stretched(part.accuracy, dependence, most=1.0))})
        for part in slices(scored)
    ]
    return Result(
        name=origin.name,
        data=origin.data,
        split=origin.split,
        rows=len(scored),
        cross_validation=origin.cross_validation,
        caution=f"{len(scored)} rows: any figure below is a guess." if len(scored) < ENOUGH else None,
        metrics={name: rounded(_with_dependence(name, figure, dependence)) for name, figure in figures.items()},
        multi_label=isinstance(scored, MultiLabelScored),
        labels=list(scored.labels),
        confusion=labels.confusion,
        per_class=labels.per_class,
        confused=labels.confused,
        mistakes=mistakes_by_row(scored, MOST_MISTAKES),
        reliability=reliability,
        calibration=calibration,
        roc=labels.roc,
        precision_recall=labels.precision_recall,
        score_histogram=labels.score_histogram,
        thresholds=labels.thresholds,
        slices=parts,
        known_failures=None,  # texts of the data set: only added by somebody who may publish them
        learning_curve=learning_curve,
        label_check=label_check,
        command=origin.command,
        data_checksum=origin.data_checksum,
        seed=origin.seed,
        wall_time_s=round(time.perf_counter() - started, 1),
        peak_memory_mb=round(peak_memory_mb()),
        trained_parameters=origin.trained_parameters,
        processor=" and ".join(filter(None, (origin.accelerator, processor()))),
    )


def _with_dependence(name: str, figure: Estimate, dependence: float) -> Estimate:
    return stretched(figure, dependence, least=_LEAST.get(name, 0.0), most=_MOST.get(name, 1.0))


def check_labels_covered(train: AbstractSet[str], test: AbstractSet[str]) -> None:
    """Raises DataError if the test set has a label that is not in training."""
    unseen = sorted(test - train)
    if unseen:
        raise DataError(
            f"The test set has labels that the training set doesn't have: {unseen[:5]!r}.",
            hint="Rename them, or add training rows with them.",
            code="labels-differ",
        )


def save(path: Path, results: Sequence[Result], paired: Sequence[Comparison] = ()) -> None:
    """Writes a results file, complete or not at all; `paired` are comparisons of two models, if there are any."""
    compared = {"paired": [comparison.as_json() for comparison in paired]} if paired else {}
    write_json(path, {"format": 1, "results": [result.as_json() for result in results], **compared})


def read(path: Path) -> list[Result]:
    """The results in a file that `save` wrote. Raises DataError if it is not a results file."""
    try:
        content = json.loads(path.read_text("utf-8"))["results"]
        return [Result.model_validate(result) for result in content]
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        reason = f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
    raise DataError(
        f"{path} is not a results file ({reason}).",
        hint="Give a file that --results of `valence evaluate` or another command wrote.",
        code="results-damaged",
    )
