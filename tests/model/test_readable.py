"""The gate before the verdict: what it refuses and why, and what it says of a file that does not fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from valence.model.folder import ModelFolder
from valence.model.readable import MOST_TOKENS, READABLE, Readable, readable_of
from valence.model.serving import serving_copy
from valence.system.errors import ModelFolderError
from valence.system.files import sha256_of

UNKNOWN, PLAIN, FOREIGN = 0, 1, 2


def readable(tokenizer: str = "") -> Readable:
    """Reads PLAIN tokens, and refuses more than one FOREIGN one."""
    return Readable("English", np.array([0, -0.25, 1], np.float32), 0.5, -1.5, UNKNOWN, tokenizer)


@pytest.mark.parametrize(
    ("text", "ids", "code"),
    [
        ("it works", [PLAIN, PLAIN], None),
        ("42!", [PLAIN, PLAIN], None),
        ("hola mundo", [FOREIGN, FOREIGN], "text-other-language"),
        ("hola mundo", [FOREIGN, PLAIN], None),
        ("été à", [PLAIN, PLAIN], None),
        ("été à créé é", [PLAIN, PLAIN, FOREIGN], "text-other-language"),
        ("очень плохой film", [FOREIGN, FOREIGN, PLAIN], "text-other-script"),
        ("बहुत बुरी", [UNKNOWN, UNKNOWN], "text-other-script"),
        ("👍", [UNKNOWN], "text-only-symbols"),
        ("so 👍", [PLAIN, UNKNOWN], None),
        ("so 👍 👍", [PLAIN, UNKNOWN, UNKNOWN], "text-only-symbols"),
    ],
)
def test_a_text_is_refused_with_the_reason(text: str, ids: list[int], code: str | None) -> None:
    refusal = readable().refusal(text, np.array(ids))
    assert (refusal and refusal.code) == code
    if refusal:
        assert "Not readable" in refusal.message
        assert "English" in refusal.message


def test_the_length_of_a_text_does_not_add_up() -> None:
    mostly_plain = np.array(([PLAIN] * 3 + [FOREIGN]) * 10 * MOST_TOKENS)
    assert readable().score("a", mostly_plain) == pytest.approx(
        readable().score("a", np.array(([PLAIN] * 3 + [FOREIGN]) * (MOST_TOKENS // 4)))
    )


def test_it_is_read_back_with_the_head_and_copied_for_serving(tiny_model: Path, tmp_path: Path) -> None:
    model = shutil.copytree(tiny_model, tmp_path / "model")
    assert ModelFolder(model).head().readable is None
    written = readable(sha256_of(model / "tokenizer.json"))
    (model / READABLE).write_bytes(written.as_bytes())
    copied = serving_copy(ModelFolder(model), tmp_path / "copy").head()
    assert copied.readable is not None
    np.testing.assert_allclose(copied.readable.weight, written.weight, atol=0.01)
    assert (copied.readable.language, copied.readable.accent, copied.readable.bias) == ("English", 0.5, -1.5)
    assert copied.version == ModelFolder(tiny_model).head().version


def test_a_file_that_is_damaged_or_of_another_tokenizer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / READABLE
    path.write_bytes(readable("a" * 64).as_bytes())
    with pytest.raises(ModelFolderError, match="another tokenizer") as caught:
        readable_of(tmp_path, "b" * 64)
    assert caught.value.code == "model-mismatch"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ModelFolderError, match="damaged") as caught:
        readable_of(tmp_path, "a" * 64)
    assert caught.value.code == "model-damaged"
