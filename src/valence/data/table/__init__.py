"""A user's own file (CSV, TSV, JSON lines or Parquet) read as labelled texts.

Knows files, columns and labels; knows nothing of splits or models. Only `parquet` needs pyarrow, and imports it late.
"""
