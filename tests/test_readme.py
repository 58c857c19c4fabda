"""The README's links lead somewhere, and its Python runs; its tables are checked with those of the docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import valence

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_first_screen_names_the_two_commands_and_both_are_targets() -> None:
    first_screen = "\n".join(README.splitlines()[:40])
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for target in ("run", "test"):
        assert re.search(rf"^\$ make {target}\b", first_screen, re.MULTILINE)
        assert target in targets


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
