"""Makes small real models for the tests: a BERT two layers deep and 32 wide, trained for a second on a few words.

It answers sensibly ("wonderful" positive, "dull" negative), and its folder is as the product writes it.
"""

from __future__ import annotations

import hashlib
import string
import warnings
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification

from valence.model.folder import Body, FittedHead, ModelFolder
from valence.model.head import Head, HeadFitter
from valence.model.labels import Labels

PRAISE = "wonderful moving brilliant good great superb loved funny charming excellent best beautiful".split()
BLAME = "dull awful boring bad terrible poor hated tedious lifeless worst clumsy ugly".split()
PLAIN = "a an the this that film movie plot acting story was is and but of it i very not , . !".split()
WIDTH, LAYERS, WINDOW = 32, 2, 32
TRAINING_STEPS = 40
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def build_tiny_model(path: Path) -> Path:
    """Writes a whole model folder at `path` and returns it. Labels negative and positive; a window of 32 tokens.

    Takes a few seconds: use the session-scoped fixture `tiny_model`, and copy the folder before you change it.
    """
    path.mkdir(parents=True, exist_ok=True)
    tokenizer = tiny_tokenizer()
    network = trained_bert(tokenizer)
    tokenizer.save(str(path / "tokenizer.json"))
    network.save_pretrained(path)
    _export(network, path / "body.onnx")
    body_id = hashlib.sha256((path / "model.safetensors").read_bytes()).hexdigest()
    readouts = {"final": WIDTH, "general": WIDTH * LAYERS}
    folder = ModelFolder(path)
    folder.write_body(Body(body_id, "tiny", "BertForSequenceClassification", WINDOW, readouts, "Apache-2.0"))
    folder.write_head(_fitted_head(network, tokenizer, body_id))
    return path


def tiny_tokenizer() -> Tokenizer:
    """WordPiece over the words above and single characters, so that every English text has tokens."""
    characters = string.ascii_lowercase + string.digits + string.punctuation
    words = [*SPECIAL, *PRAISE, *BLAME, *PLAIN, *characters, *(f"##{character}" for character in characters)]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(words))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def trained_bert(tokenizer: Tokenizer) -> BertForSequenceClassification:
    """A BERT trained for a second on `example_sentences`; the same weights every time on one machine."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=WINDOW,
        initializer_range=0.1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        id2label={0: "negative", 1: "positive"},
        label2id={"negative": 0, "positive": 1},
    )
    network = BertForSequenceClassification(config)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    texts, labels = example_sentences()
    ids, mask = token_arrays(tokenizer, texts)
    for _ in range(TRAINING_STEPS):
        optimizer.zero_grad()
        network(input_ids=ids, attention_mask=mask, labels=torch.tensor(labels)).loss.backward()
        optimizer.step()
    return network.eval()


def example_sentences(count: int = 240) -> tuple[list[str], list[int]]:
    """Sentences of plain words around one or two telling ones, and their labels: 0 negative, 1 positive."""
    random = np.random.default_rng(0)
    texts, labels = [], []
    for i in range(count):
        label = i % 2
        words = list(random.choice(PLAIN, size=random.integers(0, 10)))
        for word in random.choice((BLAME, PRAISE)[label], size=random.integers(1, 3)):
            words.insert(random.integers(0, len(words) + 1), word)
        texts.append(" ".join(words))
        labels.append(label)
    return texts, labels


def token_arrays(tokenizer: Tokenizer, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and mask, int64 of shape (n, longest), padded with id 0."""
    encodings = [torch.tensor(tokenizer.encode(text).ids) for text in texts]
    ids = torch.nn.utils.rnn.pad_sequence(encodings, batch_first=True)
    mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(row) for row in encodings], batch_first=True)
    return ids, mask


class _Readouts(torch.nn.Module):
    def __init__(self, network: BertForSequenceClassification) -> None:
        super().__init__()
        self.bert = network.bert

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        out = self.bert(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        mask = attention_mask.unsqueeze(-1).to(out.last_hidden_state.dtype)
        means = [(state * mask).sum(1) / mask.sum(1) for state in reversed(out.hidden_states[1:])]
        return out.pooler_output, torch.cat(means, dim=-1)


def _export(network: BertForSequenceClassification, path: Path) -> None:
    axes = {0: "batch", 1: "length"}
    sample = torch.ones((2, 8), dtype=torch.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Readouts(network),
            (sample, torch.ones_like(sample)),  # one tensor passed twice would be taken for one input
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["final", "general"],
            dynamic_shapes={"input_ids": axes, "attention_mask": axes},
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def _fitted_head(network: BertForSequenceClassification, tokenizer: Tokenizer, body_id: str) -> FittedHead:
    texts, labels = example_sentences()
    with torch.no_grad():
        final, _ = _Readouts(network)(*token_arrays(tokenizer, texts))
    features, targets = final.numpy(), np.array(labels)
    head = HeadFitter(penalties=(1e-2,)).fit(features, targets, features, targets, classes=2).head
    head = Head(head.weight, head.bias, head.mean, head.scale)  # no temperature: fitted on its own rows it is too sure
    return FittedHead(head, Labels(["negative", "positive"]), "final", body_id, provenance={"data": "tests"})
