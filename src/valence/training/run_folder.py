"""A training run in progress: a folder next to its target, with checkpoints and the settings it was started with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from valence.system.errors import SettingsError
from valence.system.files import remove_abandoned, remove_folder, write_json, writing


def open_run(out: Path, settings: Mapping[str, Any], *, resume: bool) -> Path:
    """`OUT.training/`, empty, or with `resume` as the interrupted run left it; different runs are never mixed.

    Raises SettingsError if the run there was started with other `settings`.
    """
    folder = out.with_name(out.name + ".training")
    saved, settings = folder / "config.json", json.loads(json.dumps(settings))  # as they will be read back
    remove_abandoned(folder)
    if resume and saved.exists():
        _check_same(folder, json.loads(saved.read_text("utf-8")), settings)
    elif folder.exists():
        remove_folder(folder)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_json(saved, settings)
    return folder


def _check_same(folder: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    changed = [
        f"{key} was {before.get(key)!r}, now {value!r}" for key, value in now.items() if before.get(key) != value
    ]
    if changed:
        raise SettingsError(
            f"The run in {folder} was started with other settings: {'; '.join(changed)}.",
            hint="Resume it with the same options, or start again without --resume.",
            code="resume-differs",
        )
