"""The encoder as one function in C, for processors with AVX-512 VNNI and AMX: what runs body.onnx where it can.

`network.py` reads the weights out of body.onnx, `encoder.c` computes, `encoder.py` calls it. Where the processor, the
system or the network is another one, `valence.inference.engine` takes onnxruntime, which gives the same answers slower.
"""
