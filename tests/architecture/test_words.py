"""The text of the repository stays in plain English: phrases that were edited out do not come back."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.avoid import PHRASES

ROOT = Path(__file__).parents[2]
# What is read: documentation and scripts, and the code with its comments and messages.
DOCS = ("docs/*.md", "*.md", "docs/*.py", "runs/*", "bin/*", "Makefile", "Dockerfile", "*.yaml", "*.toml", "app.json")
CODE = (
    "src/valence/*.py",
    "src/valence/*.c",
    "src/valence/*.html",
    "src/valence/bundled/README.md",
    "web/src/*.ts",
    "web/src/*.tsx",
    "web/*.json",
)
# Generated from the code, which is read itself.
GENERATED = re.compile(r"docs/reference/|docs/settings\.md|src/api/generated/|package(-lock)?\.json|\.ipynb$")


def found(text: str, phrases: dict[str, str]) -> list[str]:
    """Each use of a phrase: its line, the phrase and what to write instead."""
    # Comment signs at the beginning of a line would hide a phrase that goes over its end.
    plain = re.sub(r"(?<=\n)[ \t]*(?:#|//|\*|>)+", lambda signs: " " * len(signs[0]), text).lower()
    uses = []
    for phrase, better in phrases.items():
        pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, phrase.split())) + r"(?!\w)"
        uses += [
            f"line {plain.count(chr(10), 0, use.start()) + 1}: {phrase!r}, better {better!r}"
            for use in re.finditer(pattern, plain)
        ]
    return uses


def tracked(patterns: tuple[str, ...]) -> list[Path]:
    """The files under version control that match, without generated ones."""
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if not GENERATED.search(name)]


def used_in(patterns: tuple[str, ...], phrases: dict[str, str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}, {use}"
        for path in tracked(patterns)
        for use in found(path.read_text("utf-8"), phrases)
    ]


def test_documentation_and_scripts_are_in_plain_english() -> None:
    assert not used_in(DOCS, PHRASES)


def test_percent_signs_follow_their_number() -> None:
    pages = [(path, re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)) for path in tracked(("*.md",))]
    assert not [f"{path.relative_to(ROOT)}: {use}" for path, text in pages for use in re.findall(r"\d %(?!\w)", text)]


def test_code_and_page_are_in_plain_english() -> None:
    assert not used_in(CODE, PHRASES)


@pytest.mark.parametrize("text", ["Nought.", "# It is\n# not to be used.", "// Leave it\n  //  away"])
def test_a_phrase_is_found_in_any_case_and_over_lines(text: str) -> None:
    assert len(found(text, PHRASES)) == 1


def test_part_of_a_word_is_no_phrase() -> None:
    assert not found("whoever-else, thoughtless", {"nought": "zero", "ought": "should"})
