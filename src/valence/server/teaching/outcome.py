"""What a fit made: the head, and everything that was measured. It goes from the fit's process to the database."""

from __future__ import annotations

from typing import Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict

from valence.model.results import Estimate, Result

Tested = Literal["test", "cross-validation", "none"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)  # a newer Valence may have written more


class Rival(_Part):
    """Another way to answer, tested on the same examples."""

    name: str
    kind: Literal["most-frequent", "n-grams", "published"]
    accuracy: Estimate
    macro_f1: Estimate


class Doubt(_Part):
    """An example whose label a head disagrees with that hasn't seen it.

    Attributes:
        given: the labels that it had at the time of the fit.
        suggested: those of the head.
        given_probability: of the label that it had; of several labels, of the one that looks most wrong.
        probability: of what is suggested.
    """

    id: int
    given: list[str]
    suggested: list[str]
    given_probability: float
    probability: float


class CurvePoint(_Part):
    """Cross-validated accuracy of heads that were fitted on this number of rows."""

    rows: int
    accuracy: float


class Learning(_Part):
    """What more examples would bring; see `learning`.

    Attributes:
        points: of the curve.
        more: how many more examples are spoken of.
        gain: accuracy that they would add, with its interval; None if there are too few rows.
        sentence: in words.
    """

    points: list[CurvePoint]
    more: int | None
    gain: Estimate | None
    sentence: str


class TermFigures(_Part):
    """Harmless sentences with one word: the share that gets the label, and its mean probability."""

    term: str
    share: float
    probability: float


class LabelIdentity(_Part):
    """One label in sentences with words for groups of people, and without.

    Attributes:
        without: share of the sentences without a word that get the label.
        share: of those with a word.
        change: of the label's mean probability by a word, with its interval.
        terms: each word, those that bring the label most often first.
    """

    label: str
    without: float
    share: float
    change: Estimate
    terms: list[TermFigures]


class Identity(_Part):
    """What words for groups of people change; see `identity`.

    Attributes:
        sentence: in words.
        sentences: how many there are; each is tried with every word.
        labels: those that change most.
    """

    sentence: str
    sentences: int
    labels: list[LabelIdentity]


class Outcome(_Part):
    """Everything that was measured of a version.

    Attributes:
        reads: what the head reads, in words.
        tested: what the figures come from.
        result: the figures; None if nothing could be tested.
        verdict: in a sentence, what they say.
        enough: whether they say anything.
        mistakes: the most confident ones, of the tested examples.
        suspects: the training examples whose labels look most wrong.
        looked_at: training examples that were looked at for this.
        wrong_share: estimated share of wrong labels among them.
        notes: what else people should know, in sentences.
        learning: None of versions that an older Valence made, as
        identity: is.
    """

    reads: str
    tested: Tested
    result: Result | None
    verdict: str
    enough: bool
    beside: list[Rival]
    mistakes: list[Doubt]
    suspects: list[Doubt]
    looked_at: int
    wrong_share: float
    notes: list[str]
    learning: Learning | None = None
    identity: Identity | None = None

    @property
    def accuracy(self) -> Estimate | None:
        return None if self.result is None else self.result.accuracy

    @property
    def macro_f1(self) -> Estimate | None:
        return None if self.result is None else self.result.metrics["macro_f1"]


class Answers(_Part):
    """What a head answers for the rows that it was tested on; thresholds are chosen from it. No texts.

    Attributes:
        labels: in the order of the probabilities.
        examples: ID of each row.
        probabilities: of each row.
        truth: the labels that each row has, by their place in `labels`.
    """

    labels: list[str]
    examples: list[int]
    probabilities: list[list[float]]
    truth: list[list[int]]


class Made(_Part):
    """A fitted head and its outcome.

    Attributes:
        answers: None if nothing could be tested.
        head: as `valence.model.fitted_head.head_bytes` writes it.
        fingerprint: the head's version.
        provenance: JSON, as in head.json.
        rows_digest: of the training texts with their labels.
    """

    labels: list[str]
    head: Base64Bytes
    fingerprint: str
    readout: str
    provenance: str
    rows: int
    rows_digest: str
    outcome: Outcome
    answers: Answers | None = None
