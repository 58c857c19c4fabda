"""The encoder in C, with kernels for each set of a processor's instructions, which give the same bits.

`weights.py` reads the weights from body.onnx, `encoder.c` computes, `library.py` loads it and chooses the instructions,
and `encoder.py` calls it. `sets/` has a file for each set: its own product of matrices, around what is written once in
`products.h`, `rows.h` and `attention.h`. Where it was not built, and for any other network, `valence.inference.runtime`
uses onnxruntime: the same predictions, but slower.
"""
