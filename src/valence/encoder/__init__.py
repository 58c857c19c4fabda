"""The body in torch: pre-trained bases, the network with its readouts, and texts turned into features.

May import `valence.model`, `valence.data` and `valence.errors`. Training and export share it. Must never import
onnxruntime or Flask, and serving must never import it; `bases`, which needs no torch, is also read for model cards.
"""
