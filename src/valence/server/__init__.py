"""The Flask back end: the API, the page's files, and nothing of training.

May import `valence.classifier`, `valence.inference`, `valence.model` and `valence.system`. Must never import torch,
transformers, `valence.training` or `valence.export`.
"""
