"""Finds the directions in which the bundled body's features vary most, and writes them into the package.

    python -m valence.training.common_directions [--texts docs] [--readout general]

Reads the sentences of the documentation with the body. To be run again for a new bundled body, and for no other reason:
each run on changed texts changes every head that is fitted on few rows.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from valence.fitting.common_directions import FILE, CommonDirections
from valence.model.labels import Labels
from valence.system.files import write_bytes
from valence.training.body_source import open_body

_SHORTEST, _LONGEST = 20, 300  # characters
_MOST = 1500  # sentences
_PACKAGE = Path(__file__).parents[1] / "fitting"


def sentences(text: str) -> Iterator[str]:
    """Those of a document in Markdown, without code and signs.

    >>> list(sentences("# A *first* sentence is here. Next:\\n```\\ncode\\n```\\nAnother sentence is there."))
    ['A first sentence is here.', 'Another sentence is there.']
    """
    words = re.sub(r"\s+", " ", re.sub(r"[|#*`\[\]]", " ", re.sub(r"```.*?```", "", text, flags=re.DOTALL)))
    for sentence in re.split(r"(?<=[.!?:]) ", words.strip()):
        if _SHORTEST < len(sentence) < _LONGEST:
            yield re.sub(r" (?=[.!?:])", "", sentence)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, default=Path("docs"), help="A folder with documents in Markdown.")
    parser.add_argument("--readout", default="general")
    parser.add_argument("--out", type=Path, default=_PACKAGE / FILE)
    given = parser.parse_args(arguments)
    found = [each for path in sorted(given.texts.rglob("*.md")) for each in sentences(path.read_text("utf-8"))]
    some = np.random.default_rng(0).permutation(len(found))[:_MOST]
    start = open_body("bundled", Labels(["a", "b"]), "auto")
    directions = CommonDirections.of(start.read([found[i] for i in some], given.readout, "sentences")[:])
    tensors = {
        f"{given.readout}.{name}": np.ascontiguousarray(getattr(directions, name), dtype=np.float16)
        for name in ("scale", "directions", "shares")
    }
    write_bytes(given.out, save(tensors, {"body": start.body.id}))
    sys.stdout.write(f"{given.out}: {len(some):,} sentences, {directions.directions.shape[1]} directions\n")


if __name__ == "__main__":
    main()
