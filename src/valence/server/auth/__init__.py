"""Who is calling, what they may do and how often: API keys, scopes, rate limits and trusted proxies.

May import the store, the settings and the problems. Knows no model, no job and no view.
"""
