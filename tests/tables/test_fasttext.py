"""fastText's files: one label or several before each text."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from valence.data.labelled_file import LabelledFile, read
from valence.tables.fasttext import parsed
from valence.tables.options import TableOptions


def file_of(tmp_path: Path, *lines: str) -> LabelledFile:
    (tmp_path / "own.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return read(tmp_path / "own.txt", TableOptions(), to_learn=False)


words = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1)


@given(st.lists(words, max_size=3), st.lists(words.filter(lambda word: not word.startswith("__label__"))))
def test_a_line_is_taken_apart(names: list[str], text: list[str]) -> None:
    line = " ".join([*(f"__label__{name}" for name in names), *text])
    assert parsed(f"{line}\r\n") == (" ".join(text), names)


def test_one_label_in_every_line_is_a_single_label(tmp_path: Path) -> None:
    examples = file_of(tmp_path, "__label__a first text", "__label__b\tsecond text", "", "__label__a third").examples
    assert examples.labels == ("a", "b", "a")
    assert examples.texts == ("first text", "second text", "third")
    assert [key.partition(":")[2] for key in examples.keys] == ["1", "2", "4"]


def test_several_labels_in_a_line_make_every_text_multi_label(tmp_path: Path) -> None:
    file = file_of(tmp_path, "__label__a __label__b first text", "__label__b second text", "__label__a third")
    assert file.examples.labels == (("a", "b"), ("b",), ("a",))


def test_a_line_without_a_label_is_unlabelled_and_one_without_a_text_left_out(tmp_path: Path) -> None:
    file = file_of(tmp_path, "__label__a first text", "no label here", "__label__b")
    assert (file.examples.labels, file.unlabelled) == (("a",), ("no label here",))
    assert file.facts["rows_without_text"] == 1
