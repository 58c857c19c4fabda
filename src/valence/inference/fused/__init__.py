"""The encoder as one function in C, for processors with AVX-512 VNNI or AMX.

`weights.py` reads the weights from body.onnx, `encoder.c` computes, and `encoder.py` calls it. On any other processor,
system or network, `valence.inference.runtime` uses onnxruntime: the same predictions, but slower.
"""
