"""Rewrites the body.onnx of a folder that an earlier version wrote as body.safetensors."""

from __future__ import annotations

from pathlib import Path

from valence.inference.fused.body_file import content_of, mapped
from valence.inference.fused.onnx_body import weights_in_onnx
from valence.model.body import SERVED, SERVED_BEFORE
from valence.model.folder import ModelFolder
from valence.system.errors import ModelFolderError
from valence.system.files import write_bytes


def converted(folder: Path) -> Path | None:
    """Path of the new body, with the same weights; None if the folder has one already.

    A kill leaves a folder that can be opened: body.onnx is removed once body.safetensors and body.json are complete.
    Raises ModelFolderError if the folder or its body is damaged, and OutputError if it cannot be written.
    """
    files = ModelFolder(folder)
    body = files.body()
    before = files.file(body.served)
    if body.served == SERVED:
        return None
    try:
        content = content_of(weights_in_onnx(memoryview(mapped(before))))
    except (OSError, ValueError) as error:
        raise ModelFolderError(
            f"{before} can't be converted: {error}.",
            hint=f"Make the body again from the network: `valence export --model {folder}`.",
            code="model-damaged",
        ) from error
    path = files.path / SERVED
    write_bytes(path, content)
    files.write_body(body)
    (files.path / SERVED_BEFORE).unlink()
    return path
