"""From a trained network to what serving runs: a quantised body, and a comparison of the two.

May import torch, transformers, onnx and onnxruntime, and every package below. Must never be imported by the server.
"""
