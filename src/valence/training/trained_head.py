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
from valence.model.head import Floats, Head, fit_temperature, linear_head
from valence.model.labels import Labels


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

    One temperature is fitted, on the validation rows of all sets together.
    """
    final = network.final_layer(model)
    weight, bias = (each.detach().float().cpu().numpy() for each in (final.weight, final.bias))
    body = BodyWithReadouts(model)

    def read(texts: Sequence[str], title: str) -> Floats:
        found = features.compute(body, tokenizer, texts, max_tokens=max_tokens, precision=precision, title=title)
        return found[FINAL]

    validation = np.concatenate([read(each.validation.texts, "validation") for each in sets])
    truth = np.concatenate([labels.encode(each.validation.labels) for each in sets])
    temperature = fit_temperature(linear_head(weight, bias).logits(validation).astype(np.float64), truth)
    head = linear_head(weight, bias, temperature)
    return head, [head.predict_proba(read(each.test.texts, "test")) for each in sets]
