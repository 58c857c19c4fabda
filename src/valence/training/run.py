"""The beginning and the end of every training run.

A run begins with the rows of its data sets and a description of them. It ends with a result on each reserved set and a
model folder with everything that led to it. What happens between the two is each stage's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from valence.data.examples import Dataset, Splits, content_checksum
from valence.data.splits import SplitConfig, prepare
from valence.evaluation.comparison import Beside
from valence.evaluation.results import Origin, check_labels_covered, measure
from valence.evaluation.scored import AnyScored, answered, scored
from valence.fitting.choice import HeldOutScores
from valence.fitting.nested import Plan
from valence.model.folder import Body, FittedHead, ModelFolder
from valence.model.head import Floats, Head
from valence.model.labels import Labels
from valence.model.ngrams import NGrams
from valence.model.results import LabelCheck, LearningCurve, Result
from valence.system.errors import DataError
from valence.system.files import remove_folder
from valence.training.provenance import describe_data, versions
from valence.training.saving import AddBody, Trained, save


@dataclass(frozen=True)
class PreparedSet:
    """A data set and the rows of it that a run works with."""

    dataset: Dataset
    splits: Splits


@dataclass(frozen=True)
class TrainedModel:
    """A body and the head that was fitted on it.

    Attributes:
        body: what is written to body.json.
        head: fitted and calibrated.
        readout: what the head reads from the body.
        ngrams: what it reads beside that; None if nothing.
        add_body: gives the function that writes the body's files next to the head.
    """

    body: Body
    head: Head
    readout: str
    add_body: Callable[[FittedHead], AddBody]
    ngrams: NGrams | None = None


@dataclass(frozen=True)
class Finished:
    """The model folder that a run wrote, with its results on each reserved set, and a baseline on the first."""

    folder: ModelFolder
    results: list[Result]
    beside: Beside | None = None


@dataclass(frozen=True)
class Run:
    """A training run that has begun.

    Attributes:
        sets: in the order given.
        labels: those of the first set.
        data: describes the sets, for the provenance.
        command: the command line that started the run; empty if a Python program did.
        started: `time.perf_counter()` at the beginning.
        plan: how the rows of the one set are tested if none was held out.
    """

    sets: tuple[PreparedSet, ...]
    labels: Labels
    data: dict[str, Any]
    config: SplitConfig
    command: str
    started: float
    plan: Plan | None = None

    def scored(self, head: Head, probabilities: Sequence[Floats]) -> list[AnyScored]:
        """The test rows of each set with their probabilities, each of shape (n, classes)."""
        return [
            scored(
                scores,
                self.labels.encode(prepared.splits.test.labels),
                head=head,
                labels=self.labels,
                rows=prepared.splits.test,
            )
            for scores, prepared in zip(probabilities, self.sets, strict=True)
        ]

    def tested(self, held_out: HeldOutScores) -> AnyScored:
        """The rows of the one set that were scored by heads that had not seen them."""
        rows = self.sets[0].splits.train.take(held_out.rows.tolist())
        truth = self.labels.encode(rows.labels)
        return answered(held_out.probabilities, held_out.answers, truth, labels=self.labels, rows=rows)

    def measure(
        self,
        rows: Sequence[AnyScored],
        *,
        what: str,
        trained_parameters: int,
        accelerator: str = "",
        learning_curve: LearningCurve | None = None,
        label_check: LabelCheck | None = None,
    ) -> list[Result]:
        """One result for each set.

        Args:
            rows: the test rows of each set.
            what: what was trained, in words; the data set's name comes before it.
            trained_parameters: how many of the network's parameters were changed.
            accelerator: the GPU that was used; empty for a CPU.
            learning_curve: if one was measured.
            label_check: of the training rows, if their labels were checked.
        """
        return [
            measure(
                scored_rows,
                Origin(
                    name=f"{prepared.dataset.name}: {what}",
                    data=prepared.dataset.name,
                    split=prepared.dataset.test_split,
                    data_checksum=prepared.dataset.checksum,
                    seed=self.config.seed,
                    trained_parameters=trained_parameters,
                    accelerator=accelerator,
                    command=self.command,
                    cross_validation=self.plan.how if self.plan else None,
                ),
                started=self.started,
                learning_curve=learning_curve,
                label_check=label_check,
            )
            for scored_rows, prepared in zip(rows, self.sets, strict=True)
        ]

    def provenance(self, stage: str, earlier_commands: Sequence[str], **details: Any) -> dict[str, Any]:
        """What head.json says about how the model was made; `earlier_commands` made what the run started from."""
        return {
            "stage": stage,
            "commands": [*earlier_commands, *([self.command] if self.command else [])],
            "config": asdict(self.config),
            "data": self.data,
            "versions": versions(),
            **details,
        }

    def finish(
        self,
        out: Path,
        model: TrainedModel,
        results: list[Result],
        provenance: dict[str, Any],
        *,
        comparisons: Sequence[Result] = (),
        beside: Beside | None = None,
        in_progress: Path | None = None,
    ) -> Finished:
        """Writes the model folder, complete or not at all, and then removes the folder of the run `in_progress`."""
        head = FittedHead(
            model.head, self.labels, model.readout, model.body.id, provenance=provenance, ngrams=model.ngrams
        )
        trained = Trained(model.body, head, results, list(comparisons), beside)
        folder = save(trained, out, model.add_body(head))
        if in_progress is not None:
            remove_folder(in_progress)
        return Finished(folder, results, beside)


def begin(
    datasets: Sequence[Dataset], config: SplitConfig, command: str = "", *, may_cross_validate: bool = False
) -> Run:
    """Prepares and describes the data sets; the clock of the run starts here.

    Raises DataError if a set has too few rows, or labels in test that are not in training, or no test rows although
    the run cannot test the rows that it trains on by cross-validation.
    """
    started = time.perf_counter()
    labels = Labels.discover(datasets[0].train.labels)
    sets = tuple(PreparedSet(dataset, prepare(dataset, config)) for dataset in datasets)
    for prepared in sets:
        splits = prepared.splits
        if not len(splits.test) and not may_cross_validate:
            raise DataError(
                f"{prepared.dataset.name} has no rows to test on.",
                hint="Give a test set, or rows from which one can be cut.",
                code="split-missing",
            )
        check_labels_covered(splits.train.label_counts.keys(), splits.test.label_counts.keys())
    first = sets[0].splits
    plan = None if len(first.test) else Plan(first.train, labels, config.seed)
    return Run(sets, labels, _describe(sets), config, command, started, plan)


def _describe(sets: Sequence[PreparedSet]) -> dict[str, Any]:
    """The description of one set, or of all of them together with each one's own inside."""
    descriptions = [describe_data(prepared.dataset, prepared.splits) for prepared in sets]
    if len(descriptions) == 1:
        return descriptions[0]
    return {
        "name": " and ".join(description["name"] for description in descriptions),
        "checksum": content_checksum([(description["name"], description["checksum"]) for description in descriptions]),
        "sets": descriptions,
    }
