"""What a model folder says of its encoder."""

from __future__ import annotations

from dataclasses import dataclass, field

SERVED = "body.safetensors"
SERVED_BEFORE = "body.onnx"  # written by earlier versions; `valence convert` rewrites it


@dataclass(frozen=True)
class Body:
    """The content of `body.json`.

    Attributes:
        id: digest of the encoder's weights and tokenizer. A head fits exactly one body id.
        base: the pre-trained encoder that it was made from, such as "minilm".
        architecture: the transformers class, such as "BertForSequenceClassification".
        max_tokens: the window: tokens that one pass reads, including special tokens.
        readouts: name of each output -> its width.
        licence: licence of the base's weights, as an SPDX name.
        files: file name -> SHA-256, for the files that belong to the body.
    """

    id: str
    base: str
    architecture: str
    max_tokens: int
    readouts: dict[str, int]
    licence: str = "unknown"
    files: dict[str, str] = field(default_factory=dict)

    @property
    def exported(self) -> bool:
        """Whether the engine can read it."""
        return SERVED in self.files or SERVED_BEFORE in self.files

    @property
    def served(self) -> str:
        """Name of the file that the engine reads, or would read if it were exported."""
        return SERVED_BEFORE if SERVED_BEFORE in self.files and SERVED not in self.files else SERVED
