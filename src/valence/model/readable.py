"""Which texts a model can read. An encoder gives any text a score, often a confident one: also one in a language, a
script or signs that it has never seen. A model with a `readable.safetensors` refuses these instead.

The language shows in the tokens that the encoder reads anyway: logistic regression on their counts, fitted by
`python benchmarks/readable.py --fit`, where it is compared with libraries that identify languages. A head that is
fitted on the same body has no such file: its own texts say what it reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as save_tensors

from valence.system.errors import ModelFolderError, TextError

READABLE = "readable.safetensors"
NOT_READABLE = ("text-other-script", "text-only-symbols", "text-other-language")  # the codes of refusals

# A longer text counts like one of this many tokens, so that a small share of other words does not add up.
MOST_TOKENS = 40
_SAMPLE = 4_000  # characters that are looked at for the script
_UNKNOWN_SHARE = 0.5  # of the tokens; beyond it, the text is mostly signs that the encoder does not know

_LETTER = re.compile(r"[^\W\d_]")
# The tokens do not show accents, since the encoder's tokenizer removes them.
_ACCENTED = re.compile("[À-ÖØ-öø-ʯ\u1e00-\u1eff]")
_MOST_ACCENTS = 5
_LATIN = re.compile("[A-Za-zªºÀ-ÖØ-öø-ʯ\u1e00-\u1eff\ufb00-\ufb06\uff21-\uff3a\uff41-\uff5a]")


@dataclass(frozen=True)
class Readable:
    """The texts that a model can read: those in one language of Latin script.

    Attributes:
        language: in English, such as "English".
        weight: how much each token speaks for another language, shape (vocabulary,).
        accent: the same for each accented letter, up to five.
        bias: is added to the sum; above 0 the text is in another language.
        unknown: the id of the token for what the vocabulary lacks.
        tokenizer: SHA-256 of the tokenizer.json whose tokens are weighed.
    """

    language: str
    weight: npt.NDArray[np.float32]
    accent: float
    bias: float
    unknown: int
    tokenizer: str

    def refusal(self, text: str, ids: npt.NDArray[np.int64]) -> TextError | None:
        """Why the text, with these token ids, can't be read; None if it can.

        The error's code is one of NOT_READABLE.
        """
        letters = len(_LETTER.findall(text, 0, _SAMPLE))
        if letters > 2 * len(_LATIN.findall(text, 0, _SAMPLE)):
            return self._refused("most of its letters are of another script", "text-other-script")
        unknown = float(np.mean(ids == self.unknown))
        if unknown > _UNKNOWN_SHARE or (unknown and not any(map(str.isalnum, text[:_SAMPLE]))):
            return self._refused("it is mostly symbols that the model does not know", "text-only-symbols")
        if self.score(text, ids) > 0:
            return self._refused("it seems to be in another language", "text-other-language")
        return None

    def score(self, text: str, ids: npt.NDArray[np.int64]) -> float:
        """Log-odds that the text is in another language."""
        tokens = self.weight[ids].sum() * min(1.0, MOST_TOKENS / len(ids))
        return float(tokens + self.accent * accents(text) + self.bias)

    def _refused(self, why: str, code: str) -> TextError:
        return TextError(
            f"Not readable: {why}. The model reads {self.language} text.",
            hint="For other texts, fit a classifier on examples of them.",
            code=code,
        )

    def as_bytes(self) -> bytes:
        """The content of `readable.safetensors`: the weights in 8 bits."""
        scale = float(np.abs(self.weight).max()) / 127 or 1.0
        tensors = {
            "weight": np.rint(self.weight / scale).astype(np.int8),
            "scale": np.array([scale], np.float32),
            "accent": np.array([self.accent], np.float32),
            "bias": np.array([self.bias], np.float32),
            "unknown": np.array([self.unknown], np.int64),
        }
        content: bytes = save_tensors(tensors, {"language": self.language, "tokenizer": self.tokenizer})
        return content


def accents(text: str) -> int:
    """How many accented letters are in the beginning of the text, at most five.

    >>> accents("café"), accents("Je préfère être à l'écart, déjà")
    (1, 5)
    """
    return min(_MOST_ACCENTS, len(_ACCENTED.findall(text, 0, _SAMPLE)))


def readable_of(folder: Path, tokenizer: str | None) -> Readable | None:
    """What the model in a folder can read; None if it does not say. `tokenizer`: SHA-256 of its tokenizer.json.

    Raises ModelFolderError if the file is damaged or was made for another tokenizer.
    """
    path = folder / READABLE
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            about, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        readable = _of(about, tensors)
    except (OSError, SafetensorError, KeyError, TypeError, IndexError) as error:
        raise ModelFolderError(
            f"{path} is damaged: {error}.",
            hint="Copy the folder again from where it came.",
            code="model-damaged",
        ) from error
    if readable.tokenizer != tokenizer:
        raise ModelFolderError(
            f"{path} was made for another tokenizer than the one in this folder.",
            hint="Make it again with `python benchmarks/readable.py --fit`, or remove it.",
            code="model-mismatch",
        )
    return readable


def _of(about: dict[str, str], tensors: dict[str, Any]) -> Readable:
    weight = tensors["weight"].astype(np.float32) * float(tensors["scale"][0])
    accent, bias = float(tensors["accent"][0]), float(tensors["bias"][0])
    return Readable(about["language"], weight, accent, bias, int(tensors["unknown"][0]), about["tokenizer"])
