"""Heads: which inputs one reads, and its fit on them. On any processor, in numpy and a little C, without torch.

May import `valence.model` and `valence.data`. Training, the estimator and the server import it.
"""
