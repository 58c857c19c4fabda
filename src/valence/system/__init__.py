"""What every other package may use: files that are written whole, the machine, the cache folder, optional libraries.

It imports nothing of Valence but its errors, and knows nothing of texts or models.
"""
