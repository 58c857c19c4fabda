"""Downloading an archive: with progress, resumed where it stopped, and trusted only when its checksum fits."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from pathlib import Path

from tqdm import tqdm

from valence.data.catalog import Entry
from valence.errors import DataError
from valence.files import sha256_of, writing

_PIECE = 1 << 16  # bytes


def download(entry: Entry, folder: Path) -> Path:
    """Path of the complete archive in `folder`. A part that is already there is continued.

    Raises DataError if the address cannot be reached or the archive is not the published one, OutputError if there is
    no room for it.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    target = folder / Path(entry.url).name
    if target.exists():
        return target
    part = target.with_name(target.name + ".part")
    try:
        with writing(part):
            _fetch(entry.url, part, entry.title)
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise DataError(
            f"{entry.url} cannot be reached: {error}.",
            way_out="Run the command again to go on where it stopped, or fetch the file otherwise and give it: "
            f"`valence data get {entry.name} --from PATH`.",
            code="data-unreachable",
        ) from error
    found = sha256_of(part)
    if found != entry.sha256:
        part.unlink()
        raise DataError(
            f"{entry.url} gave a file with SHA-256 {found[:16]}..., not {entry.sha256[:16]}...; it was thrown away.",
            way_out="Try again. If it stays so, the published file has changed or the connection alters it.",
            code="checksum-wrong",
        )
    part.rename(target)
    return target


def _fetch(url: str, part: Path, title: str) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310 (https, from the catalogue)
    try:
        response = urllib.request.urlopen(request, timeout=30)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing is left to send: the part is whole
            return
        raise
    with response:
        resumed = response.status == 206
        total = int(response.headers.get("Content-Length", 0)) + (have if resumed else 0)
        with (
            part.open("ab" if resumed else "wb") as file,
            tqdm(
                total=total or None, initial=have if resumed else 0, unit="B", unit_scale=True, desc=title
            ) as progress,
        ):
            while piece := response.read(_PIECE):
                file.write(piece)
                progress.update(len(piece))
    if total and part.stat().st_size < total:
        raise ConnectionError(f"the connection broke after {part.stat().st_size} of {total} bytes")
