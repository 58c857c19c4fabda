"""The README's figures are those of the results files, its links lead somewhere, its Python runs."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

import valence

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_table_is_the_one_that_the_results_give() -> None:
    table = runpy.run_path(str(ROOT / "docs" / "results_table.py"))["table"]()
    assert table in README


def test_the_button_names_nobody_s_copy_and_the_guide_says_how_to_name_one() -> None:
    (link,) = re.findall(r"button\.svg\)\]\(([^)]+)\)", README)
    guide = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert "\n### The button\n" in guide
    assert f"{link}?template=https://github.com/" in guide


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?://)([^)#]+)\)", README))))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_the_python_example_says_what_it_promises() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert "valence.load()" in code
    assert valence.load().predict("A wonderful, moving film.").label == "positive"
    assert valence.load().predict("Dull, clumsy and far too long.").label == "negative"


@pytest.mark.parametrize("file", ["own-comments", "own-comments-tfidf"])
def test_the_figures_of_the_guide_to_one_s_own_data_are_those_of_the_results(file: str) -> None:
    guide = (ROOT / "docs" / "own-data.md").read_text("utf-8")
    (found,) = json.loads((ROOT / "docs" / "results" / f"{file}.json").read_text("utf-8"))["results"]
    value, low, high = (100 * found["metrics"]["accuracy"][name] for name in ("value", "low", "high"))
    assert f"{value:.1f} % [{low:.1f}, {high:.1f}]" in guide
    assert f"(results/{file}.json)" in guide
