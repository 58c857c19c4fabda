"""Classifiers that people teach in the page or through the API: examples, fits, versions and what is published.

May import `valence.fitting`, `valence.evaluation` and the rooms below. Never imports Flask.
"""
