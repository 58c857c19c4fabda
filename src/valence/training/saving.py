"""A trained classifier written as one model folder, complete or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel

from valence.encoder.network import body_id, replace_final_layer
from valence.encoder.readouts import FINAL, GENERAL, general_layers
from valence.evaluation import plots
from valence.evaluation.card import model_card
from valence.evaluation.report import write_report
from valence.files import folder_in_place_of, write_bytes
from valence.model.folder import Body, FittedHead, ModelFolder


@dataclass(frozen=True)
class Trained:
    """Everything that a model folder holds, before it is written.

    Attributes:
        network: the whole network; its final layer is overwritten with the head's.
        results: this model's own results, the charts' first; `comparisons` are other ways, on the same rows.
    """

    network: PreTrainedModel
    tokenizer: Any
    body: Body
    head: FittedHead
    results: list[dict[str, Any]]
    comparisons: list[dict[str, Any]]


def describe_body(network: PreTrainedModel, tokenizer: Any, *, base: str, licence: str, max_tokens: int) -> Body:
    """The Body of a network as it stands."""
    width = int(network.config.hidden_size)
    layers = general_layers(int(network.config.num_hidden_layers))
    return Body(
        id=body_id(network, tokenizer),
        base=base,
        architecture=type(network).__name__,
        max_tokens=max_tokens,
        readouts={FINAL: width, GENERAL: width * len(layers)},
        licence=licence,
    )


def save(trained: Trained, out: Path, *, extra_files: Sequence[Path] = ()) -> ModelFolder:
    """Writes the folder beside `out` and renames it into place.

    The head is folded into the network's own final layer, so that plain transformers gives the same scores; a head on
    another readout cannot be, and the network's final layer is then left at zero. `extra_files` are copied in.
    """
    weight, bias = trained.head.head.folded()
    if trained.head.readout != FINAL:
        width = trained.body.readouts[FINAL]
        weight, bias = weight[:, :1].repeat(width, axis=1) * 0, bias * 0
    replace_final_layer(trained.network, trained.head.labels, weight, bias)
    with folder_in_place_of(out) as draft:
        trained.network.save_pretrained(draft)
        trained.tokenizer.save_pretrained(draft)
        for file in extra_files:
            shutil.copy2(file, draft / file.name)
        folder = ModelFolder(draft)
        folder.write_head(trained.head)
        folder.write_results({"results": trained.results, "comparisons": trained.comparisons})
        write_report(draft / "report.html", out.name, trained.results)
        plots.write(draft / "plots", trained.results[0])
        write_bytes(draft / "README.md", model_card(out.name, trained.body, trained.head, trained.results).encode())
        folder.write_body(trained.body)
    return ModelFolder(out)
