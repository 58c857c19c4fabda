"""Small bases in the file layout of the published ones, with random weights."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import ByteLevelBPETokenizer
from transformers import RobertaConfig, RobertaForMaskedLM, RobertaTokenizerFast

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
# What the tokenizer learns its pieces from: the words of the made-up reviews, often enough to become whole tokens.
SENTENCES = (
    " wonderful moving brilliant superb charming gripping funny beautiful clever unforgettable",
    " dull awful boring clumsy tedious lifeless messy predictable shallow unbearable",
    " the film was acting every scene plot music ending dialogue camera work is and it a",
)


def build_tiny_roberta(path: Path, *, layers: int = 3) -> Path:
    """FacebookAI/roberta-base's layout: config, byte-level BPE, safetensors with roberta.* and lm_head.* names."""
    path.mkdir(parents=True)
    bpe = ByteLevelBPETokenizer()
    bpe.train_from_iterator(SENTENCES * 3, vocab_size=1000, min_frequency=1, special_tokens=SPECIAL)
    bpe.save_model(str(path))  # vocab.json, merges.txt
    tokenizer = RobertaTokenizerFast.from_pretrained(path, model_max_length=62)
    tokenizer.save_pretrained(path)
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=bpe.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,  # 62 tokens: RoBERTa counts positions from the padding index on
        type_vocab_size=1,
        initializer_range=0.1,
    )
    RobertaForMaskedLM(config).save_pretrained(path)
    return path
