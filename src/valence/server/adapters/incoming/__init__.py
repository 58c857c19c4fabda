"""Forums that send their comments to the moderators' queue on their own: Discourse's webhook, Coral's moderation
phase.
"""
