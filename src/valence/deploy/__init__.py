"""Deploys a server, and measures it before that.

May import everything that serving uses. Must never import torch or training, because a dyno does not have them.
"""
