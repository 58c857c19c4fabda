"""Results as they are on disk: all that were ever written are read, and come out as they went in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from valence.evaluation.results import read
from valence.model.folder import ModelFolder
from valence.model.results import Estimate, Result
from valence.system.errors import ModelFolderError

ROOT = Path(__file__).parents[2]
BUNDLED = ROOT / "src" / "valence" / "bundled" / "results.json"


def results_in(path: Path) -> list[dict[str, Any]]:
    """The results of a results file or a model folder; those of other files are in another form."""
    content = json.loads(path.read_text("utf-8"))
    listed = [result for key in ("results", "comparisons") for result in content.get(key, ())]
    return [result for result in listed if isinstance(result, dict) and "metrics" in result]


def test_every_result_in_the_repository_is_read_and_written_as_it_was() -> None:
    stored = [result for path in (ROOT / "docs" / "results").glob("*.json") for result in results_in(path)]
    stored += results_in(BUNDLED)
    assert len(stored) > 20
    for result in stored:
        known = {key: value for key, value in result.items() if key in Result.model_fields}
        assert json.dumps(Result.model_validate(result).as_json(), sort_keys=True) == json.dumps(known, sort_keys=True)


def test_a_field_of_another_version_is_no_reason_to_refuse_a_file(tmp_path: Path) -> None:
    (first, *_) = results_in(BUNDLED)
    (tmp_path / "new.json").write_text(json.dumps({"format": 1, "results": [{**first, "settings": {"epochs": 3}}]}))
    assert read(tmp_path / "new.json") == [Result.model_validate(first)]


def test_a_damaged_results_json_is_named_with_its_field(tiny_model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_model, tmp_path / "copy")
    (copy / "results.json").write_text(json.dumps({"format": 1, "results": [{"name": "a model"}]}))
    with pytest.raises(ModelFolderError, match=r"results\.json is damaged: results\.0\.data: Field required"):
        ModelFolder(copy).results()
    (copy / "results.json").unlink()
    assert ModelFolder(copy).results().results == []


def test_an_estimate_is_shown_in_percent() -> None:
    assert str(Estimate(0.9, 0.85, 0.94)) == "90.00 [85.00, 94.00]"
