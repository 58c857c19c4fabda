"""Forums that send their comments to the moderators' queue by themselves: Discourse's webhook, Coral's moderation
phase.
"""
