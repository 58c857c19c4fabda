"""The contract of each operation: how its request is read, how its response is written and how both are documented.

Never imports a view: views declare their contracts with `valence.server.openapi.contract.operation`.
"""
