"""The commands on a Ray cluster: files cut into parts, each read, scored and written by one of many workers.

Only the command line may import it. May import `valence.bulk`, `valence.inference`, `valence.model` and below; must
never import torch or Flask. Ray itself is imported inside functions: that takes seconds.
"""
