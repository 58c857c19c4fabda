"""A head with its labels and history, as a model folder holds it, and its tensors as bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from valence.model.head import Floats, Head
from valence.model.labels import Labels
from valence.model.multi_label import MultiLabelHead
from valence.model.ngrams import BITS, NGrams, Vocabulary
from valence.model.readable import Readable
from valence.system.errors import SettingsError
from valence.tables.posts import Cleaning, cleaning_of

FORMAT = 1
# Of a multi-label head: an older Valence would treat its labels as alternatives, so it must not read it.
MULTI_LABEL_FORMAT = 2
# Of a head with n-grams, or with offsets of its answers: an older Valence would leave them out.
EXTENDED_FORMAT = 3

_LARGEST = 1e12  # weight of a layer: far more than a fit makes; products of two are within single precision

# The readouts of a body: the input of the network's own final layer, or means over several layers.
FINAL: Final = "final"
GENERAL: Final = "general"

# Below this calibrated probability the page says "not sure" and `Prediction.sure` is false: at 0.7 a calibrated
# classifier is wrong about three times in ten, which is too often to act on.
SURE_FROM = 0.7


@dataclass(frozen=True)
class FittedHead:
    """A head with its labels and history, as `head.json` and `head.safetensors` hold it.

    Attributes:
        head: reads what `inputs` makes.
        ngrams: score a text beside the body; None where the head reads the body's features alone.
        readable: refuses texts that the model can't read; None if it scores any text.
    """

    head: Head
    labels: Labels
    readout: str
    body_id: str
    sure_from: float = SURE_FROM
    provenance: dict[str, Any] = field(default_factory=dict)
    ngrams: NGrams | None = None
    readable: Readable | None = None

    @property
    def cleaning(self) -> Cleaning:
        """How the texts were cleaned that it was fitted on, and so those that it scores unless told otherwise."""
        return cleaning_of(self.provenance.get("data", {}))

    @property
    def version(self) -> str:
        """Twelve hex digits that change with the weights, the labels or the threshold."""
        text = json.dumps([list(self.labels.names), self.readout, self.body_id, self.sure_from])
        return hashlib.sha256(text.encode() + head_bytes(self)).hexdigest()[:12]

    @property
    def reads(self) -> str:
        """In words what the head reads."""
        return f"{self.readout} readout{' beside n-grams' if self.ngrams else ''}"

    @property
    def in_network(self) -> bool:
        """Whether the network's own final layer can be this head, so that plain transformers gives the same scores."""
        return self.readout == FINAL and self.ngrams is None

    def restricted_to(self, labels: Sequence[str]) -> FittedHead:
        """The same head with only these of its labels, whose probabilities are divided by their sum, in its own order.

        Raises SettingsError if it has no such label, if there are fewer than two, or if a text can have several.
        """
        self._check_restriction(labels)
        rows = [i for i, name in enumerate(self.labels.names) if name in labels]
        head = self.head
        return replace(
            self,
            head=replace(
                head,
                weight=head.weight[rows],
                bias=head.bias[rows],
                offsets=None if head.offsets is None else head.offsets[rows],
            ),
            labels=Labels([self.labels.names[i] for i in rows]),
        )

    def _check_restriction(self, labels: Sequence[str]) -> None:
        unknown = [name for name in labels if name not in self.labels.names]
        why = (
            "A text can have several of its labels, so that leaving some out changes nothing of the others."
            if self.labels.multi_label
            else f"It has no label {unknown[0]!r}."
            if unknown
            else "A choice needs at least two different labels."
            if len(set(labels)) < 2
            else ""
        )
        if why:
            raise SettingsError(
                f"The model can't answer with the labels {', '.join(labels)} alone. {why}",
                hint=f"Its labels are {', '.join(self.labels.names)}.",
                code="invalid-labels",
            )

    def inputs(self, features: Floats, texts: Sequence[str]) -> Floats:
        """What `head` reads, shape (n, head.features): the readout's features, (n, width), and scores of n-grams.

        Everything that scores texts comes through here.
        """
        if self.ngrams is None:
            return features
        return np.hstack([features, self.ngrams.scores(texts)])


def head_format(fitted: FittedHead) -> int:
    """The lowest format that says all of the head."""
    if fitted.ngrams is not None or fitted.head.offsets is not None:
        return EXTENDED_FORMAT
    return MULTI_LABEL_FORMAT if fitted.labels.multi_label else FORMAT


def head_of(content: bytes, *, multi_label: bool) -> tuple[Head, NGrams | None]:
    """What `head_bytes` wrote. Raises SafetensorError, KeyError, TypeError, ValueError or IndexError if it is damaged,
    or has numbers that no fit makes.
    """
    tensors = load_tensors(content)
    wrong = [name for name, tensor in tensors.items() if not np.isfinite(tensor).all()]
    if wrong:
        raise ValueError(f"{wrong[0]} has values that are not numbers")
    temperature = float(tensors["temperature"][0])
    if temperature <= 0 or not (tensors["scale"] > 0).all():
        raise ValueError("the temperature and the scale must be above 0")
    layer = (tensors["weight"], tensors["bias"], tensors["mean"], tensors["scale"], temperature)
    largest = max(float(np.abs(part).max(initial=0)) for part in layer[:3])
    if largest > _LARGEST * temperature * float(tensors["scale"].min()):
        raise ValueError("the weights are so large that scores would not be numbers")
    head = Head(*layer, offsets=tensors.get("offsets"))
    ngrams = _ngrams_of(tensors)
    return MultiLabelHead.of(head, _thresholds(tensors)) if multi_label else head, ngrams


def _thresholds(tensors: dict[str, Any]) -> Floats:
    thresholds: Floats = tensors["thresholds"]
    if not ((thresholds >= 0) & (thresholds <= 1)).all():
        raise ValueError("thresholds must be between 0 and 1")
    return thresholds


def _ngrams_of(tensors: dict[str, Any]) -> NGrams | None:
    """Raises KeyError or ValueError if they are incomplete, or not as `Vocabulary` has them."""
    if "ngram_buckets" not in tensors:
        return None
    buckets, idf, weight = tensors["ngram_buckets"], tensors["ngram_idf"], tensors["ngram_weight"]
    if (buckets.dtype, idf.dtype, weight.dtype) != (np.int32, np.float32, np.float16):
        raise ValueError("the n-grams have numbers of another kind")
    if buckets.ndim != 1 or (np.diff(buckets, prepend=-1, append=2 << BITS) <= 0).any():
        raise ValueError("the buckets of n-grams must be different numbers in ascending order")
    return NGrams(Vocabulary(buckets, idf), weight)


def head_bytes(fitted: FittedHead) -> bytes:
    """The content of head.safetensors."""
    head, ngrams = fitted.head, fitted.ngrams
    arrays = {
        "weight": head.weight,
        "bias": head.bias,
        "mean": head.mean,
        "scale": head.scale,
        "temperature": np.array([head.temperature]),
        **({} if head.offsets is None else {"offsets": head.offsets}),
        **({"thresholds": head.thresholds} if isinstance(head, MultiLabelHead) else {}),
    }
    tensors = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}
    if ngrams is not None:
        tensors["ngram_buckets"] = np.ascontiguousarray(ngrams.vocabulary.buckets, dtype=np.int32)
        tensors["ngram_idf"] = np.ascontiguousarray(ngrams.vocabulary.idf, dtype=np.float32)
        tensors["ngram_weight"] = np.ascontiguousarray(ngrams.weight, dtype=np.float16)
    content: bytes = save_tensors(tensors)
    return content
