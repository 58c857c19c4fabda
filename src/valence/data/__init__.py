"""Texts and labels in: the catalogued data sets, a user's own file, and the splits cut from them.

Knows the standard library and numpy. Must never import torch, a tokenizer or Flask, and knows nothing of models.
"""
