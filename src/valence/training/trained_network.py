"""A network that was trained, with its final layer as a head: calibrated on validation, tested on the reserved sets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from transformers import PreTrainedModel

from valence.encoder import features, network
from valence.encoder.precision import Precision
from valence.encoder.readouts import BodyWithReadouts
from valence.evaluation.scored import AnyScored
from valence.model.folder import FINAL, Body
from valence.model.head import Floats, Head, linear_head
from valence.model.multi_label import fitter_for
from valence.model.offsets import Objective
from valence.model.results import Result
from valence.training.run import Run, TrainedModel
from valence.training.torch_body import with_head


def evaluate_network(
    run: Run,
    model: PreTrainedModel,
    tokenizer: Any,
    body: Body,
    *,
    precision: Precision,
    what: str,
    trained_parameters: int,
    optimise: Objective | None = None,
) -> tuple[TrainedModel, list[AnyScored], list[Result]]:
    """(the body with its head, the test rows of each set of the run, a result for each).

    Removes the final layer. `what` was trained, in words; see `Run.measure`. Answers are chosen for `optimise`.
    """
    head, probabilities = _calibrate_and_predict(run, model, tokenizer, body.max_tokens, precision, optimise)
    rows = run.scored(head, probabilities)
    results = run.measure(
        rows,
        what=what,
        trained_parameters=trained_parameters,
        accelerator=precision.accelerator,
    )
    return TrainedModel(body, head, FINAL, partial(with_head, model, tokenizer)), rows, results


def _calibrate_and_predict(
    run: Run,
    model: PreTrainedModel,
    tokenizer: Any,
    max_tokens: int,
    precision: Precision,
    optimise: Objective | None,
) -> tuple[Head, list[Floats]]:
    """(head, its probabilities for the test rows of each set, shape (n, classes)).

    One temperature, and the thresholds or offsets if there are any, are fitted on the validation rows of all sets.
    """
    final = network.final_layer(model)
    weight, bias = (parameter.detach().float().cpu().numpy() for parameter in (final.weight, final.bias))
    body = BodyWithReadouts(model)

    def read(texts: Sequence[str], title: str) -> Floats:
        readouts = features.compute(body, tokenizer, texts, max_tokens=max_tokens, precision=precision, title=title)
        return readouts[FINAL]

    splits = [prepared.splits for prepared in run.sets]
    validation = np.concatenate([read(split.validation.texts, "validation") for split in splits])
    truth = np.concatenate([run.labels.encode(split.validation.labels) for split in splits])
    head = fitter_for(run.labels, optimise=optimise).calibrated(linear_head(weight, bias), validation, truth)
    return head, [head.predict_proba(read(split.test.texts, "test")) for split in splits]
