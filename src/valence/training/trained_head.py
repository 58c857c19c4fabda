"""The final layer of a network that was trained, as a head: calibrated on validation, tried on the reserved set."""

from __future__ import annotations

from typing import Any

import numpy as np
from transformers import PreTrainedModel

from valence.data.examples import Splits
from valence.encoder import features, network
from valence.encoder.precision import Precision
from valence.encoder.readouts import BodyWithReadouts
from valence.model.folder import FINAL
from valence.model.head import Floats, Head, fit_temperature, linear_head
from valence.model.labels import Labels


def calibrate_and_test(
    model: PreTrainedModel, tokenizer: Any, splits: Splits, labels: Labels, *, max_tokens: int, precision: Precision
) -> tuple[Head, Floats]:
    """(head, its probabilities on the test rows, shape (n, classes)); takes the network's final layer out."""
    final = network.final_layer(model)
    weight, bias = (each.detach().float().cpu().numpy() for each in (final.weight, final.bias))
    body = BodyWithReadouts(model)
    validation, test = (
        features.compute(body, tokenizer, part.texts, max_tokens=max_tokens, precision=precision, title=title)[FINAL]
        for part, title in ((splits.validation, "validation"), (splits.test, "test"))
    )
    logits = linear_head(weight, bias).logits(validation).astype(np.float64)
    temperature = fit_temperature(logits, labels.encode(splits.validation.labels))
    head = linear_head(weight, bias, temperature)
    return head, head.predict_proba(test)
