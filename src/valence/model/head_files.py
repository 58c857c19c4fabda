"""head.json and head.safetensors, checked wherever they come from: a model folder, or an archive of a stranger."""

from __future__ import annotations

import hashlib
import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from valence.model.fitted_head import EXTENDED_FORMAT, FORMAT, FittedHead, head_of
from valence.model.head import Head
from valence.model.labels import Labels
from valence.model.ngrams import SCHEME, NGrams
from valence.system.errors import DataError, ModelFolderError

if TYPE_CHECKING:
    from valence.model.body import Body

HEAD_JSON, HEAD_TENSORS = "head.json", "head.safetensors"


def json_object(content: bytes, path: PurePath) -> dict[str, Any]:
    """A JSON file of a model, which says its format. Raises ModelFolderError if it is damaged, or too new."""
    try:
        value = json.loads(content, parse_constant=_not_a_number)
    except (ValueError, RecursionError) as error:
        raise damaged(path, str(error)) from error
    if not isinstance(value, dict):
        raise damaged(path, "is not a JSON object")
    if not isinstance(value.get("format"), int):
        raise damaged(path, "does not say its format")
    newest = EXTENDED_FORMAT if path.name == HEAD_JSON else FORMAT
    if value["format"] > newest:
        raise ModelFolderError(
            f"{path} has format {value['format']}; this Valence reads up to {newest}.",
            hint="Upgrade Valence to a version that reads it.",
            code="model-too-new",
        )
    return value


def read_head(raw: dict[str, Any], tensors: bytes, body: Body, place: PurePath) -> FittedHead:
    """The head of both files.

    Args:
        raw: the content of head.json.
        tensors: the content of head.safetensors.
        body: that it must fit.
        place: where the files are, for messages.

    Raises ModelFolderError if they are damaged, don't belong together, or belong to another body.
    """
    try:
        labels = Labels([str(name) for name in raw["labels"]], multi_label=bool(raw.get("multi_label", False)))
        readout, body_id = str(raw["readout"]), str(raw["body_id"])
        sure_from, provenance, checksum = float(raw["sure_from"]), dict(raw["provenance"]), raw["sha256"]
    except (KeyError, TypeError, ValueError, OverflowError, DataError) as error:
        raise damaged(place / HEAD_JSON, f"lacks {error}") from error
    if body_id != body.id:
        raise ModelFolderError(
            f"{place}: the head was fitted on body {body_id[:12]}, but the body here is {body.id[:12]}.",
            hint="Put the head next to its own body, or fit a new one with `valence transfer`.",
            code="model-mismatch",
        )
    _check_scheme(raw.get("ngram_scheme"), place)
    if hashlib.sha256(tensors).hexdigest() != checksum:
        raise damaged(place / HEAD_TENSORS, f"is not the file that {HEAD_JSON} describes (checksums differ)")
    head, ngrams = _tensors(tensors, place, multi_label=labels.multi_label)
    inputs = body.readouts.get(readout, 0) + (ngrams.classes if ngrams else 0)
    expected = (len(labels), inputs)
    if (head.classes, head.features) != expected or (ngrams is not None and ngrams.classes != len(labels)):
        raise damaged(place / HEAD_TENSORS, f"is {(head.classes, head.features)}, expected {expected}")
    return FittedHead(head, labels, readout, body_id, sure_from, provenance, ngrams)


def damaged(path: PurePath, why: str) -> ModelFolderError:
    """The error for a file of a model that can't be used."""
    return ModelFolderError(
        f"{path} is damaged: {why}.",
        hint="Copy the folder again from where it came, or train it again.",
        code="model-damaged",
    )


def _tensors(content: bytes, place: PurePath, *, multi_label: bool) -> tuple[Head, NGrams | None]:
    try:
        return head_of(content, multi_label=multi_label)
    except (SafetensorError, KeyError, TypeError, ValueError, IndexError) as error:
        raise damaged(place / HEAD_TENSORS, str(error)) from error


def _not_a_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _check_scheme(scheme: object, place: PurePath) -> None:
    """Raises ModelFolderError for n-grams that are hashed in another way than this Valence does."""
    if scheme not in (None, SCHEME):
        raise ModelFolderError(
            f"{place / HEAD_JSON} has n-grams of scheme {scheme}; this Valence knows scheme {SCHEME}.",
            hint="Upgrade Valence to a version that reads it.",
            code="model-too-new",
        )
