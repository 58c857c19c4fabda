"""Which files are to be scored: those that paths, folders and patterns name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

from valence.cluster.storage import URI, Place, listed, place_of, size_of
from valence.system.errors import DataError, SettingsError
from valence.tables.decoding import FORMATS_IN_WORDS, format_of

_GLOB = re.compile(r"[*?\[]")
_GLOB_IN_URI = re.compile(r"[*\[]")  # in an address, a question mark begins the query


@dataclass(frozen=True)
class InputFile:
    """A file to score.

    Attributes:
        place: where it is.
        name: the folder of its shards.
        size: in bytes.
    """

    place: Place
    name: str
    size: int


def input_files(addresses: Sequence[str], *, exclude: Place, any_ending: bool) -> list[InputFile]:
    """The files that paths, folders and patterns name, sorted by name; those in the folder `exclude` are left out.

    In a pattern, `*` matches within a name and `**` any number of folders. In a folder, hidden files are left out, and
    so are files without the ending of a known format, unless `any_ending`.

    Raises DataError if there are no such files, SettingsError if two files would share one folder of shards.
    """
    files = dict[str, InputFile]()
    for address in addresses:
        matches = _matches(address, exclude, any_ending=any_ending)
        if not matches:
            raise DataError(
                f"{address}: there is no file to score.",
                hint=f"Give a file, a folder or a pattern in quotes. Valence reads {FORMATS_IN_WORDS}.",
                code="data-missing",
            )
        for file in matches:
            same_name = files.setdefault(file.name, file)
            if same_name.place != file.place:
                raise SettingsError(
                    f"The shards of {same_name.place} and {file.place} would both be put into {file.name}.",
                    hint="Give the folder that holds both, or score them into two folders.",
                    code="names-clash",
                )
    return [files[name] for name in sorted(files)]


def _matches(address: str, exclude: Place, *, any_ending: bool) -> list[InputFile]:
    uri = bool(URI.match(address))
    whole = address.partition("?")[0] if uri else address
    wildcard = (_GLOB_IN_URI if uri else _GLOB).search(whole)
    if wildcard is None:
        place = place_of(address)
        size = size_of(place)
        if size is not None:
            return [InputFile(place, str(place.name), size)]
        return [file for file in _files_below(place, exclude) if any_ending or format_of(file.place.name)]
    folder = whole[: wildcard.start()].rpartition("/")[0] or ("/" if whole.startswith("/") else ".")
    pattern = whole[len(folder) :].lstrip("/") if folder != "." else whole.removeprefix("./")
    names = re.compile(import_module("fsspec.utils").glob_translate(pattern))
    return [file for file in _files_below(place_of(folder + address[len(whole) :]), exclude) if names.match(file.name)]


def _files_below(folder: Place, exclude: Place) -> Iterator[InputFile]:
    """The files in the folder that are not hidden, without those in the folder `exclude`."""
    for place, size in listed(folder):
        name = place.path.removeprefix(folder.path).lstrip("/")
        hidden = any(part.startswith((".", "_")) for part in name.split("/"))
        excluded = exclude.root == folder.root and place.path.startswith(f"{exclude.path}/")
        if not hidden and not excluded:
            yield InputFile(place, name, size)
