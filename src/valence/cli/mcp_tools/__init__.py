"""Valence as tools for a program that speaks the Model Context Protocol (MCP): `valence mcp`.

May import `valence.server` without its Flask parts, `valence.bulk` and below; must
never import torch. The SDK `mcp` is an extra, so it is imported only here.
"""
