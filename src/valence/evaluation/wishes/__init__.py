"""Thresholds from what a community wishes for: flags that are right, few of them a day, or few that are missed.

The wish is stored, not the thresholds: each new version of a classifier gets its own from it.
"""
