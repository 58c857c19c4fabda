"""The commands on a Ray cluster: files are cut into parts, and workers read, score and write them.

Only the command line may import it. May import `valence.bulk`, `valence.inference`, `valence.model` and below; must
never import torch or Flask. Ray itself is imported inside functions, because that takes seconds.
"""
