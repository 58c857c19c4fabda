"""Putting figures into a model folder, so that its card and the page show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from valence.evaluation.card import model_card
from valence.files import write_bytes
from valence.model.folder import ModelFolder


def record(path: Path, own: list[dict[str, Any]], beside: list[dict[str, Any]]) -> None:
    """Adds the model's own results, each replacing an earlier one of its name, and sets those beside them."""
    folder = ModelFolder(path)
    before = folder.results()
    results = _merged(before.get("results", []), own)
    folder.write_results({"results": results, "comparisons": _merged(before.get("comparisons", []), beside)})
    serving_only = not (path / "model.safetensors").exists()
    card = model_card(folder.name, folder.body(), folder.head(), results, serving_only=serving_only)
    write_bytes(path / "README.md", card.encode())


def _merged(before: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keyed = {(each["name"], each["split"]): each for each in [*before, *new]}
    return list(keyed.values())
