"""Discussions as people copy them from a page: names, times, buttons and counters between the comments."""
