"""A soup of two students (Wortsman et al. 2022, "Model soups"): average their weights, measure on validation rows.

    python benchmarks/soup.py --model models/student --other models/robust --share 0.5 --share 0.7 --out models/soup

Writes the folder OUT-SHARE for each share of the other model: exported, with its temperature fitted on the features
that the served body gives. Prints accuracy, log loss and calibration error on the validation rows of SST-2 and IMDb,
and on SST-2's with typos. Choose by these; test sets are for `valence evaluate`, afterwards.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from typos import measure, mistyped  # beside this file

from valence.data import sources
from valence.data.splits import SplitConfig, prepare
from valence.encoder import network
from valence.export.to_body import export_body
from valence.inference.engine import Engine
from valence.model.folder import FINAL, ModelFolder
from valence.model.head import linear_head
from valence.model.multi_label import fitter_for
from valence.system.errors import SettingsError
from valence.system.files import write_json
from valence.system.machine import processor
from valence.training.saving import Trained, save
from valence.training.torch_body import describe, frozen_from_folder, open_folder, with_head

Rows = dict[str, tuple[Sequence[str], Sequence[str]]]  # name of the set -> (texts, labels)


def averaged(first: ModelFolder, second: ModelFolder, share: float, out: Path) -> ModelFolder:
    """Writes `out`, exported but not calibrated: 1 - `share` of the first network's weights, `share` of the second's.

    Raises SettingsError if the networks don't have the same layers.
    """
    one, other = open_folder(first), open_folder(second)
    mine, theirs = one.model.state_dict(), other.model.state_dict()
    if {name: each.shape for name, each in mine.items()} != {name: each.shape for name, each in theirs.items()}:
        raise SettingsError(
            f"--other: {second.path} doesn't have the same layers as {first.path}, so their weights can't be averaged.",
            hint="Name a model that was trained from the same base.",
        )
    one.model.load_state_dict({name: torch.lerp(mine[name], theirs[name], share) for name in mine})
    final = network.final_layer(one.model)
    weight, bias = (each.detach().numpy().copy() for each in (final.weight, final.bias))
    body = describe(
        one.model, one.tokenizer, base=one.body.base, licence=one.body.licence, max_tokens=one.body.max_tokens
    )
    fitted = replace(first.head(), head=linear_head(weight, bias), body_id=body.id)
    folder = save(Trained(body, fitted, []), out, with_head(one.model, one.tokenizer, fitted))
    export_body(folder.path)
    return folder


def calibrated(folder: ModelFolder, rows: Rows) -> ModelFolder:
    """The same folder with its temperature fitted on the rows of all sets together."""
    engine, fitted = Engine(folder.path), folder.head()
    features = np.concatenate([engine.features(list(texts), FINAL) for texts, _ in rows.values()])
    truth = np.concatenate([fitted.labels.encode(labels) for _, labels in rows.values()])
    head = replace(fitted, head=fitter_for(fitted.labels).calibrated(fitted.head, features, truth))
    frozen = frozen_from_folder(folder, "auto")
    return save(Trained(frozen.body, head, []), folder.path, frozen.with_head(head))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="A model folder with its network's own weights.")
    parser.add_argument("--other", type=Path, required=True, help="Another, trained on from it.")
    parser.add_argument("--share", type=float, action="append", required=True, help="Of the other; again for another.")
    parser.add_argument("--data", action="append", help="As for `valence transfer`; sst2 and imdb by default.")
    parser.add_argument("--out", type=Path, required=True, help="What the folders' names begin with.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/robust/soup.json"))
    given = parser.parse_args(arguments)
    rows: Rows = {}
    for data in given.data or ["sst2", "imdb"]:
        validation = prepare(sources.load(data), SplitConfig()).validation
        rows[data] = (validation.texts, [str(label) for label in validation.labels])
    first = next(iter(rows))
    tested = {**rows, f"{first}, mistyped": (mistyped(rows[first][0]), rows[first][1])}
    found: list[dict[str, Any]] = []
    print(f"{'share':>5}  {'validation rows':<24}{'accuracy':>9}{'log loss':>10}{'ECE':>8}")
    for share in given.share:
        out = given.out.with_name(f"{given.out.name}-{share:g}")
        soup = calibrated(averaged(ModelFolder(given.model), ModelFolder(given.other), share, out), rows)
        for name, (texts, labels) in tested.items():
            figures = measure(str(soup.path), texts, labels)
            accuracy, loss, error = figures.values()
            print(f"{share:>5g}  {name:<24}{accuracy:>9.4f}{loss:>10.4f}{error:>8.4f}")
            found.append({"share": share, "texts": name, "rows": len(texts), **figures})
    write_json(
        given.results,
        {
            "processor": processor(),
            "model": str(given.model),
            "other": str(given.other),
            "split": "validation",
            "soups": found,
        },
    )


if __name__ == "__main__":
    main()
