"""Texts in, predictions out, with the encoder in C, tokenizers and numpy alone.

May import `valence.model`, `valence.data` and `valence.system`. Must never import torch, transformers, onnxruntime or
Flask, and knows nothing of HTTP: the server, the commands and the Python API are its callers.
"""
