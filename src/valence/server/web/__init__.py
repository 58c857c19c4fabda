"""What a browser gets: the page, the API reference, compression, security headers and the Content-Security-Policy.

The page is built from `web/` into `valence/server/static`.
"""
