"""Stage 1 and stage 2: a body trained from a base, and a head fitted on the frozen body.

May import `valence.encoder`, `valence.evaluation`, `valence.model` and `valence.data`. Must never import Flask, and
the server must never import it.
"""
