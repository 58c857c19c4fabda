"""Limits that reading data and scoring share."""

MAX_CHARACTERS = 1_000_000  # of one text, about 250,000 tokens
