"""Chooses, on validation and before training, which part of a long text training keeps.

Training with each policy would cost one run each. The untrained base already shows which part says more: a head is
fitted on its features of each part of the same training texts, and the policy with the lowest validation loss wins.
Texts that fit into the window are the same under every policy, so only longer texts are used.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
from transformers import PreTrainedModel

from valence.data.examples import Examples, Splits
from valence.data.splits import sample
from valence.encoder import features, network
from valence.encoder.precision import Precision
from valence.encoder.readouts import BodyWithReadouts
from valence.model.folder import GENERAL
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.model.multi_label import fitter_for
from valence.training.encoding import Truncation, encode, longer_than

log = logging.getLogger(__name__)

POLICIES: tuple[Truncation, ...] = get_args(Truncation)
_DEFAULT: Truncation = "head-tail"
_ROWS = 1000  # long texts per split: a minute for MiniLM on two cores
_FEWEST = 20  # long texts per split: with fewer the choice would be noise, and would hardly matter


def choose(
    model: PreTrainedModel,
    tokenizer: Any,
    splits: Splits,
    labels: Labels,
    *,
    max_tokens: int,
    precision: Precision,
    seed: int,
) -> dict[str, Any]:
    """`chosen`, `long_rows` (training, validation), and the `validation_log_loss` of each policy that was tried.

    `model` is left as it was.
    """
    train, validation = (
        _sample(longer_than(tokenizer, part, max_tokens), seed) for part in (splits.train, splits.validation)
    )
    rows = [len(train), len(validation)]
    if min(rows) < _FEWEST or len(train.label_counts) < 2:
        log.info("Truncation: %r, because few texts are longer than %d tokens.", _DEFAULT, max_tokens)
        return {"chosen": _DEFAULT, "long_rows": rows, "validation_log_loss": {}}
    name, final = network.final_layer_name(model), network.final_layer(model)
    body, losses = BodyWithReadouts(model), {}
    covered = train.label_counts.keys() >= validation.label_counts.keys()
    seen = Labels.discover(train.labels) if covered else labels
    try:
        for policy in POLICIES:
            read = [
                _features(body, tokenizer, part.texts, max_tokens, policy, precision) for part in (train, validation)
            ]
            fit = fitter_for(seen).fit(
                read[0], seen.encode(train.labels), read[1], seen.encode(validation.labels), classes=len(seen)
            )
            losses[policy] = round(min(fit.validation_log_loss.values()), 6)
    finally:
        model.set_submodule(name, final)
    chosen = min(POLICIES, key=losses.__getitem__)
    listed = ", ".join(f"{policy} {loss:.4f}" for policy, loss in losses.items())
    log.info("Truncation: %r is best on long validation texts (log loss of the base: %s).", chosen, listed)
    return {"chosen": chosen, "long_rows": rows, "validation_log_loss": losses}


def _sample(part: Examples, seed: int) -> Examples:
    return sample(part, rows=_ROWS, seed=seed) if len(part) else part


def _features(
    body: BodyWithReadouts,
    tokenizer: Any,
    texts: Sequence[str],
    max_tokens: int,
    policy: Truncation,
    precision: Precision,
) -> Floats:
    ids, _ = encode(tokenizer, texts, max_tokens=max_tokens, truncation=policy)
    title = f"truncation {policy}"
    readouts = features.compute_encoded(body, ids, pad_id=tokenizer.pad_token_id, precision=precision, title=title)
    return np.asarray(readouts[GENERAL])
