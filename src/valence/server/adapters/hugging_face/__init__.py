"""Hugging Face's text classification, as Text Embeddings Inference (TEI), the Inference API and Discourse use it.

TEI answers one text with a list of labels, the Inference API with a list in a list: each has addresses of its own.
"""
