"""What goes over the wire, as pydantic models, one module for each resource.

The OpenAPI document and the TypeScript client are made from these. May import `valence.model`; must never import Flask
or anything else of the server.
"""
