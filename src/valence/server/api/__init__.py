"""The API's views, one file for each resource. A view is its contract and at most ten lines; rules live elsewhere."""
