"""The classifiers that the server answers with: loading them, finding one by name, describing it, scoring with it.

May import `valence.inference`, `valence.model` and the schemas. Never imports Flask.
"""
