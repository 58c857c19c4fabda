"""Whether words for groups of people change a classifier's answers: harmless sentences with such a word and without.

Counterfactual copies, as in Dixon et al. (2018) and Garg et al. (2019), "Counterfactual Fairness in Text Classification
through Robustness": what differs between two copies is only the word, so what differs in the answers comes from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from valence.model.fitted_head import FittedHead
from valence.model.head import Floats
from valence.model.results import Estimate
from valence.server.teaching.identity_terms import PLACE, SENTENCES, TERMS
from valence.server.teaching.outcome import Identity, LabelIdentity, TermFigures

# What the reader of examples keeps the features of these sentences under.
KEPT_AS = "identity-terms"
_MOST_LABELS = 5  # that are shown, those whose probability changes most
_RESAMPLES = 2000
_NAMED = 3  # words in a sentence


def texts() -> list[str]:
    """Every sentence without a word, then every sentence with each word."""
    without = [sentence.replace(PLACE, "") for sentence in SENTENCES]
    return without + [sentence.format(term) for term in TERMS for sentence in SENTENCES]


def identity_figures(fitted: FittedHead, features: Floats) -> Identity:
    """How the head answers. `features` are of `texts()` in the head's readout, shape (n, width)."""
    probabilities = np.asarray(fitted.head.predict_proba(fitted.inputs(features, texts())), dtype=np.float64)
    decided, labels = fitted.head.decide(probabilities), len(fitted.labels)
    marks = decided if decided.ndim == 2 else np.eye(labels)[decided]
    copies = len(TERMS) + 1
    probability = probabilities.reshape(copies, len(SENTENCES), labels)
    answered = np.asarray(marks, dtype=np.float64).reshape(copies, len(SENTENCES), labels)
    changes = probability[1:].mean(axis=0) - probability[0]  # of each sentence and label
    shown = np.argsort(-np.abs(changes.mean(axis=0)), kind="stable")[:_MOST_LABELS]
    found = [_of_label(fitted.labels.names[i], answered[..., i], probability[..., i]) for i in shown]
    return Identity(sentence=_sentence(found), sentences=len(SENTENCES), labels=found)


def _of_label(label: str, answered: Floats, probability: Floats) -> LabelIdentity:
    """From answers and probabilities of shape (1 + terms, sentences), the first row without a word."""
    terms = [
        TermFigures(term=term, share=_plain(answered[i + 1].mean()), probability=_plain(probability[i + 1].mean()))
        for i, term in enumerate(TERMS)
    ]
    return LabelIdentity(
        label=label,
        without=_plain(answered[0].mean()),
        share=_plain(answered[1:].mean()),
        change=_mean_with_interval(probability[1:].mean(axis=0) - probability[0]),
        terms=sorted(terms, key=lambda each: (-each.share, -each.probability)),
    )


def _mean_with_interval(changes: Floats) -> Estimate:
    """The mean over sentences, with its interval over resampled sentences, which stand for those of the forum."""
    drawn = np.random.default_rng(0).integers(len(changes), size=(_RESAMPLES, len(changes)))
    low, high = np.quantile(changes[drawn].mean(axis=1), (0.025, 0.975))
    return Estimate(_plain(changes.mean()), _plain(low), _plain(high))


def _sentence(labels: Sequence[LabelIdentity]) -> str:
    """About the label that such words bring most often."""
    more = [each for each in labels if each.change.low > 0 and each.share > each.without]
    if not more:
        return (
            f"Words such as {_listed(TERMS)} don't bring any label more often: {len(SENTENCES)} harmless sentences get "
            "about the same answers with them and without."
        )
    most = max(more, key=lambda each: each.share - each.without)
    words = _listed([each.term for each in most.terms])
    times = f", {most.share / most.without:.1f} times as often" if most.without > 0 else ""
    return (
        f"It answers {most.label} to {most.share:.0%} of harmless sentences with words such as {words}, and to "
        f"{most.without:.0%} of the same sentences without{times}."
    )


def _listed(terms: Sequence[str]) -> str:
    return f"{', '.join(terms[: _NAMED - 1])} or {terms[_NAMED - 1]}"


def _plain(value: float) -> float:
    return round(float(value), 4)
