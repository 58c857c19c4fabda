"""Other services' APIs in their own form, so that their clients work unmodified once they have our address.

One package for each service: its schemas, its views and the form of its errors. They add no way to score: every text
goes through `valence.server.classifiers.scoring`, with the key, the limits and the metrics of the native API.
"""
