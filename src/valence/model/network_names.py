"""What transformers calls the weights of the encoder families that can be exported.

BERT, RoBERTa (with XLM-RoBERTa and CamemBERT), MPNet and DistilBERT are the same network with different names:
post-norm layers of attention and feed-forward.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RELATIVE_BIAS = "mpnet.encoder.relative_attention_bias.weight"


@dataclass(frozen=True)
class Names:
    """The names of a family's tensors; those of a layer are relative to it.

    Attributes:
        dense: the layer before the final one.
        final: the final layer.
        from_padding: whether positions are counted from the padding index.
    """

    root: str
    layer: str
    query: str
    key: str
    value: str
    out: str
    attention_norm: str
    up: str
    down: str
    output_norm: str
    dense: str
    final: str
    activation: str = "Tanh"
    from_padding: bool = False


_BERT = Names(
    root="bert",
    layer="encoder.layer",
    query="attention.self.query",
    key="attention.self.key",
    value="attention.self.value",
    out="attention.output.dense",
    attention_norm="attention.output.LayerNorm",
    up="intermediate.dense",
    down="output.dense",
    output_norm="output.LayerNorm",
    dense="bert.pooler.dense",
    final="classifier",
)
_ROBERTA = Names(
    **{
        **vars(_BERT),
        "root": "roberta",
        "dense": "classifier.dense",
        "final": "classifier.out_proj",
        "from_padding": True,
    }
)
# Model type of a config.json -> names.
FAMILIES = {
    "bert": _BERT,
    "roberta": _ROBERTA,
    "xlm-roberta": _ROBERTA,
    "camembert": _ROBERTA,
    "mpnet": Names(
        **{
            **vars(_ROBERTA),
            "root": "mpnet",
            "query": "attention.attn.q",
            "key": "attention.attn.k",
            "value": "attention.attn.v",
            "out": "attention.attn.o",
            "attention_norm": "attention.LayerNorm",
        }
    ),
    "distilbert": Names(
        root="distilbert",
        layer="transformer.layer",
        query="attention.q_lin",
        key="attention.k_lin",
        value="attention.v_lin",
        out="attention.out_lin",
        attention_norm="sa_layer_norm",
        up="ffn.lin1",
        down="ffn.lin2",
        output_norm="output_layer_norm",
        dense="pre_classifier",
        final="classifier",
        activation="Relu",
    ),
}


def relative_buckets(positions: int, buckets: int) -> npt.NDArray[np.int64]:
    """T5's relative positions (Raffel et al. 2020, section 2.1) as used in MPNet: the bucket of each distance.

    Shape (2 * positions - 1,); place d + positions - 1 is for a key d places ahead.
    """
    distance = np.arange(-(positions - 1), positions)
    half = buckets // 2
    exact = half // 2  # shorter distances have a bucket each; longer ones share buckets in logarithmic steps
    n = np.abs(distance)
    far = exact + (np.log(np.maximum(n, 1).astype(np.float32) / exact) / math.log(128 / exact) * (half - exact)).astype(
        np.int64
    )
    return np.where(n < exact, n, np.minimum(far, half - 1)) + np.where(distance > 0, half, 0)
