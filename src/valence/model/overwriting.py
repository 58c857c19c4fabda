"""Whether a model may be written to a folder."""

from __future__ import annotations

from pathlib import Path

from valence.system.errors import OutputError


def check_free(out: Path, *, overwrite: bool, hint: str = "add --overwrite") -> None:
    """Raises OutputError unless a model may be written to `out`.

    It may if there is nothing there yet, or a model that may be overwritten. Anything else is never replaced.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / "body.json").exists():
        raise OutputError(
            f"{out} already exists and is not a model folder.",
            hint="Name another folder, or delete this one yourself.",
            code="output-exists",
        )
    if not overwrite:
        raise OutputError(
            f"{out} already holds a model.", hint=f"Name another folder, or {hint}.", code="output-exists"
        )
