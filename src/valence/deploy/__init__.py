"""Putting a server on the web: what is measured before a push.

May import everything that serving is made of. Must never import torch or training: what it measures is what a dyno
will run.
"""
