"""The moderators' queue: items that forums send, what is decided about them, and where that is sent.

May import `valence.server.teaching`, `valence.evaluation` and the rooms below. Never imports Flask.
"""
