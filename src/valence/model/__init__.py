"""What a model is: a folder on disk (body, head, results), and the head as a fitted estimator.

Knows numpy, safetensors and JSON; scikit-learn only inside `HeadFitter`. Must never import torch,
onnxruntime or Flask: training, serving and the server all build on this package.
"""
