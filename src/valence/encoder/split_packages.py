"""A base split over several Python packages: pieces of one zip file that is too large for one package."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile

from valence.system.errors import BaseModelError
from valence.system.files import folder_in_place_of


def assemble(distributions: Sequence[str], wanted: Sequence[str], target: Path) -> Path | None:
    """Makes `target` from the zip's files whose names match `wanted`; None if a distribution is not installed.

    The packages are not imported, and nothing else in them is read. A `target` that exists is left as it is.
    Raises BaseModelError if the pieces are not a zip file.
    """
    if target.exists():
        return target
    pieces = [piece for piece in map(_piece, distributions) if piece is not None]
    if len(pieces) < len(distributions):
        return None
    with folder_in_place_of(target) as draft, TemporaryFile() as whole:
        for piece in pieces:
            with piece.open("rb") as source:
                shutil.copyfileobj(source, whole)
        try:
            with zipfile.ZipFile(whole) as archive:
                for member in archive.infolist():
                    path = PurePosixPath(member.filename)
                    if len(path.parts) == 2 and any(fnmatch(path.name, pattern) for pattern in wanted):
                        with archive.open(member) as source, (draft / path.name).open("wb") as out:
                            shutil.copyfileobj(source, out)
        except zipfile.BadZipFile as error:
            raise BaseModelError(
                f"The packages {', '.join(distributions)} don't contain a base: {error}.",
                hint="Install them again.",
                code="base-altered",
            ) from error
    return target


def _piece(distribution: str) -> Path | None:
    """The one numbered piece of the zip, such as base.zip.003, in an installed distribution."""
    try:
        listed = files(distribution) or []
    except PackageNotFoundError:
        return None
    return next((Path(str(file.locate())) for file in listed if fnmatch(file.name, "*.zip.[0-9][0-9][0-9]")), None)
