"""The API's views, one module per resource: a contract and at most ten lines each. The rules are in the rooms below."""
