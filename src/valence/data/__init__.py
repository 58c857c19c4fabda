"""Reads texts and labels: the data sets known by name, a user's own file, and the splits cut from them.

Uses the standard library and numpy. Must never import torch, a tokenizer or Flask, and knows nothing about models.
"""
