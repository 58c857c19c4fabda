"""The final layer of a network that was trained, as a head: calibrated on validation, tried on the reserved set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from transformers import PreTrainedModel

from valence.data.examples import Splits
from valence.encoder import features, network
from valence.encoder.precision import Precision
from valence.encoder.readouts import BodyWithReadouts
from valence.model.folder import FINAL
from valence.model.head import Floats, Head, linear_head
from valence.model.labels import Labels
from valence.model.multi_label import fitter_for


def calibrate_and_test(
    model: PreTrainedModel,
    tokenizer: Any,
    sets: Sequence[Splits],
    labels: Labels,
    *,
    max_tokens: int,
    precision: Precision,
) -> tuple[Head, list[Floats]]:
    """(head, its probabilities on the test rows of each set, shape (n, classes)); takes the network's final layer out.

    One temperature is fitted, and the thresholds of several labels a text, on the validation rows of all sets together.
    """
    final = network.final_layer(model)
    weight, bias = (each.detach().float().cpu().numpy() for each in (final.weight, final.bias))
    body = BodyWithReadouts(model)

    def read(texts: Sequence[str], title: str) -> Floats:
        found = features.compute(body, tokenizer, texts, max_tokens=max_tokens, precision=precision, title=title)
        return found[FINAL]

    validation = np.concatenate([read(each.validation.texts, "validation") for each in sets])
    truth = np.concatenate([labels.encode(each.validation.labels) for each in sets])
    head = fitter_for(labels).calibrated(linear_head(weight, bias), validation, truth)
    return head, [head.predict_proba(read(each.test.texts, "test")) for each in sets]
