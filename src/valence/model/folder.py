"""A model is a folder. This module reads and writes its parts, and refuses parts that don't belong together.

    my-model/
      body.json            describes the body: id, base, window, readouts, checksums of its files
      config.json, model.safetensors, tokenizer.json     the network as plain transformers loads it
      body.safetensors     the body in int8, for serving; see `valence.inference.fused.body_file`
      head.json            labels, whether a text can have several, readout, doubt threshold, provenance, checksum
      head.safetensors     weight, bias, mean, scale, temperature; thresholds if a text can have several labels;
                           offsets if a metric chose the answers; of a head with n-grams ngram_buckets, ngram_idf and
                           ngram_weight: see `valence.model.ngrams`
      readable.safetensors which texts the model can read, see `valence.model.readable`; without it, it scores any
      results.json         every figure with its split, row count and 95% interval
      README.md            the model card
      report.html, plots/  the figures as one page, and as pictures; not needed for serving

Serving needs body.json, body.safetensors, tokenizer.json, head.json and head.safetensors.

A folder inside a model folder may have only a head, with its results and card: it is another head on that model's body.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valence.model.body import SERVED, SERVED_BEFORE, Body
from valence.model.fitted_head import FINAL, FORMAT, GENERAL, FittedHead, head_bytes, head_format
from valence.model.head_files import HEAD_JSON, HEAD_TENSORS, damaged, json_object, read_head
from valence.model.ngrams import SCHEME
from valence.model.readable import readable_of
from valence.system.errors import ModelFolderError
from valence.system.files import sha256_of, write_bytes, write_json

if TYPE_CHECKING:
    from valence.model.results import Results

__all__ = ["FINAL", "GENERAL", "Body", "FittedHead", "ModelFolder"]


class ModelFolder:
    """The parts of a saved model. Reading is strict: damaged parts, and parts that don't belong together, are errors.

    >>> ModelFolder("no-such-model").body()
    Traceback (most recent call last):
    ...
    valence.system.errors.ModelFolderError: There is no model at no-such-model. Check the path, or make one with ...
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @property
    def body_path(self) -> Path:
        """The folder with the body's files: this one, or the one that it is in if it has only a head."""
        only_head = (self.path / HEAD_JSON).exists() and not (self.path / "body.json").exists()
        above = self.path.resolve().parent
        return above if only_head and (above / "body.json").exists() else self.path

    @property
    def name(self) -> str:
        return self.path.resolve().name

    def body(self) -> Body:
        """Raises ModelFolderError if the folder or its body.json is missing, damaged or newer than this Valence."""
        raw = self._json("body.json", self.body_path)
        try:
            return Body(
                **{key: raw[key] for key in ("id", "base", "architecture", "max_tokens", "readouts")},
                licence=raw.get("licence", "unknown"),
                files=raw.get("files", {}),
            )
        except (KeyError, TypeError) as error:
            raise damaged(self.body_path / "body.json", f"lacks {error}") from error

    def head(self) -> FittedHead:
        """Raises ModelFolderError if the head is missing, damaged, or belongs to another body."""
        body, raw = self.body(), self._json(HEAD_JSON)
        try:
            content = (self.path / HEAD_TENSORS).read_bytes()
        except OSError as error:
            raise ModelFolderError(
                f"{self.path} has no readable {HEAD_TENSORS}: {error}.",
                hint="Copy the whole folder again, or fit a new head with `valence transfer`.",
                code="model-incomplete",
            ) from error
        fitted = read_head(raw, content, body, self.path)
        return replace(fitted, readable=readable_of(self.body_path, body.files.get("tokenizer.json")))

    def results(self) -> Results:
        """The content of results.json; empty if the folder has none. Raises ModelFolderError if it is damaged."""
        from pydantic import ValidationError  # only here: scoring texts needs no results

        from valence.model.results import Results

        if not (self.path / "results.json").exists():
            return Results()
        try:
            return Results.model_validate(self._json("results.json"))
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            raise damaged(
                self.path / "results.json", f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            ) from error

    def card(self) -> str:
        """The model card as Markdown; empty if the folder has none."""
        card = self.path / "README.md"
        return card.read_text("utf-8") if card.exists() else ""

    def file(self, name: str) -> Path:
        """Path of one of the body's files; see `files`."""
        return self.files(name)[0]

    def files(self, *names: str) -> list[Path]:
        """Paths of some of the body's files, their checksums verified; body.json is read once.

        Raises ModelFolderError if a file is missing or is not the one that body.json describes.
        """
        checksums = self.body().files
        return [self._verified(name, checksums.get(name)) for name in names]

    def served_files(self) -> list[Path]:
        """Paths of the body as the engine reads it, and of the tokenizer. Raises as `files` does."""
        return self.files(self.body().served, "tokenizer.json")

    def _verified(self, name: str, checksum: str | None) -> Path:
        folder = self.body_path
        path = folder / name
        if not path.exists():
            raise ModelFolderError(
                f"{folder} has no {name}.",
                hint=f"Make it with `valence export --model {folder}`."
                if name == SERVED
                else "Copy the whole folder again, or train it again.",
                code="model-incomplete",
            )
        if checksum is None:
            raise damaged(folder / "body.json", f"has no checksum for {name}")
        if sha256_of(path) != checksum:
            raise damaged(path, "is not the file that body.json describes (checksums differ)")
        return path

    def write_body(self, body: Body) -> None:
        """Writes body.json with the checksums of the body's files. Call it last: it marks the folder as complete."""
        served = SERVED if (self.path / SERVED).exists() else SERVED_BEFORE
        names = ("model.safetensors", "tokenizer.json", "config.json", served)
        files = {name: sha256_of(self.path / name) for name in names if (self.path / name).exists()}
        write_json(self.path / "body.json", {"format": FORMAT, **asdict(body), "files": files})

    def write_head(self, fitted: FittedHead) -> None:
        content = head_bytes(fitted)
        write_bytes(self.path / HEAD_TENSORS, content)
        write_json(
            self.path / HEAD_JSON,
            {
                "format": head_format(fitted),
                "labels": list(fitted.labels.names),
                "multi_label": fitted.labels.multi_label,
                "readout": fitted.readout,
                **({"ngram_scheme": SCHEME} if fitted.ngrams else {}),
                "body_id": fitted.body_id,
                "sure_from": fitted.sure_from,
                "version": fitted.version,
                "sha256": hashlib.sha256(content).hexdigest(),
                "provenance": fitted.provenance,
            },
        )

    def write_results(self, results: Results) -> None:
        write_json(self.path / "results.json", {"format": FORMAT, **results.as_json()})

    def _json(self, name: str, folder: Path | None = None) -> dict[str, Any]:
        path = (folder or self.path) / name
        if not self.path.is_dir():
            raise ModelFolderError(
                f"There is no model at {self.path}.",
                hint="Check the path, or make one with `valence transfer`.",
                code="model-missing",
            )
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise ModelFolderError(
                f"{self.path} has no {name}, so it is not a Valence model, or writing it was interrupted.",
                hint="Train it again, or copy the whole folder.",
                code="model-incomplete",
            ) from error
        except OSError as error:
            raise damaged(path, str(error)) from error
        return json_object(content, path)
