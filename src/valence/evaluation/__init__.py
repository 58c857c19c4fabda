"""How good a classifier is, and how sure of that we are. Probabilities and labels in, figures with intervals out.

Knows numpy. Must never import torch or a tokenizer: it does not matter here where a probability came from.
"""
