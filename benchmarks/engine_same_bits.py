"""Has the installed engine the bits of docs/results/engine-bits.json? tests/wheel/aarch64.sh runs it emulated."""

import json
import platform
import sys
from pathlib import Path

from engine_check import hash_of_texts  # next to this file

from valence.inference.fused.library import load_library

measured = json.loads(Path("docs/results/engine-bits.json").read_text("utf-8"))["texts"][0]
expected = set(measured["hashes"].values())
hashes = {name: hash_of_texts(name, measured["count"]) for name in load_library().instructions}
sys.stdout.write(f"{platform.machine()}, {measured['count']} odd texts: {hashes}\n")
sys.exit(set(hashes.values()) != expected)
