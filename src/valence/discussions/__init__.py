"""Discussions as forums export them and as people copy them from a page, read into comments.

Formats are recognised by their content, not by a file's name. Addresses of e-mail and IP are never kept.
"""
