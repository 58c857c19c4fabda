"""N-grams alone: the same probabilities whatever texts stand beside one, and none of scikit-learn or torch."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from valence.fitting.choice import HeadRows
from valence.fitting.ngrams_alone import fit_ngrams_alone
from valence.model.labels import Labels

TRUTH = np.tile([0, 1], 60).astype(np.int64)
TEXTS = [f"{('dreadful', 'lovely')[label]} thing {row}" for row, label in enumerate(TRUTH)]
ROWS = HeadRows(TEXTS, TRUTH, np.arange(120), np.arange(100, 120))
LABELS = Labels(["bad", "good"])


def test_words_that_tell_are_learnt_and_held_out_rows_are_scored() -> None:
    steps: list[str] = []
    found = fit_ngrams_alone(ROWS, LABELS, on_step=steps.append)
    scores = found.predict_proba(["a lovely day", "a dreadful day"])
    assert scores.argmax(axis=1).tolist() == [1, 0]
    assert found.held_out.shape == (20, 2)
    assert (found.held_out.argmax(axis=1) == TRUTH[100:]).all()
    assert found.parameters == found.ngrams.weight.size + 2
    assert any("n-grams: penalty" in step for step in steps)


def test_a_text_has_the_same_bits_alone_and_among_others() -> None:
    found = fit_ngrams_alone(ROWS, LABELS)
    together = found.predict_proba(TEXTS)
    assert np.concatenate([found.predict_proba([text]) for text in TEXTS]).tobytes() == together.tobytes()


def test_neither_scikit_learn_nor_torch_is_imported() -> None:
    code = "import sys, valence.fitting.ngrams_alone; print({'sklearn', 'torch'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
