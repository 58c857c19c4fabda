"""What a model folder says of its encoder."""

from __future__ import annotations

from dataclasses import dataclass, field


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
