"""The tables of benchmarks/pipeline.py in docs/fine-tuning.md, from docs/results/pipeline.json."""

from __future__ import annotations

import json
from pathlib import Path


def table() -> str:
    """In Markdown: each bar with its figure; a line without figures where nothing was measured yet."""
    path = Path(__file__).parent / "results" / "pipeline.json"
    if not path.exists():
        return "Not measured on an idle machine yet."
    found = json.loads(path.read_text("utf-8"))
    lines = ["| what | figure | bar | held |", "|---|--:|--:|---|"]
    lines += [
        f"| {each['bar']} | {each['figure']:,} | {each['at']:,} | {'yes' if each['held'] else '**no**'} |"
        for each in found["bars"]
    ]
    return "\n".join(lines)


def stage2() -> str:
    """Both ways of stage 2 in words."""
    found = json.loads((Path(__file__).parent / "results" / "pipeline.json").read_text("utf-8"))["stage2"]
    features, epochs = found["by_features"], found["by_epochs"]
    right = [f"{100 * way['validation_accuracy']:.1f}%" for way in (features, epochs)]
    minutes = epochs["seconds"] / 60
    return (
        f"Stage 2 on {features['rows']:,} of SST-2's training rows, on an {features['processor']}: "
        f"{features['seconds']:.0f} s with cached features, to the optimum, against {minutes:.0f} "
        f"minutes for {found['epochs']} epochs of AdamW through the encoder; validation accuracy {right[0]} and "
        f"{right[1]}. The next head on the same texts uses the cached features."
    )


if __name__ == "__main__":
    print(table())  # noqa: T201
