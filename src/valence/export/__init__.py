"""From a trained network to what serving runs: a quantised ONNX body, and a comparison of the two.

May import torch, transformers, onnx and onnxruntime, and every package below. Must never be imported by the server.
"""

from valence.export.parity import Parity, parity
from valence.export.to_onnx import export_body

__all__ = ["Parity", "export_body", "parity"]
