"""The body in torch: pre-trained bases, the network with its readouts, and features of texts.

May import `valence.model`, `valence.data` and `valence.system.errors`. Training and export share it. Must never import
onnxruntime or Flask, and serving must never import it, except for `bases`, which needs no torch: model cards use it.
"""
