"""Where stage 2 gets its body: an exported one needs no torch to be read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from valence.model.folder import ModelFolder
from valence.model.serving import serving_copy

WITHOUT_TORCH = """
import sys
class Refused:
    def find_spec(self, name, path=None, target=None):
        if name in ("torch", "transformers", "accelerate"):
            raise ImportError(f"{name} was imported")
sys.meta_path.insert(0, Refused())
"""
READ = """
from valence.model.labels import Labels
from valence.training.body_source import open_body
body = open_body(sys.argv[1], Labels(["negative", "positive"]), "auto")
print(body.read(["a wonderful film", "a dull film"], "final", "").shape)
"""
TRANSFER = """
from pathlib import Path
from valence.data import sources
from valence.training.transfer import TransferConfig, transfer
source, data, out = sys.argv[1:]
finished = transfer(source, sources.load(data), Path(out), TransferConfig(train_rows=60, test_rows=40))
print(finished.results[0].rows)
"""


def without_torch(code: str, *arguments: object) -> str:
    command = [sys.executable, "-c", WITHOUT_TORCH + code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_texts_are_read_without_torch_where_the_weights_are_in_the_folder_too(tiny_model: Path) -> None:
    assert {"model.safetensors", "body.safetensors"} <= ModelFolder(tiny_model).body().files.keys()
    assert without_torch(READ, tiny_model) == "(2, 32)"


def test_stage_2_on_the_serving_files_alone_never_needs_torch(
    tiny_model: Path, small_data: Path, tmp_path: Path
) -> None:
    source = serving_copy(ModelFolder(tiny_model), tmp_path / "served")
    assert without_torch(TRANSFER, source.path, small_data / "SST-2", tmp_path / "own") == "40"
    assert ModelFolder(tmp_path / "own").head().provenance["features"] == "body.safetensors"
