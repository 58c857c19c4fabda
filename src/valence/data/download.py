"""Downloads a published data set: shows progress, resumes where it stopped, and accepts only the right checksums."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from pathlib import Path

from tqdm import tqdm

from valence.data.catalog import Entry, File
from valence.system.errors import DataError
from valence.system.files import sha256_of, writing

_PIECE = 1 << 16  # bytes


def download(entry: Entry, folder: Path) -> Path:
    """Path of the complete archive in `folder`, or of a folder in it with all files. A partial download is continued.

    Raises DataError if an address cannot be reached or a file is not the published one, and OutputError if the disk is
    full.
    """
    if len(entry.files) == 1:
        return _downloaded(entry, entry.files[0], folder)
    for file in entry.files:
        _downloaded(entry, file, folder / entry.name)
    return folder / entry.name


def _downloaded(entry: Entry, file: File, folder: Path) -> Path:
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    target = folder / Path(file.url).name
    if target.exists():
        return target
    part = target.with_name(target.name + ".part")
    try:
        with writing(part):
            _fetch(file.url, part, entry.title)
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise DataError(
            f"{file.url} cannot be reached: {error}.",
            hint="Run the command again to resume the download, or download the data set yourself and give it: "
            f"`valence data get {entry.name} --from PATH`.",
            code="data-unreachable",
        ) from error
    checksum = sha256_of(part)
    if file.sha256 and checksum != file.sha256:
        part.unlink()
        raise DataError(
            f"{file.url} returned SHA-256 {checksum[:16]}... instead of {file.sha256[:16]}...; the file was deleted.",
            hint="Try again. If it happens again, the published file has changed or the connection alters it.",
            code="checksum-wrong",
        )
    part.rename(target)
    return target


def _fetch(url: str, part: Path, title: str) -> None:
    received = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={received}-"} if received else {})  # noqa: S310 (https, from the catalogue)
    try:
        response = urllib.request.urlopen(request, timeout=30)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing left to send: the file is complete
            return
        raise
    with response:
        resumed = response.status == 206
        total = int(response.headers.get("Content-Length", 0)) + (received if resumed else 0)
        with (
            part.open("ab" if resumed else "wb") as file,
            tqdm(
                total=total or None, initial=received if resumed else 0, unit="B", unit_scale=True, desc=title
            ) as progress,
        ):
            while piece := response.read(_PIECE):
                file.write(piece)
                progress.update(len(piece))
    if total and part.stat().st_size < total:
        raise ConnectionError(f"the connection broke after {part.stat().st_size} of {total} bytes")
