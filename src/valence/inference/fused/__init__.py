"""The encoder in C, with kernels for each set of a processor's instructions, which give the same bits.

`body_file.py` reads the weights, `encoder.c` computes, `library.py` loads it and chooses the instructions, and
`encoder.py` calls it. `sets/` has a file for each set: its own product of matrices, around what is written once in
`products.h`, `rows.h` and `attention.h`. `onnx_body.py` and `onnx_file.py` read the bodies of earlier versions.
"""
