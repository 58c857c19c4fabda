"""Putting figures into a model folder, so that its card and the page show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from valence.evaluation.card import model_card
from valence.files import write_bytes
from valence.model.folder import ModelFolder


def record(path: Path, own: list[dict[str, Any]], beside: list[dict[str, Any]]) -> None:
    """Puts the model's own results first, each replacing an earlier one of its name, and sets those beside them.

    A folder with only the half that serving needs is judged as it is served: what training measured on the same data,
    with a network that is not in the folder, leaves it.
    """
    folder = ModelFolder(path)
    before = folder.results()
    serving_only = not (path / "model.safetensors").exists()
    measured = {each["data"] for each in own} if serving_only else set()
    earlier = [each for each in before.get("results", []) if each["data"] not in measured]
    results = _merged(own, earlier)
    folder.write_results({"results": results, "comparisons": _merged(beside, before.get("comparisons", []))})
    card = model_card(folder.name, folder.body(), folder.head(), results, serving_only=serving_only)
    write_bytes(path / "README.md", card.encode())


def _merged(new: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keyed: dict[tuple[str, str], dict[str, Any]] = {}
    for each in (*new, *before):
        keyed.setdefault((each["name"], each["split"]), each)
    return list(keyed.values())
