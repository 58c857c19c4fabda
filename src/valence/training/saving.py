"""A trained classifier written as one model folder, complete or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from valence.evaluation import plots
from valence.evaluation.card import model_card
from valence.evaluation.comparison import Beside
from valence.evaluation.report import write_report
from valence.model.folder import Body, FittedHead, ModelFolder
from valence.model.results import Result, Results
from valence.system.files import folder_in_place_of, write_bytes

AddBody = Callable[[Path], None]  # puts the body's files into a folder


@dataclass(frozen=True)
class Trained:
    """A classifier before it is written, without the files of its body.

    Attributes:
        results: this model's own results; the charts show the first. Without any there is no report.
        comparisons: other methods on the same rows, and results of the model that this one was made from.
        beside: a baseline on the same rows; its result is one more comparison.
    """

    body: Body
    head: FittedHead
    results: list[Result]
    comparisons: list[Result] = field(default_factory=list)
    beside: Beside | None = None


def save(trained: Trained, out: Path, add_body: AddBody) -> ModelFolder:
    """Writes the folder next to `out` and renames it into place; `add_body` puts the body's files into it."""
    with folder_in_place_of(out) as draft:
        add_body(draft)
        serving_only = not (draft / "model.safetensors").exists()
        comparisons = [*([trained.beside.result] if trained.beside else []), *trained.comparisons]
        measured = Results(results=trained.results, comparisons=comparisons)
        card = model_card(out.name, trained.body, trained.head, measured, serving_only=serving_only)
        folder = ModelFolder(draft)
        folder.write_head(trained.head)
        folder.write_results(measured)
        if trained.results:
            paired = [trained.beside.comparison] if trained.beside else []
            write_report(draft / "report.html", out.name, trained.results, paired, comparisons=comparisons)
            plots.write(draft / "plots", trained.results[0])
        write_bytes(draft / "README.md", card.encode())
        folder.write_body(trained.body)
    return ModelFolder(out)


def copied(files: Iterable[Path]) -> AddBody:
    """Adds a body by copying its files."""
    sources = list(files)

    def add(draft: Path) -> None:
        for source in sources:
            shutil.copy2(source, draft / source.name)

    return add
