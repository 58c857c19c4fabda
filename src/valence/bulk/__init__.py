"""Scores files of any size in constant memory: reads blocks, scores them on all cores, and resumes after a kill.

May import `valence.inference`, `valence.data` and below. Must never import torch or Flask. Only Parquet needs pyarrow.
"""
