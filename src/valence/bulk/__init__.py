"""Files of any size scored in constant memory: read by blocks, scored on all cores, resumed after a kill.

May import `valence.inference`, `valence.data` and below. Must never import torch or Flask. Only Parquet needs pyarrow.
"""
