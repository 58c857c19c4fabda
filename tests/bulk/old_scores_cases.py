"""Logs with old scores and what a comparison says of them: the same for the command and for the page.

`python -m tests.bulk.old_scores_cases` writes the expected figures of old-scores.json anew, after an intended change.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from valence.bulk.old_scores import CompareRequest, compare
from valence.inference.engine import Engine
from valence.inference.prediction import Prediction
from valence.system.errors import TextError

CASES = Path(__file__).with_name("old-scores.json")
_LABELS = ("negative", "positive")


def engine(new: dict[str, float]) -> Engine:
    """A classifier that gives each text the probability of "negative" that `new` has for it; others can't be scored."""

    def answers(texts: Sequence[str]) -> list[Prediction | TextError]:
        return [_answer(new[text]) if text in new else TextError("This text is not scored.") for text in texts]

    fitted = SimpleNamespace(cleaning="none")
    return cast("Engine", SimpleNamespace(labels=_LABELS, fitted=fitted, answers=answers))


def _answer(value: float) -> Prediction:
    probabilities = dict(zip(_LABELS, (value, 1 - value), strict=True))
    return Prediction("negative", value, probabilities, True, 3, 1)


def expected(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What the comparison of the case's log says."""
    path = folder / case["file"]
    path.write_text(case["log"], "utf-8")
    request = CompareRequest(path, "negative", case["threshold"], score_column=case["score_column"])
    comparison = compare(request, engine(case["new"]))
    anew, no_longer = comparison.examples(3)
    return {
        "rows": [[row.place, row.text, row.old] for row in comparison.rows()],
        "left_out": comparison.left_out,
        "agreement": asdict(comparison.agreement),
        "changed": [[row.place, flagged] for row, flagged in comparison.changed()],
        "anew": [row.place for row in anew],
        "no_longer": [row.place for row in no_longer],
    }


def main() -> None:
    cases = json.loads(CASES.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            case["expected"] = expected(case, Path(folder))
    CASES.write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
