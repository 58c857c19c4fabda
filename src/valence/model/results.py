"""What was measured of a model: figures with their intervals, the points of the charts, and where it all comes from.

Evaluation makes these objects, a model folder keeps them in results.json, and the API serves them as they are. A result
that an older Valence wrote lacks the parts that came later; they are None here, and are not written back.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.dataclasses import dataclass

# Files may hold more than this version knows, which is ignored. Answers of the API have these fields, all of them, and
# no others, and the API document says so.
_CONFIG = ConfigDict(
    extra="ignore",
    frozen=True,
    json_schema_extra={"additionalProperties": False},
    json_schema_serialization_defaults_required=True,
)

Probability = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = _CONFIG


@dataclass(config=_CONFIG)
class Estimate:
    """A figure with its 95% interval."""

    value: float
    low: float = Field(description="Lower end of the 95% interval.")
    high: float = Field(description="Upper end of the 95% interval.")

    def __str__(self) -> str:
        """In percent, as tables show it."""
        return f"{100 * self.value:.2f} [{100 * self.low:.2f}, {100 * self.high:.2f}]"


class LabelFigures(_Part):
    label: str
    precision: float
    recall: float
    f1: float
    support: int = Field(description="Rows that have the label.")
    roc_auc: float | None = Field(None, description="Against all other rows; null if no row, or every row, has it.")


class Reliability(_Part):
    """Calibration in 15 equal bins of the confidence, from 0 to 1; each list has one number per bin. If a row can have
    several labels, each pair of a row and a label counts, and the confidence is the label's probability.
    """

    rows: list[float]
    confidence: list[float] = Field(description="Mean confidence of the rows in the bin; 0 if it is empty.")
    accuracy: list[float] = Field(description="Share of the rows in the bin that are right; 0 if it is empty.")


class Calibration(_Part):
    """The calibration errors that chance alone would show on as many rows if every probability were true."""

    by_chance: Estimate = Field(description="Their mean, and the range of 95% of them.")
    p_value: float = Field(description="How often chance gives an error at least as large as the measured one.")


class RocCurve(_Part):
    """One label against the rest, from (0, 0) to (1, 1), at most 200 points."""

    label: str
    area: float = Field(description="Area under the whole curve, before it was thinned.")
    false_positive_rate: list[float]
    true_positive_rate: list[float]
    threshold: list[float | None] = Field(description="Rows count from this probability up; null: no row counts.")


class PrecisionRecallCurve(_Part):
    """One label against the rest, from the highest threshold down, at most 200 points."""

    label: str
    average_precision: float = Field(description="Of the whole curve, before it was thinned.")
    recall: list[float]
    precision: list[float]
    threshold: list[float] = Field(description="Rows count from this probability up.")


class ScoreHistogram(_Part):
    """Rows in each of 20 equal bins of one label's probability, from 0 to 1."""

    label: str
    own: list[int] = Field(description="Rows that have the label.")
    others: list[int] = Field(description="Rows that don't.")


class Threshold(_Part):
    """The probability from which a label reaches a target on these rows; null if no threshold reaches it."""

    label: str
    aim: Literal["precision", "recall"]
    target: Probability
    threshold: Probability | None
    precision: float | None
    recall: float | None


class Slice(_Part):
    """Accuracy on some of the rows. A row with several labels is right if all of them are."""

    by: str = Field(description="The property that the rows are grouped by.", examples=["words"])
    name: str = Field(description="The value that these rows share.", examples=["1 to 9"])
    rows: int
    accuracy: Estimate = Field(description="With Wilson's interval.")


class ConfusedPair(_Part):
    """Two labels, one of which was predicted on rows of the other."""

    truth: str = Field(description="The right label.")
    predicted: str = Field(description="The label that was predicted.")
    rows: int = Field(description="How often it was.")
    share: float = Field(description="Of the rows with the right label.")


class Mistake(_Part):
    """A row whose predicted label is wrong, by where it comes from, without its text. Labels are as in KnownFailure."""

    key: str = Field(description="Where the row comes from.", examples=["tickets.csv:17"])
    truth: str
    predicted: str
    probability: float


class SuspectLabel(_Part):
    """A row whose label looks wrong to a classifier that has not seen it; see `evaluation.label_check`."""

    key: str = Field(description="Where the row comes from.", examples=["tickets.csv:17"])
    given: str = Field(description="The label in the data.")
    suggested: str = Field(description="The label that looks right.")
    given_probability: float = Field(description="Of several labels, of the one that looks most wrong.")
    suggested_probability: float


class LabelCheck(_Part):
    """The rows of a data set whose labels look wrong."""

    rows: int = Field(description="Rows that were checked.")
    found: int = Field(description="Rows whose labels look wrong.")
    suspects: list[SuspectLabel] = Field(description="Of these, the most suspect ones, the most suspect first.")
    estimated_share: float = Field(description="Estimated share of wrong labels, of several labels per text the mean.")
    not_judged: list[str] = Field(description="Labels with too few rows to judge them.")


class KnownFailure(_Part):
    """A row whose predicted label is wrong.

    If a text can have several labels, `truth` and `predicted` list all of them, and `probability` is the one that was
    furthest from the truth: of a label that the row doesn't have, or of the absence of one that it has.
    """

    text: str
    truth: str = Field(description="The right label.")
    predicted: str = Field(description="The label that the model predicts.")
    probability: float = Field(description="Probability of the predicted label.")
    key: str | None = Field(default=None, description="Where the row comes from; null if nothing says so.")


class LearningPoint(_Part):
    rows: int = Field(description="Training rows.")
    penalty: float = Field(description="Penalty of the head, chosen on validation.")
    metrics: dict[str, Estimate]


class LearningCurve(_Part):
    """The head fitted on nested parts of the training rows."""

    split: Literal["validation"]
    rows: int = Field(description="Rows that the points were measured on.")
    points: list[LearningPoint]


class CrossValidation(_Part):
    """Every row was scored by a head that had not seen it, and was chosen without it too."""

    parts: int = Field(description="Parts in which the rows were divided; one after the other was held out.")
    repeats: int = Field(description="How often, with other parts; each row was scored in one of these divisions.")

    @property
    def dependence(self) -> float:
        """By how much the variance of a figure is larger than of a test on as many other rows.

        Rows that are fitted on in turn depend on each other (Nadeau and Bengio 2003, "Inference for the Generalization
        Error").
        """
        return 1 / self.repeats + self.parts / (self.parts - 1)

    def __str__(self) -> str:
        times = f", {self.repeats} times" if self.repeats > 1 else ""
        each = "each row was scored by a head that had not seen it, and the final head was fitted on all rows"
        return f"Nested cross-validation in {self.parts} parts{times}: {each}."


class Result(_Part):
    """The figures of one model on one split of one data set. What an older Valence did not save is null."""

    name: str = Field(description="What was measured.", examples=["SST-2, only the final layer changed"])
    data: str = Field(examples=["sst2"])
    split: str = Field(examples=["test"])
    rows: int
    cross_validation: CrossValidation | None = Field(
        None, description="If no rows were held out: how all of them were tested."
    )
    caution: str | None = Field(
        None,
        description="What to know before relying on the figures; null if there are enough rows.",
        examples=["12 rows: any figure below is a guess."],
    )
    metrics: dict[str, Estimate] = Field(
        description="Figures with their 95% intervals: accuracy, macro_f1 and more; for a multi-label model "
        "subset_accuracy, micro_f1 and more."
    )
    multi_label: bool = Field(default=False, description="Whether a row can have several labels, or none.")
    labels: list[str] | None = Field(None, description="In the order of `confusion`.")
    confusion: list[list[int]] | None = Field(
        None, description="Rows: true label; columns: predicted label; null if a row can have several."
    )
    per_class: list[LabelFigures] | None = None
    confused: list[ConfusedPair] | None = Field(
        None, description="The most frequent confusions first; null with two labels, or if a row can have several."
    )
    mistakes: list[Mistake] | None = Field(
        None, description="The most confident ones first, by row; null if nothing says where rows come from."
    )
    reliability: Reliability | None = None
    calibration: Calibration | None = None
    roc: list[RocCurve] | None = Field(
        None, description="One curve per label; with two labels only the second one's, from which the first's follows."
    )
    precision_recall: list[PrecisionRecallCurve] | None = Field(None, description="For the same labels as `roc`.")
    score_histogram: list[ScoreHistogram] | None = Field(None, description="For the same labels as `roc`.")
    thresholds: list[Threshold] | None = None
    slices: list[Slice] | None = None
    known_failures: list[KnownFailure] | None = Field(
        None, description="The most confident ones first; null if none were published."
    )
    learning_curve: LearningCurve | None = None
    label_check: LabelCheck | None = Field(
        None, description="Training rows whose labels look wrong; null if it was not requested."
    )
    command: str = Field(description="The command that made it; empty if a Python program did.")
    data_checksum: str
    seed: int
    wall_time_s: float = Field(description="Seconds that training and testing took.")
    # A whole number in every file, and a plain number in the API document.
    peak_memory_mb: Annotated[int | float, WithJsonSchema({"title": "Peak Memory Mb", "type": "number"})]
    trained_parameters: int = Field(description="How many of the network's parameters were changed.")
    processor: str

    @property
    def accuracy_name(self) -> str:
        """The metric that says how many rows are right: if a row can have several labels, all of them must be."""
        return "subset_accuracy" if "subset_accuracy" in self.metrics else "accuracy"

    @property
    def accuracy(self) -> Estimate:
        """The metric of that name."""
        return self.metrics[self.accuracy_name]

    def as_json(self) -> dict[str, Any]:
        """As a results file holds it: what an older Valence did not save is still not in it."""
        return self.model_dump(mode="json", exclude_unset=True)


class Results(_Part):
    """The content of a model folder's results.json.

    Attributes:
        results: the model's own results.
        comparisons: of other methods on the same rows, and of the model that this one was made from on other data.
    """

    results: list[Result] = []
    comparisons: list[Result] = []

    def with_rivals(self) -> list[Result]:
        """The model's own results, and after each one those of other methods on the same rows."""
        return [row for own in self.results for row in (own, *self.rivals_of(own))]

    def rivals_of(self, own: Result) -> list[Result]:
        """The results of other methods on the rows of one of the model's own results."""
        rows = (own.data, own.split, own.data_checksum, own.rows)
        return [each for each in self.comparisons if (each.data, each.split, each.data_checksum, each.rows) == rows]

    def as_json(self) -> dict[str, Any]:
        return {
            "results": [result.as_json() for result in self.results],
            "comparisons": [result.as_json() for result in self.comparisons],
        }
