"""Puts figures into a model folder, so that its card and the page show them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from valence.evaluation.card import model_card
from valence.model.folder import ModelFolder
from valence.model.results import Result, Results
from valence.system.files import write_bytes


def record(path: Path, own: Sequence[Result], comparisons: Sequence[Result]) -> None:
    """Puts the model's own results first, replacing earlier ones of the same name, and adds the comparisons.

    A folder that has only the files for serving is judged as it is served: results that training measured on the same
    data, with a network that is not in the folder, are removed.
    """
    folder = ModelFolder(path)
    before = folder.results()
    serving_only = not (path / "model.safetensors").exists()
    measured = {result.data for result in own} if serving_only else set()
    earlier = [result for result in before.results if result.data not in measured]
    results = _merged(own, earlier)
    recorded = Results(results=results, comparisons=_merged(comparisons, before.comparisons))
    folder.write_results(recorded)
    card = model_card(folder.name, folder.body(), folder.head(), recorded, serving_only=serving_only)
    write_bytes(path / "README.md", card.encode())


def _merged(new: Sequence[Result], before: Sequence[Result]) -> list[Result]:
    keyed: dict[tuple[str, str], Result] = {}
    for result in (*new, *before):
        keyed.setdefault((result.name, result.split), result)
    return list(keyed.values())
