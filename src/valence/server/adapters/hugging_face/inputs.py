"""What `inputs` means: one text, or several.

A list of strings is several texts, as in TEI's pull request 801: TEI 1.9.3 reads two strings as one pair of texts, for
which a classifier of single texts has no use. A list with one string is one text, as in TEI 1.9.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from valence.server.adapters.hugging_face.schemas import TeiRequest
from valence.server.problems import ProblemError, invalid_field


@dataclass(frozen=True)
class Inputs:
    """Texts, and whether the answer is a list for each of them or one flat list."""

    texts: list[str]
    flat: bool


def read_inputs(inputs: Any, max_texts: int) -> Inputs:
    """Raises ProblemError unless it is a text or a list of texts.

    >>> read_inputs("a", 8), read_inputs(["a", "b"], 8)
    (Inputs(texts=['a'], flat=True), Inputs(texts=['a', 'b'], flat=False))
    >>> read_inputs(["a"], 8), read_inputs([["a"], ["b"]], 8)
    (Inputs(texts=['a'], flat=True), Inputs(texts=['a', 'b'], flat=False))
    """
    if isinstance(inputs, str):
        return Inputs([inputs], flat=True)
    if not isinstance(inputs, list) or not inputs:
        raise invalid_field("inputs", "must be a text, or a list of texts that isn't empty")
    texts = [_text(item) for item in inputs]
    if len(texts) > max_texts:
        raise ProblemError("too-many-texts", f"batch size {len(texts)} > maximum allowed batch size {max_texts}")
    return Inputs(texts, flat=len(texts) == 1 and isinstance(inputs[0], str))


def truncated(texts: list[str], request: TeiRequest, max_characters: int) -> list[str]:
    """Cuts texts to the limit, unless the request forbids it.

    Longer texts than a model's window are read in several windows, so this is the only cut.
    """
    if request.truncate is False:
        return texts
    if request.truncation_direction.lower() == "left":
        return [text[-max_characters:] for text in texts]
    return [text[:max_characters] for text in texts]


def _text(item: Any) -> str:
    if isinstance(item, list) and len(item) == 2:
        raise invalid_field("inputs", "contains a pair of texts; this classifier reads single texts")
    if isinstance(item, list) and len(item) == 1:
        item = item[0]
    if not isinstance(item, str):
        raise invalid_field("inputs", "must contain texts only, or lists with one text each")
    return item
