"""What made a classifier, step by step: a manifest of the model folders on its way.

    python runs/manifest.py FOLDER [FOLDER ...] --out MANIFEST.json

Of each folder, in the order given: the command, settings with the seed, checksums of the data, versions, validation
figures on the way, and what the reserved sets gave, with time, memory and processor.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from valence.model.folder import ModelFolder
from valence.system.files import write_json

_FROM_PROVENANCE = ("stage", "config", "data", "teachers", "base_revision", "validation", "versions")
_FROM_RESULT = ("name", "data", "split", "rows", "command", "wall_time_s", "peak_memory_mb", "processor")


def step(path: Path) -> dict[str, Any]:
    """One folder's part of the manifest. Raises ModelFolderError if it is incomplete."""
    folder = ModelFolder(path)
    fitted, body = folder.head(), folder.body()
    commands = fitted.provenance.get("commands", [])
    return {
        "folder": str(path),
        "command": commands[-1] if commands else None,
        "body": body.id,
        "head": fitted.version,
        "temperature": fitted.head.temperature,
        **{name: fitted.provenance[name] for name in _FROM_PROVENANCE if name in fitted.provenance},
        "results": [
            result.model_dump(mode="json", include={*_FROM_RESULT, "metrics"}) for result in folder.results().results
        ],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="A model folder.")
    parser.add_argument("--out", type=Path, required=True, help="The manifest to write.")
    given = parser.parse_args(arguments)
    write_json(given.out, {"steps": [step(path) for path in given.folders]})
    print(f"Wrote {given.out}: {len(given.folders)} steps.")


if __name__ == "__main__":
    main()
