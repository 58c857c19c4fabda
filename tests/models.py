"""Makes small real models for the tests: a BERT two layers deep and 32 wide, trained for a second on a few words.

It answers sensibly ("wonderful" positive, "dull" negative), and its folder is as the product writes it.
"""

from __future__ import annotations

import shutil
import string
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification

from valence.encoder import network
from valence.encoder.readouts import BodyWithReadouts
from valence.export.to_body import export_body
from valence.model.folder import Body, FittedHead, ModelFolder
from valence.model.head import Head, HeadFitter
from valence.model.labels import Labels
from valence.model.multi_label import MultiLabelHead

PRAISE = "wonderful moving brilliant good great superb loved funny charming excellent best beautiful".split()
BLAME = "dull awful boring bad terrible poor hated tedious lifeless worst clumsy ugly".split()
PLAIN = "a an the this that film movie plot acting story was is and but of it i very not , . !".split()
WIDTH, LAYERS, WINDOW = 32, 2, 32
TRAINING_STEPS = 60
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def build_tiny_model(path: Path) -> Path:
    """Writes a whole model folder at `path` and returns it. Labels negative and positive; a window of 32 tokens.

    Takes a few seconds: use the session-scoped fixture `tiny_model`, and copy the folder before you change it.
    """
    path.mkdir(parents=True, exist_ok=True)
    tokenizer = tiny_tokenizer()
    bert = trained_bert(tokenizer)
    tokenizer.save(str(path / "tokenizer.json"))
    bert.save_pretrained(path)
    body_id = network.body_id(bert, network.tokenizer_of(path))
    readouts = {"final": WIDTH, "general": WIDTH * (LAYERS + 1)}
    folder = ModelFolder(path)
    folder.write_body(Body(body_id, "tiny", "BertForSequenceClassification", WINDOW, readouts, "Apache-2.0"))
    export_body(path)
    folder.write_head(_fitted_head(bert, tokenizer, body_id))
    return path


def with_several_labels(model: Path, out: Path) -> Path:
    """A copy of a tiny model that may give a text blame, praise and urgent; the last is always at 0.5, too low."""
    folder = ModelFolder(shutil.copytree(model, out))
    before = folder.head()
    weight = np.vstack([before.head.weight, np.zeros((1, before.head.features))]).astype(np.float32)
    bias, thresholds = np.append(before.head.bias, 0.0), np.array([0.4, 0.5, 0.6], np.float32)
    head = MultiLabelHead(weight, bias, before.head.mean, before.head.scale, 0.5, thresholds=thresholds)
    labels = Labels(["blame", "praise", "urgent"], multi_label=True)
    folder.write_head(FittedHead(head, labels, before.readout, before.body_id))
    return out


def with_neutral(model: Path, out: Path) -> Path:
    """A copy of a tiny model with a third label, neutral, between the others; it has every text's average logit."""
    folder = ModelFolder(shutil.copytree(model, out))
    before = folder.head()
    head = before.head
    weight, bias = (np.insert(part, 1, part.mean(axis=0), axis=0) for part in (head.weight, head.bias))
    labels = Labels(["negative", "neutral", "positive"])
    folder.write_head(replace(before, head=replace(head, weight=weight, bias=bias), labels=labels))
    return out


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
    bert = BertForSequenceClassification(config)
    texts, labels = example_sentences()
    ids, mask = token_arrays(tokenizer, texts)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so small a network only loses by more, most of all on a busy machine
    try:
        _train(bert, ids, mask, torch.tensor(labels))
    finally:
        torch.set_num_threads(threads)
    return bert.eval()


def _train(bert: BertForSequenceClassification, ids: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor) -> None:
    optimizer = torch.optim.AdamW(bert.parameters(), lr=2e-3)
    for _ in range(TRAINING_STEPS):
        optimizer.zero_grad()
        logits = bert(input_ids=ids, attention_mask=mask).logits
        # Smoothed, so that scores do not all stand at 0 and 1, where no test could see a difference.
        loss = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.2)
        torch.autograd.backward(loss)
        optimizer.step()


def example_sentences(count: int = 480) -> tuple[list[str], list[int]]:
    """Sentences of plain words around one or two telling ones, and their labels: 0 negative, 1 positive."""
    random = np.random.default_rng(0)
    texts, labels = [], []
    for i in range(count):
        label = i % 2
        words = list(random.choice(PLAIN, size=random.integers(0, 12)))
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


def _fitted_head(bert: BertForSequenceClassification, tokenizer: Tokenizer, body_id: str) -> FittedHead:
    texts, labels = example_sentences()
    with torch.no_grad():
        final, _ = BodyWithReadouts(bert)(*token_arrays(tokenizer, texts))
    features, targets = final.numpy(), np.array(labels)
    head = HeadFitter(penalties=(1e-1,)).fit(features, targets, features, targets, classes=2).head
    head = Head(head.weight, head.bias, head.mean, head.scale, temperature=2.0)  # so that scores can be seen to move
    return FittedHead(head, Labels(["negative", "positive"]), "final", body_id, provenance={"data": {"name": "tests"}})
